/* SPDX-License-Identifier: BSD-2-Clause */
/* Modules, instances, nodes, properties; open, close, read, write, ioctl, poll of a device. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "test.h"

#include <sundog/embed.h>

#include "ddi_device.h"

#define GET(field) __atomic_load_n(&dd.field, __ATOMIC_SEQ_CST)
#define SET(field, value) __atomic_store_n(&dd.field, value, __ATOMIC_SEQ_CST)

/* DDI values that the driver saw */
#define DDI_FREAD 1
#define DDI_FWRITE 2
#define DDI_FNONBLOCK 0x80
#define DDI_FEXCL 0x400
#define DDI_FILP32 0x00100000
#define DDI_FLP64 0x00200000

static const char two_instances[] =
	"name=\"dd\" parent=\"pseudo\" instance=0 numbers=1,-2,0x10 word=\"hello\" words=\"a\",\"bc\" single=9;\n"
	"name=\"dd\" parent=\"pseudo\" instance=1;\n";

static struct sundog_system *sundog;
static struct sundog_process *process;
static char text[300], logged[2000];

static void log_message(void *arg, int level, const char *line)
{
	(void)arg;
	if (level > 1)
		snprintf(logged + strlen(logged), sizeof(logged) - strlen(logged), "%s\n", line);
}

static int setup(void **state)
{
	struct sundog_options options = {.log = log_message};

	(void)state;
	memset(&dd, 0, sizeof(dd));
	dd.attach_fails_at = -1;
	logged[0] = '\0';
	return sundog_system_create(&options, &sundog);
}

static int load(const char *conf)
{
	return sundog_driver_attach(sundog, "dd", dd_init, dd_info, dd_fini, conf, text, sizeof(text));
}

static int setup_loaded(void **state)
{
	return setup(state) != 0 || load(two_instances) != 0 ||
	       sundog_process_create(sundog, SUNDOG_LP64, 5, 5, &process) != 0;
}

static int teardown(void **state)
{
	(void)state;
	return (int)sundog_system_destroy(sundog, NULL, NULL);
}

static bool openable(const char *path)
{
	struct sundog_process *p;
	int fd, error;

	assert_int_equal(sundog_process_create(sundog, SUNDOG_LP64, 0, 0, &p), 0);
	error = sundog_open(p, path, O_RDWR, &fd);
	sundog_exit(p);
	return error == 0;
}

/* ---- modules ---- */

TEST_WITH(load_and_unload, setup, teardown)
{
	(void)state;
	assert_int_equal(load(NULL), 0);
	assert_int_equal(dd.attaches, 1);
	assert_true(openable("/dev/dd0"));
	assert_int_equal(load(NULL), EEXIST); /* one of a name */
	assert_int_equal(sundog_system_destroy(sundog, NULL, NULL), 0);
	assert_int_equal(dd.detaches, 1);
	assert_int_equal(dd.finis, 1);
	assert_int_equal(setup(state), 0);
	assert_int_equal(load(two_instances), 0);
	assert_int_equal(dd.attaches, 2);
}

TEST_WITH(init_fails, setup, teardown)
{
	(void)state;
	dd.init_error = EDOM;
	assert_int_equal(load(NULL), EDOM);
	assert_int_equal(dd.attaches, 0);
	assert_int_equal(dd.finis, 0);
	dd.init_error = 0;
	assert_int_equal(load(NULL), 0); /* nothing of it was left */
}

TEST_WITH(init_installs_nothing, setup, teardown)
{
	(void)state;
	dd.skip_install = 1;
	assert_int_equal(load(NULL), ENXIO);
	assert_non_null(strstr(text, "installed no driver"));
	assert_int_equal(dd.finis, 1);
	dd.skip_install = 0;
	assert_int_equal(load(NULL), 0);
}

/* The first instance is taken back. */
TEST_WITH(attach_fails, setup, teardown)
{
	(void)state;
	dd.attach_fails_at = 1;
	assert_int_equal(load(two_instances), ENXIO);
	assert_non_null(strstr(text, "instance 1"));
	assert_int_equal(dd.attaches, 1);
	assert_int_equal(dd.detaches, 1);
	assert_int_equal(dd.finis, 1);
	assert_false(openable("/dev/dd0"));
}

TEST_WITH(probe_fails, setup, teardown)
{
	(void)state;
	dd.probe_result = ENXIO; /* DDI_PROBE_FAILURE */
	assert_int_equal(load(NULL), ENXIO);
	assert_int_equal(dd.attaches, 0);
	dd.probe_result = 1; /* DDI_PROBE_PARTIAL: not now */
	assert_int_equal(load(NULL), ENXIO);
	dd.probe_result = 2; /* DDI_PROBE_SUCCESS */
	assert_int_equal(load(NULL), 0);
}

struct leaks {
	size_t count, bytes;
	char kinds[500];
};

static void note_leak(void *arg, const struct sundog_leak *leak)
{
	struct leaks *l = arg;

	l->count++;
	l->bytes += leak->bytes;
	snprintf(l->kinds + strlen(l->kinds), sizeof(l->kinds) - strlen(l->kinds), "%zu %s, %zu bytes\n",
		 leak->count, leak->kind, leak->bytes);
}

TEST_WITH(leaks_are_told, setup, teardown)
{
	struct leaks leaks = {0};

	dd.leak = 1;
	assert_int_equal(load(two_instances), 0);
	sundog_system_destroy(sundog, note_leak, &leaks);
	assert_non_null(strstr(leaks.kinds, "2 kmem, 2000 bytes"));
	assert_non_null(strstr(leaks.kinds, "2 kmem, 16384 bytes"));
	assert_non_null(strstr(leaks.kinds, "1 soft state"));
	assert_null(strstr(leaks.kinds, "minor node")); /* those that detach(9E) leaves are removed for it */
	assert_non_null(strstr(leaks.kinds, "2 timeout"));
	assert_int_equal(setup(state), 0);
}

TEST_WITH(detach_refused, setup, teardown)
{
	(void)state;
	assert_int_equal(load(NULL), 0);
	dd.detach_fails = 1;
	sundog_system_destroy(sundog, note_leak, &(struct leaks){0});
	assert_int_equal(dd.finis, 0);
	assert_non_null(strstr(logged, "dd0: the driver refused to detach"));
	assert_int_equal(setup(state), 0);
}

/* ---- nodes ---- */

static int open_minor(const char *path)
{
	struct sundog_process *p;
	int fd, minor = -1;

	assert_int_equal(sundog_process_create(sundog, SUNDOG_LP64, 0, 0, &p), 0);
	if (sundog_open(p, path, O_RDWR, &fd) == 0)
		assert_int_equal(sundog_ioctl(p, fd, DD_MINOR, 0, &minor), 0);
	sundog_exit(p);
	return minor;
}

#define TEST(name) TEST_WITH(name, setup_loaded, teardown)

TEST(nodes)
{
	int fd;

	(void)state;
	assert_int_equal(open_minor("/dev/dd1"), 1);
	assert_int_equal(open_minor("/devices/pseudo/dd@1:dd1"), 1);
	assert_int_equal(open_minor("/devices/pseudo/dd@0:dd1"), -1);
	assert_int_equal(open_minor("/devices/pseudo/dd@1:common"), 11);
	assert_int_equal(open_minor("/devices/pseudo/dd@0:common"), 10);
	assert_int_equal(open_minor("/dev/common"), 10); /* the older one's */
	assert_int_equal(open_minor("/dev/extra"), 20);
	assert_int_equal(open_minor("/dev/nothing"), -1);
	assert_int_equal(open_minor("/dev/"), -1);
	assert_int_equal(sundog_open(process, "/dev/dd0", O_RDWR, &fd), 0);
	assert_int_equal(sundog_ioctl(process, fd, DD_RENAME, 0, NULL), 0);
	assert_int_equal(open_minor("/dev/extra"), -1);
	assert_int_equal(open_minor("/dev/other"), 30);
}

TEST(permissions)
{
	int fd;

	(void)state;
	assert_int_equal(sundog_open(process, "/dev/private", O_RDONLY, &fd), EACCES);
	assert_int_equal(sundog_open(process, "/dev/readable", O_RDWR, &fd), EACCES);
	assert_int_equal(sundog_open(process, "/dev/readable", O_WRONLY, &fd), EACCES);
	assert_int_equal(GET(opens), 0);
	assert_int_equal(sundog_open(process, "/dev/readable", O_RDONLY, &fd), 0);
	assert_true(openable("/dev/private")); /* for the privileged */
}

/* ---- open and close ---- */

TEST(open_passes_on)
{
	int fd;

	(void)state;
	dd.open_error = EDOM;
	assert_int_equal(sundog_open(process, "/dev/dd0", O_RDWR, &fd), EDOM);
	assert_int_equal(GET(closes), 0);
	dd.open_error = 0;
	assert_int_equal(sundog_open(process, "/dev/dd0", O_RDONLY | O_NONBLOCK | O_EXCL, &fd), 0);
	assert_int_equal(GET(last_open_flag), DDI_FREAD | DDI_FNONBLOCK | DDI_FEXCL);
	assert_int_equal(sundog_close(process, fd), 0);
	assert_int_equal(GET(last_close_flag), DDI_FREAD | DDI_FNONBLOCK | DDI_FEXCL);
	assert_int_equal(sundog_close(process, fd), EBADF);
	assert_int_equal(GET(closes), 1);
}

TEST(last_close_only)
{
	struct sundog_process *child;
	int a, b, c;

	(void)state;
	assert_int_equal(sundog_open(process, "/dev/dd0", O_RDONLY, &a), 0);
	assert_int_equal(sundog_open(process, "/dev/dd0", O_RDWR, &b), 0);
	assert_int_equal(sundog_dup(process, b, &c), 0);
	assert_int_equal(sundog_fork(process, &child), 0);
	sundog_close(process, a);
	sundog_close(process, b);
	sundog_close(process, c);
	assert_int_equal(GET(closes), 0);
	sundog_close(child, b);
	sundog_close(child, c);
	assert_int_equal(GET(closes), 0);
	sundog_exit(child);
	assert_int_equal(GET(closes), 1);
	assert_int_equal(GET(opens), 2);
	assert_int_equal(GET(last_close_flag), DDI_FREAD); /* of the open that was closed last */
}

TEST(clones)
{
	int a, b, minor;

	(void)state;
	assert_int_equal(sundog_open(process, "/dev/clone", O_RDWR, &a), 0);
	assert_int_equal(sundog_open(process, "/dev/clone", O_RDWR, &b), 0);
	assert_int_equal(sundog_ioctl(process, a, DD_MINOR, 0, &minor), 0);
	assert_int_equal(minor, 101);
	assert_int_equal(sundog_ioctl(process, b, DD_MINOR, 0, &minor), 0);
	assert_int_equal(minor, 102);
	sundog_close(process, a);
	assert_int_equal(GET(closes), 1);
	sundog_close(process, b);
	assert_int_equal(GET(closes), 2);
}

struct opener {
	pthread_t thread;
	int error, fd, close_first;
};

static void *opener_main(void *arg)
{
	struct opener *o = arg;

	if (o->close_first)
		o->error = sundog_close(process, o->fd);
	else
		o->error = sundog_open(process, "/dev/dd0", O_RDWR, &o->fd);
	return NULL;
}

static void opener_start(struct opener *o)
{
	assert_int_equal(pthread_create(&o->thread, NULL, opener_main, o), 0);
}

static void wait_until(int *counter, int value)
{
	while (__atomic_load_n(counter, __ATOMIC_SEQ_CST) < value)
		usleep(1000);
}

/* An open of a device whose close(9E) runs waits for it. */
TEST(open_waits_for_close)
{
	struct opener closing = {.close_first = 1}, opening = {0};

	(void)state;
	assert_int_equal(sundog_open(process, "/dev/dd0", O_RDWR, &closing.fd), 0);
	SET(close_held, 1);
	opener_start(&closing);
	wait_until(&dd.close_entered, 1);
	opener_start(&opening);
	usleep(20000); /* gives a wrong open the time to come in; a right one never does */
	assert_int_equal(GET(opens), 1);
	SET(close_held, 0);
	pthread_join(closing.thread, NULL);
	pthread_join(opening.thread, NULL);
	assert_int_equal(opening.error, 0);
	assert_int_equal(GET(opens), 2);
	assert_int_equal(GET(closes), 1);
}

/* An open in progress holds a last close back: which comes after all when the open fails. */
TEST(failed_open_delivers_close)
{
	struct opener opening = {0};
	int fd;

	(void)state;
	assert_int_equal(sundog_open(process, "/dev/dd0", O_RDWR, &fd), 0);
	SET(open_held, 1);
	opener_start(&opening);
	wait_until(&dd.open_entered, 2);
	assert_int_equal(sundog_close(process, fd), 0);
	assert_int_equal(GET(closes), 0);
	SET(open_fails_after, EIO);
	SET(open_held, 0);
	pthread_join(opening.thread, NULL);
	assert_int_equal(opening.error, EIO);
	assert_int_equal(GET(closes), 1);
	assert_int_equal(GET(last_close_flag), 0);
}

/* Signals end the wait for somebody's close. */
TEST(open_interrupted)
{
	struct opener closing = {.close_first = 1}, opening = {0};

	(void)state;
	assert_int_equal(sundog_open(process, "/dev/dd0", O_RDWR, &closing.fd), 0);
	SET(close_held, 1);
	opener_start(&closing);
	wait_until(&dd.close_entered, 1);
	opener_start(&opening);
	usleep(20000);
	sundog_signal(process);
	pthread_join(opening.thread, NULL);
	assert_int_equal(opening.error, EINTR);
	SET(close_held, 0);
	pthread_join(closing.thread, NULL);
	assert_int_equal(GET(opens), 1);
}

/* The mapping outlives its descriptor, and close(9E) waits for it. */
TEST(mapping_holds_close)
{
	uint64_t addr = 0;
	int fd;

	(void)state;
	assert_int_equal(sundog_open(process, "/dev/dd0", O_RDWR, &fd), 0);
	assert_int_equal(sundog_mmap(process, &addr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), 0);
	assert_int_equal(sundog_close(process, fd), 0);
	assert_int_equal(GET(closes), 0);
	assert_int_equal(sundog_touch(process, addr, SUNDOG_WRITE).signo, 0);
	assert_int_equal(sundog_munmap(process, addr, 4096), 0);
	assert_int_equal(GET(unmaps), 1);
	assert_int_equal(GET(closes), 1);
	assert_int_equal(GET(closes_at_unmap), 0); /* the callback came first */
	assert_int_equal(GET(last_close_flag), 0);
}

TEST(exit_closes_last)
{
	struct sundog_process *p;
	uint64_t addr = 0;
	int fd;

	(void)state;
	assert_int_equal(sundog_process_create(sundog, SUNDOG_LP64, 0, 0, &p), 0);
	assert_int_equal(sundog_open(p, "/dev/clone", O_RDWR, &fd), 0);
	assert_int_equal(sundog_mmap(p, &addr, 4096, PROT_READ, MAP_SHARED, fd, 0), 0);
	sundog_exit(p);
	assert_int_equal(GET(unmaps), 1);
	assert_int_equal(GET(closes), 1);
}

/* ---- read and write ---- */

TEST(reads_and_writes)
{
	char buffer[200];
	size_t done;
	int fd;

	(void)state;
	assert_int_equal(sundog_open(process, "/dev/dd0", O_RDWR, &fd), 0);
	assert_int_equal(sundog_write(process, fd, "0123456789", 10, &done), 0);
	assert_int_equal(done, 10);
	assert_int_equal(sundog_read(process, fd, buffer, 200, &done), 0); /* the offset went on */
	assert_int_equal(done, 90);
	assert_int_equal(sundog_read(process, fd, buffer, 200, &done), 0);
	assert_int_equal(done, 0);
	assert_int_equal(sundog_write(process, fd, "x", 1, &done), ENOSPC);
	assert_int_equal(sundog_close(process, fd), 0);

	assert_int_equal(sundog_open(process, "/dev/dd0", O_RDONLY, &fd), 0);
	assert_int_equal(sundog_read(process, fd, buffer, 10, &done), 0);
	assert_memory_equal(buffer, "0123456789", 10);
	assert_int_equal(sundog_write(process, fd, "x", 1, &done), EBADF);
	SET(reads, 0);
	assert_int_equal(sundog_read(process, fd, buffer, 0, &done), 0);
	assert_int_equal(GET(reads), 0); /* nothing asked, nobody bothered */
	assert_int_equal(sundog_close(process, fd), 0);
	assert_int_equal(sundog_open(process, "/dev/dd0", O_WRONLY, &fd), 0);
	assert_int_equal(sundog_read(process, fd, buffer, 1, &done), EBADF);
}

TEST(read_errors)
{
	char buffer[20];
	size_t done;
	int fd;

	(void)state;
	assert_int_equal(sundog_open(process, "/dev/dd0", O_RDWR, &fd), 0);
	SET(read_error, EAGAIN);
	assert_int_equal(sundog_read(process, fd, buffer, 20, &done), EAGAIN);
	SET(read_error, EINTR);
	assert_int_equal(sundog_read(process, fd, buffer, 20, &done), EINTR);
	SET(read_limit, 5); /* some bytes before the signal: they count */
	assert_int_equal(sundog_read(process, fd, buffer, 20, &done), 0);
	assert_int_equal(done, 5);
	SET(read_error, EIO);
	assert_int_equal(sundog_read(process, fd, buffer, 20, &done), EIO);
}

/* ---- ioctl ---- */

TEST(ioctls)
{
	uint64_t addr;
	int fd, value = 21, rval = 0;

	(void)state;
	assert_int_equal(sundog_open(process, "/dev/dd0", O_RDWR, &fd), 0);
	assert_int_equal(sundog_anon(process, 4096, &addr), 0);
	assert_int_equal(sundog_poke(process, addr, &value, sizeof(value)).signo, 0);
	assert_int_equal(sundog_ioctl(process, fd, DD_DOUBLE, addr, &rval), 0);
	assert_int_equal(rval, 0);
	assert_int_equal(sundog_peek(process, addr, &value, sizeof(value)).signo, 0);
	assert_int_equal(value, 42);
	assert_int_equal(GET(last_mode), DDI_FREAD | DDI_FWRITE | DDI_FLP64);
	assert_int_equal(sundog_ioctl(process, fd, DD_RVAL, 0, &rval), 0);
	assert_int_equal(rval, 77);
	rval = 1;
	assert_int_equal(sundog_ioctl(process, fd, DD_ERROR, EDOM, &rval), EDOM);
	assert_int_equal(rval, 1);
	assert_int_equal(sundog_ioctl(process, fd, 12345, 0, &rval), ENOTTY);
	assert_int_equal(sundog_ioctl(process, fd, DD_DOUBLE, 8, &rval), EFAULT);
	assert_int_equal(sundog_ioctl(process, fd, DD_DOUBLE, addr + 4094, &rval), EFAULT); /* half of it */
	assert_int_equal(sundog_ioctl(process, fd, DD_COPY_WILD, UINT64_MAX, &rval), EFAULT);
	assert_int_equal(sundog_ioctl(process, fd, DD_IDENTITY, (uint64_t)sundog_process_pid(process), &rval), 0);
	assert_int_equal(rval, 1);
}

TEST(ioctl_model)
{
	struct sundog_process *p;
	int fd;

	(void)state;
	assert_int_equal(sundog_process_create(sundog, SUNDOG_ILP32, 5, 5, &p), 0);
	assert_int_equal(sundog_open(p, "/dev/dd0", O_RDONLY, &fd), 0);
	assert_int_equal(sundog_ioctl(p, fd, DD_RVAL, 0, NULL), 0);
	assert_int_equal(GET(last_mode), DDI_FREAD | DDI_FILP32);
	sundog_exit(p);
}

/* ---- poll ---- */

TEST(polls)
{
	short revents = 99;
	int fd;

	(void)state;
	assert_int_equal(sundog_open(process, "/dev/dd0", O_RDWR, &fd), 0);
	assert_int_equal(sundog_poll(process, fd, POLLIN | POLLOUT, &revents), 0);
	assert_int_equal(revents, 0);
	assert_int_equal(sundog_ioctl(process, fd, DD_WAKE, 0, NULL), 0);
	assert_int_equal(sundog_poll(process, fd, POLLIN | POLLOUT, &revents), 0);
	assert_int_equal(revents, POLLIN);
	assert_int_equal(sundog_poll(process, fd, POLLOUT, &revents), 0);
	assert_int_equal(revents, 0);
	assert_int_equal(sundog_ioctl(process, fd, DD_POLL_CLEAN, 0, NULL), 0);
	assert_int_equal(sundog_close(process, fd), 0);
	/* nobody waits any more: nothing is touched */
	assert_int_equal(sundog_open(process, "/dev/dd0", O_RDWR, &fd), 0);
	assert_int_equal(sundog_ioctl(process, fd, DD_WAKE, 0, NULL), 0);
}
