/* SPDX-License-Identifier: BSD-2-Clause */
/* The interface by family: edges of each function, beside a driver of two instances, and in calls of a process. */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "test.h"

#include <sundog/embed.h>

#include "bug.h"
#include "interface/interface.h"

static const char card_conf[] =
	"name=\"card\" parent=\"pseudo\" instance=0 reg=1,0x1000,256, 2,0,4096\n"
	"    pm-components=\"NAME=Screen\",\"0=Off\",\"3=On\",\"NAME=Engine\",\"1=Slow\",\"2=Fast\",\"5=Full\";\n"
	"name=\"card\" parent=\"pseudo\" instance=1 vendor-id=0x8086 device-id=0x1234 reg=0,0,256, 1,0x2000,4096;\n";

static struct sundog_system *sundog;
unsigned long card_memory, card_constant;

/* ---- messages ---- */

static struct {
	pthread_mutex_t lock;
	int warnings;
	char last[1000], note[1000];
} said = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void log_message(void *arg, int level, const char *text)
{
	(void)arg;
	pthread_mutex_lock(&said.lock);
	if (level > 1) {
		said.warnings++;
		snprintf(said.last, sizeof(said.last), "%s", text);
	}
	if (level == 1)
		snprintf(said.note, sizeof(said.note), "%s", text);
	pthread_mutex_unlock(&said.lock);
}

int warnings(void)
{
	int n;

	pthread_mutex_lock(&said.lock);
	n = said.warnings;
	pthread_mutex_unlock(&said.lock);
	return n;
}

const char *last_warning(void)
{
	return said.last;
}

const char *last_note(void)
{
	return said.note;
}

/* ---- another thread ---- */

static struct {
	pthread_t thread;
	void (*fn)(void *);
	void *arg;
} other;

static void *other_main(void *arg)
{
	(void)arg;
	other.fn(other.arg);
	return NULL;
}

void beside(void (*fn)(void *), void *arg)
{
	other.fn = fn;
	other.arg = arg;
	if (pthread_create(&other.thread, NULL, other_main, NULL) != 0)
		abort();
}

void beside_wait(void)
{
	pthread_join(other.thread, NULL);
}

/* ---- systems ---- */

static int begin(void)
{
	struct sundog_options options = {.log = log_message};
	char text[300];

	if (sundog_system_create(&options, &sundog) != 0)
		return -1;
	return sundog_driver_attach(sundog, "card", card_init, card_info, card_fini, card_conf, text, sizeof(text));
}

static int setup(void **state)
{
	(void)state;
	return begin();
}

/* Nothing may be left of any check. */
static int teardown(void **state)
{
	(void)state;
	return (int)sundog_system_destroy(sundog, NULL, NULL);
}

static int begin_again(void)
{
	sundog_system_destroy(sundog, NULL, NULL);
	return begin();
}

static struct {
	struct sundog_process *process;
	int fd;
} inside;

void map_and_expect(const char *there, const char *then)
{
	char text[64] = "";
	uint64_t addr = 0;

	assert_int_equal(sundog_mmap(inside.process, &addr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, inside.fd, 0), 0);
	assert_int_equal(sundog_peek(inside.process, addr, text, strlen(there) + 1).signo, 0);
	assert_string_equal(text, there);
	assert_int_equal(sundog_poke(inside.process, addr, then, strlen(then) + 1).signo, 0);
	assert_int_equal(sundog_munmap(inside.process, addr, 4096), 0);
}

static void in_process(void (*check)(void))
{
	struct sundog_process *process;
	uint64_t memory, constant;
	int fd, result;

	assert_int_equal(sundog_process_create(sundog, SUNDOG_LP64, 5, 5, &process), 0);
	assert_int_equal(sundog_anon(process, CARD_MEMORY + 4096, &memory), 0);
	assert_int_equal(sundog_munmap(process, memory + CARD_MEMORY, 4096), 0);
	assert_int_equal(sundog_anon(process, 4096, &constant), 0);
	assert_int_equal(sundog_mprotect(process, constant, 4096, PROT_READ), 0);
	card_memory = memory;
	card_constant = constant;
	assert_int_equal(sundog_open(process, "/dev/card0", O_RDWR, &fd), 0);
	inside.process = process;
	inside.fd = fd;
	assert_int_equal(sundog_ioctl(process, fd, CARD_CALL, (uint64_t)(uintptr_t)check, &result), 0);
	sundog_exit(process);
}

#define CHECK_TEST(name) \
	TEST_WITH(test_##name, setup, teardown) \
	{ \
		check_##name(); \
	}
INTERFACE_CHECKS(CHECK_TEST)

#define USER_TEST(name) \
	TEST_WITH(test_##name, setup, teardown) \
	{ \
		in_process(check_##name); \
	}
INTERFACE_USER_CHECKS(USER_TEST)

#define BUG_TEST(name, text) \
	TEST_WITH(test_bug_##name, setup, teardown) \
	{ \
		expect_bug(begin_again, bug_##name, text); \
	}
INTERFACE_BUGS(BUG_TEST)
