/* SPDX-License-Identifier: BSD-2-Clause */
/* The DDI's functions without a device: edges of each, and what they say to a driver's bug. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

#include <sundog/embed.h>

#include "bug.h"
#include "ddi_checks.h"

static struct sundog_system *sundog;

struct elsewhere {
	void (*fn)(void *);
	void *arg;
};

static void *elsewhere_main(void *arg)
{
	struct elsewhere *e = arg;

	e->fn(e->arg);
	return NULL;
}

void run_elsewhere(void (*fn)(void *), void *arg)
{
	struct elsewhere e = {fn, arg};
	pthread_t thread;

	if (pthread_create(&thread, NULL, elsewhere_main, &e) != 0)
		abort();
	pthread_join(thread, NULL);
}

static char logged[2000];

static void log_message(void *arg, int level, const char *text)
{
	(void)arg;
	snprintf(logged + strlen(logged), sizeof(logged) - strlen(logged), "%d %s\n", level, text);
}

static int setup(void **state)
{
	struct sundog_options options = {.log = log_message};

	(void)state;
	logged[0] = '\0';
	return sundog_system_create(&options, &sundog);
}

/* Nothing may be left of any check. */
static int teardown(void **state)
{
	(void)state;
	return (int)sundog_system_destroy(sundog, NULL, NULL);
}

#define CHECK_TEST(name) \
	TEST_WITH(test_##name, setup, teardown) \
	{ \
		check_##name(); \
	}
DDI_CHECKS(CHECK_TEST)

static int begin_again(void)
{
	sundog_system_destroy(sundog, NULL, NULL);
	return sundog_system_create(NULL, &sundog);
}

#define BUG_TEST(name, text) \
	TEST_WITH(test_bug_##name, setup, teardown) \
	{ \
		expect_bug(begin_again, bug_##name, text); \
	}
DDI_BUGS(BUG_TEST)

TEST_WITH(messages, setup, teardown)
{
	(void)state;
	say_messages();
	assert_string_equal(logged, "1 NOTICE: list 2\n"
				    "1 NOTICE: list 2\n"
				    "2 WARNING: zone 3\n"
				    "1 printed\n"
				    "1 NOTICE: note 1\n"
				    "2 WARNING: loud\n"
				    "1 half line\n"
				    "1 unfinished\n"
				    "1 NOTICE: last\n"
				    "2 WARNING: nobody's\n");
}

/* Each unload that would cut a window is told, whichever end it takes. */
TEST_WITH(kernel_windows_that_are_cut, setup, teardown)
{
	const char *said = logged;
	int cuts = 0;

	(void)state;
	check_kernel_windows();
	while ((said = strstr(said, "not all of what was loaded together")) != NULL) {
		said++;
		cuts++;
	}
	assert_int_equal(cuts, 2);
}
