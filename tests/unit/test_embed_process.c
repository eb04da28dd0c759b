/* SPDX-License-Identifier: BSD-2-Clause */
/* The embedded host: processes, descriptors, accesses, signals, death; with a real driver behind. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "test.h"

#include "drivers/embed.h"
#include "sundog/embed.h"

#define PAGE 4096u

int driver_init(void) __asm__("sundog__init");
int driver_info(struct modinfo *) __asm__("sundog__info");
int driver_fini(void) __asm__("sundog__fini");

static struct sundog_system *sys;
static struct sundog_process *p;
static char message[200];

static void leak_is_error(void *arg, const struct sundog_leak *leak)
{
	(void)arg;
	print_error("leak: %s %s %s %zu\n", leak->kind, leak->driver, leak->function, leak->bytes);
}

static int attach(const char *conf)
{
	return sundog_driver_attach(sys, "embed", driver_init, driver_info, driver_fini, conf, message,
				    sizeof(message));
}

static int setup(void **state)
{
	(void)state;
	assert_int_equal(sundog_system_create(NULL, &sys), 0);
	assert_int_equal(attach(NULL), 0);
	assert_int_equal(sundog_process_create(sys, SUNDOG_LP64, 0, 0, &p), 0);
	return 0;
}

/* Ends what a test left, and finds nothing forgotten. */
static int teardown(void **state)
{
	(void)state;
	assert_int_equal(sundog_system_destroy(sys, leak_is_error, NULL), 0);
	return 0;
}

static struct embed_counters counters(void)
{
	struct embed_counters c;

	embed_get(&c);
	return c;
}

static int opened(struct sundog_process *of)
{
	int fd = -1;

	assert_int_equal(sundog_open(of, "/dev/embed", O_RDWR, &fd), 0);
	return fd;
}

static uint64_t mapped(struct sundog_process *of, int fd, size_t pages)
{
	uint64_t addr = 0;

	assert_int_equal(sundog_mmap(of, &addr, pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), 0);
	return addr;
}

static int ask(struct sundog_process *of, int fd, int cmd)
{
	int value = -99;

	assert_int_equal(sundog_ioctl(of, fd, cmd, 0, &value), 0);
	return value;
}

#define TEST(name) TEST_WITH(name, setup, teardown)

/* ---- descriptors ---- */

TEST(descriptors)
{
	int a = opened(p), b = opened(p), c = -1, d = -1;

	(void)state;
	assert_int_equal(a, 0);
	assert_int_equal(b, 1);
	assert_int_equal(sundog_dup(p, a, &c), 0);
	assert_int_equal(c, 2);
	assert_int_equal(sundog_close(p, a), 0);
	assert_int_equal(sundog_close(p, a), EBADF);
	assert_int_equal(counters().closes, 0);
	assert_int_equal(sundog_dup(p, b, &d), 0);
	assert_int_equal(d, 0); /* the lowest free one */
	assert_int_equal(sundog_close(p, c), 0);
	assert_int_equal(sundog_close(p, b), 0);
	assert_int_equal(counters().closes, 0); /* one minor: its last open counts */
	assert_int_equal(sundog_close(p, d), 0);
	assert_int_equal(counters().closes, 1);
	assert_int_equal(sundog_dup(p, 7, &d), EBADF);
	assert_int_equal(sundog_close(p, -1), EBADF);
	assert_int_equal(sundog_ioctl(p, 1 << 20, 0, 0, NULL), EBADF);
	assert_int_equal(sundog_open(p, "/dev/nothing", O_RDWR, &d), ENOENT);
	assert_int_equal(sundog_open(p, "/dev/embed", O_ACCMODE, &d), EINVAL);
	assert_int_equal(sundog_set_cloexec(p, 3, true), EBADF);
}

TEST(too_many_descriptors)
{
	int error, n = 0, fd;

	(void)state;
	while ((error = sundog_open(p, "/devices/pseudo/embed@0:embed", O_RDONLY, &fd)) == 0)
		assert_int_equal(fd, n++);
	assert_int_equal(error, EMFILE);
	assert_int_equal(n, 1024);
}

TEST(read_write_poll)
{
	int fd = opened(p);
	char buffer[32] = "";
	size_t done = 0;
	short revents = 0;

	(void)state;
	assert_int_equal(sundog_read(p, fd, buffer, 4, &done), 0);
	assert_int_equal(done, 4);
	assert_string_equal(buffer, "0123");
	assert_int_equal(sundog_read(p, fd, buffer, sizeof(buffer), &done), 0);
	assert_int_equal(done, 10);
	assert_int_equal(sundog_read(p, fd, buffer, 0, &done), 0);
	assert_int_equal(done, 0);
	assert_int_equal(sundog_write(p, fd, "written", 8, &done), 0);
	assert_int_equal(done, 8);
	assert_string_equal(embed_memory(), "written");
	assert_int_equal(sundog_poll(p, fd, POLLIN | POLLOUT, &revents), 0);
	assert_int_equal(revents, POLLIN);
}

TEST(ioctl_copies)
{
	int fd = opened(p), value = 41, result = 0;
	uint64_t addr = 0;

	(void)state;
	assert_int_equal(sundog_anon(p, 100, &addr), 0);
	assert_int_equal(sundog_poke(p, addr + 40, &value, sizeof(value)).signo, 0);
	assert_int_equal(sundog_ioctl(p, fd, EMBED_INCREMENT, addr + 40, &result), 0);
	assert_int_equal(result, 42);
	assert_int_equal(sundog_peek(p, addr + 40, &value, sizeof(value)).signo, 0);
	assert_int_equal(value, 42);
	assert_int_equal(sundog_ioctl(p, fd, EMBED_INCREMENT, addr + PAGE, &result), EFAULT);
	assert_int_equal(sundog_mprotect(p, addr, PAGE, PROT_READ), 0);
	assert_int_equal(sundog_ioctl(p, fd, EMBED_INCREMENT, addr + 40, &result), EFAULT);
	assert_int_equal(sundog_poke(p, addr, &value, 1).code, SEGV_ACCERR);
	assert_int_equal(sundog_munmap(p, addr, PAGE), 0);
	assert_int_equal(sundog_peek(p, addr, &value, 1).code, SEGV_MAPERR);
	assert_int_equal(sundog_ioctl(p, fd, 12345, 0, &result), ENOTTY);
}

TEST(ioctl_on_device_memory)
{
	int fd = opened(p), result = 0;
	uint64_t addr = mapped(p, fd, 2);

	(void)state;
	*(int *)embed_memory() = 7;
	assert_int_equal(sundog_ioctl(p, fd, EMBED_INCREMENT, addr, &result), 0);
	assert_int_equal(*(int *)embed_memory(), 8);
	assert_true(counters().accesses > 0);
}

TEST(who_calls)
{
	struct sundog_process *q;
	int fd = opened(p), other;

	(void)state;
	assert_int_equal(sundog_process_create(sys, SUNDOG_ILP32, 1000, 1000, &q), 0);
	other = opened(q);
	assert_int_equal(ask(p, fd, EMBED_PID), sundog_process_pid(p));
	assert_int_equal(ask(q, other, EMBED_PID), sundog_process_pid(q));
	assert_int_not_equal(sundog_process_pid(p), sundog_process_pid(q));
	assert_int_equal(ask(p, fd, EMBED_UID), 0);
	assert_int_equal(ask(q, other, EMBED_UID), 1000);
	assert_int_equal(ask(p, fd, EMBED_MODEL), 64);
	assert_int_equal(ask(q, other, EMBED_MODEL), 32);
	assert_true(mapped(q, other, 1) < 1ull << 32);
	assert_true(mapped(p, fd, 1) >= 1ull << 32);
}

/* ---- mappings and accesses ---- */

TEST(accesses_fault_once)
{
	int fd = opened(p);
	uint64_t addr = mapped(p, fd, 4);
	char text[] = "over the page's end";

	(void)state;
	assert_false(sundog_loaded(p, addr, SUNDOG_READ));
	assert_int_equal(sundog_poke(p, addr + PAGE - 4, text, sizeof(text)).signo, 0);
	assert_int_equal(counters().accesses, 2);
	assert_string_equal((char *)embed_memory() + PAGE - 4, text);
	assert_true(sundog_loaded(p, addr + PAGE, SUNDOG_WRITE));
	assert_false(sundog_loaded(p, addr + 2 * PAGE, SUNDOG_READ));
	assert_int_equal(sundog_peek(p, addr + PAGE - 4, text, sizeof(text)).signo, 0);
	assert_int_equal(counters().accesses, 2);
	assert_int_equal(sundog_touch(p, addr + 4 * PAGE, SUNDOG_READ).signo, SIGSEGV);
	assert_int_equal(sundog_munmap(p, addr, 4 * PAGE), 0);
	assert_int_equal(counters().mapped, 0);
	assert_int_equal(sundog_touch(p, addr, SUNDOG_READ).code, SEGV_MAPERR);
}

TEST(access_is_retried)
{
	int fd = opened(p);
	uint64_t addr = mapped(p, fd, 1);

	(void)state;
	embed_refuse_loads(5);
	assert_int_equal(sundog_touch(p, addr, SUNDOG_READ).signo, 0);
	assert_int_equal(counters().accesses, 6);
}

/* ---- threads in calls ---- */

struct call {
	struct sundog_process *p;
	int fd, error;
	uint64_t addr;
	struct sundog_signal_info info;
	pthread_t thread;
};

static void *wait_main(void *arg)
{
	struct call *call = arg;

	call->error = sundog_ioctl(call->p, call->fd, EMBED_WAIT, 0, NULL);
	return NULL;
}

static void *touch_main(void *arg)
{
	struct call *call = arg;

	call->info = sundog_touch(call->p, call->addr, SUNDOG_WRITE);
	return NULL;
}

static void call_start(struct call *call, void *(*main)(void *))
{
	assert_int_equal(pthread_create(&call->thread, NULL, main, call), 0);
}

TEST(signals_interrupt)
{
	struct call call = {.p = p, .fd = opened(p)};

	(void)state;
	call_start(&call, wait_main);
	embed_wait_for_waiters(1);
	sundog_signal(p);
	pthread_join(call.thread, NULL);
	assert_int_equal(call.error, EINTR);
	call_start(&call, wait_main); /* the signal is over */
	embed_wait_for_waiters(1);
	assert_int_equal(sundog_ioctl(p, call.fd, EMBED_WAKE, 0, NULL), 0);
	pthread_join(call.thread, NULL);
	assert_int_equal(call.error, 0);
}

/* EINTR from devmap_access: no signal, the access begins again and then succeeds. */
TEST(interrupted_access_is_retried)
{
	struct call call = {.p = p, .fd = opened(p)};

	(void)state;
	call.addr = mapped(p, call.fd, 1);
	embed_wait_in_access(1);
	call_start(&call, touch_main);
	embed_wait_for_waiters(1);
	embed_wait_in_access(0);
	sundog_signal(p);
	pthread_join(call.thread, NULL);
	assert_int_equal(call.info.signo, 0);
	assert_int_equal(counters().accesses, 2);
}

TEST(death_interrupts_and_waits)
{
	struct call calls[4];
	int fd = opened(p);
	uint64_t addr = mapped(p, fd, 2);

	(void)state;
	embed_wait_in_access(1);
	for (int i = 0; i < 4; i++) {
		calls[i] = (struct call){.p = p, .fd = fd, .addr = addr + (unsigned)(i / 2) * PAGE};
		call_start(&calls[i], i % 2 ? touch_main : wait_main);
	}
	embed_wait_for_waiters(4);
	sundog_exit(p);
	for (int i = 0; i < 4; i++) {
		pthread_join(calls[i].thread, NULL);
		if (i % 2)
			assert_int_equal(calls[i].info.signo, SIGKILL);
		else
			assert_int_equal(calls[i].error, EINTR);
	}
	assert_int_equal(counters().mapped, 0);
	assert_int_equal(counters().closes, 1);
	assert_int_equal(sundog_process_create(sys, SUNDOG_LP64, 0, 0, &p), 0);
	assert_int_equal(ask(p, opened(p), EMBED_UID), 0); /* this thread is not dying */
}

/* ---- fork, exec, exit ---- */

TEST(fork_shares_and_copies)
{
	struct sundog_process *child;
	int fd = opened(p), word = 5;
	uint64_t addr = mapped(p, fd, 2), anon = 0;

	(void)state;
	assert_int_equal(sundog_anon(p, PAGE, &anon), 0);
	assert_int_equal(sundog_poke(p, anon, &word, sizeof(word)).signo, 0);
	assert_int_equal(sundog_poke(p, addr, &word, sizeof(word)).signo, 0);
	assert_int_equal(sundog_fork(p, &child), 0);
	assert_int_equal(counters().mapped, 2);
	assert_int_equal(ask(child, fd, EMBED_PID), sundog_process_pid(child));
	word = 6;
	assert_int_equal(sundog_poke(p, anon, &word, sizeof(word)).signo, 0);
	assert_int_equal(sundog_poke(p, addr, &word, sizeof(word)).signo, 0);
	assert_false(sundog_loaded(child, addr, SUNDOG_READ));
	assert_int_equal(sundog_peek(child, addr, &word, sizeof(word)).signo, 0);
	assert_int_equal(word, 6);
	assert_int_equal(sundog_peek(child, anon, &word, sizeof(word)).signo, 0);
	assert_int_equal(word, 5);
	sundog_exit(p);
	assert_int_equal(counters().closes, 0);
	assert_int_equal(counters().mapped, 1);
	sundog_exit(child);
	assert_int_equal(counters().closes, 1);
	assert_int_equal(counters().mapped, 0);
}

TEST(exec_starts_anew)
{
	int keep = opened(p), go = opened(p), pid = sundog_process_pid(p), value = 1, result;
	uint64_t addr = mapped(p, keep, 1), anon = 0;

	(void)state;
	assert_int_equal(sundog_anon(p, PAGE, &anon), 0);
	assert_int_equal(sundog_set_cloexec(p, go, true), 0);
	assert_int_equal(sundog_exec(p), 0);
	assert_int_equal(counters().mapped, 0);
	assert_int_equal(sundog_process_pid(p), pid);
	assert_int_equal(ask(p, keep, EMBED_PID), pid);
	assert_int_equal(sundog_ioctl(p, go, EMBED_PID, 0, &result), EBADF);
	assert_int_equal(sundog_touch(p, addr, SUNDOG_READ).code, SEGV_MAPERR);
	assert_int_equal(sundog_peek(p, anon, &value, 1).code, SEGV_MAPERR);
	assert_int_equal(counters().closes, 0);
	assert_int_equal(sundog_close(p, keep), 0);
	assert_int_equal(counters().closes, 1);
}

/* ---- the system ---- */

TEST(one_system_at_a_time)
{
	struct sundog_system *another = NULL;

	(void)state;
	assert_int_equal(sundog_system_create(NULL, &another), EBUSY);
	assert_null(another);
}

TEST(bad_drivers_are_named)
{
	(void)state;
	assert_int_not_equal(attach(NULL), 0); /* it is there already */
	assert_non_null(strstr(message, "embed"));
	assert_int_equal(sundog_driver_load(sys, "/no/such.so", NULL, message, sizeof(message)), ENOENT);
	assert_string_equal(message, "/no/such.so: No such file or directory");
}

static int no_setup(void **state)
{
	(void)state;
	assert_int_equal(sundog_system_create(NULL, &sys), 0);
	return 0;
}

TEST_WITH(configuration_is_used, no_setup, teardown)
{
	(void)state;
	assert_int_equal(attach("name=\"embed\" parent=\"pseudo\" instance=0\ndepth=;"), EINVAL);
	assert_string_equal(message, "embed:2: an integer or a string expected, not \";\"");
	assert_int_not_equal(attach("refuse;"), 0);
	assert_non_null(strstr(message, "attach of instance 0 failed"));
	assert_int_equal(attach("name=\"embed\" parent=\"pseudo\" instance=0 depth=12;"), 0);
	assert_int_equal(sundog_process_create(sys, SUNDOG_LP64, 0, 0, &p), 0);
	assert_int_equal(ask(p, opened(p), EMBED_PROPERTY), 12);
}

static void count_leak(void *arg, const struct sundog_leak *leak)
{
	assert_string_equal(leak->kind, "kmem");
	assert_string_equal(leak->driver, "embed");
	assert_string_equal(leak->function, "embed_ioctl");
	assert_int_equal(leak->count, 3);
	assert_true(leak->bytes >= 300);
	++*(int *)arg;
}

/* Loads embed.so, asks for "depth", forgets something. */
static size_t load_and_leak(int depth, int *told)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/embed.so", getenv("TEST_OBJECTS"));
	assert_int_equal(sundog_system_create(NULL, &sys), 0);
	if (sundog_driver_load(sys, path, NULL, message, sizeof(message)) != 0)
		fail_msg("%s", message);
	assert_int_equal(sundog_process_create(sys, SUNDOG_ILP32, 1000, 1000, &p), 0);
	fd = opened(p);
	assert_int_equal(ask(p, fd, EMBED_PROPERTY), depth);
	for (int i = 0; i < 3; i++)
		ask(p, fd, EMBED_LEAK);
	return sundog_system_destroy(sys, count_leak, told);
}

TEST_PLAIN(drivers_are_files)
{
	int told = 0;

	(void)state;
	assert_int_equal(load_and_leak(0x20, &told), 1); /* embed.conf beside it */
	assert_int_equal(load_and_leak(0x20, &told), 1); /* and again, from the start */
	assert_int_equal(told, 2);
}

TEST_WITH(leaks_are_told, setup, NULL)
{
	int fd = opened(p), told = 0;

	(void)state;
	for (int i = 0; i < 3; i++)
		ask(p, fd, EMBED_LEAK);
	assert_int_equal(sundog_system_destroy(sys, count_leak, &told), 1); /* p is ended on the way */
	assert_int_equal(told, 1);
}
