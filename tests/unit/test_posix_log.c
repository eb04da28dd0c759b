/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages: prefixes, levels, sinks; the end of all. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

#include "host/posix/posix.h"

/* What fn writes to stderr. */
static const char *stderr_of(void (*fn)(void))
{
	static char text[4096];
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	size_t length;

	assert_non_null(file);
	dup2(fileno(file), STDERR_FILENO);
	fn();
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	fclose(file);
	return text;
}

static void say_all(void)
{
	host_log(HOST_LOG_DEBUG, "small");
	host_log(HOST_LOG_INFO, "as it is");
	host_log(HOST_LOG_WARN, "careful");
	posix_log(HOST_LOG_WARN, "%s is %d", "it", 7);
}

TEST_PLAIN(levels_and_prefixes)
{
	(void)state;
	posix_init(&(struct posix_config){.verbose = false});
	assert_string_equal(stderr_of(say_all), "as it is\nsundog: careful\nsundog: it is 7\n");
	posix_init(&(struct posix_config){.verbose = true});
	assert_string_equal(stderr_of(say_all),
			    "sundog: small\nas it is\nsundog: careful\nsundog: it is 7\n");
	posix_init(&(struct posix_config){.verbose = false});
}

struct heard {
	int count;
	enum host_log_level level;
	char text[64];
};

static void hear(void *arg, enum host_log_level level, const char *text)
{
	struct heard *heard = arg;

	heard->count++;
	heard->level = level;
	snprintf(heard->text, sizeof(heard->text), "%s", text);
}

TEST_PLAIN(sink_gets_it_instead)
{
	struct heard heard = {0};

	(void)state;
	posix_log_sink(hear, &heard);
	assert_string_equal(stderr_of(say_all), "");
	assert_int_equal(heard.count, 3);
	assert_int_equal(heard.level, HOST_LOG_WARN);
	assert_string_equal(heard.text, "it is 7");
	posix_log_sink(NULL, NULL);
	assert_string_not_equal(stderr_of(say_all), "");
}

static sigjmp_buf back;

static void jump_back(void *arg, const char *text)
{
	snprintf(arg, 64, "%s", text);
	siglongjmp(back, 1);
}

static char panic_text[64];

static void panic_with_hook(void)
{
	if (sigsetjmp(back, 0) == 0)
		host_panic("no more");
}

TEST_PLAIN(panic_calls_the_hook)
{
	(void)state;
	posix_panic_hook(jump_back, panic_text);
	assert_string_equal(stderr_of(panic_with_hook), "sundog: panic: no more\n");
	assert_string_equal(panic_text, "no more");
	posix_panic_hook(NULL, NULL);
}

static void panic_in_a_child(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
		signal(SIGABRT, SIG_DFL);
		host_panic("over");
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

TEST_PLAIN(panic_aborts)
{
	(void)state;
	assert_non_null(strstr(stderr_of(panic_in_a_child), "sundog: panic: over\n"));
}
