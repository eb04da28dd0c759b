/* SPDX-License-Identifier: BSD-2-Clause */
/* Page objects. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

#include "host/posix/posix.h"

#define PAGE 4096u

static struct host_pages *create(size_t bytes, unsigned flags)
{
	struct host_pages *pages = NULL;

	assert_int_equal(host_pages_create(bytes, flags, &pages), 0);
	assert_non_null(pages);
	return pages;
}

TEST_PLAIN(zero_and_shared)
{
	struct host_pages *pages = create(3 * PAGE, 0), *other = create(PAGE, HOST_PAGES_NOWAIT);
	unsigned char *at = host_pages_address(pages), *view;

	(void)state;
	assert_int_equal((uintptr_t)at % PAGE, 0);
	for (size_t i = 0; i < 3 * PAGE; i++)
		assert_int_equal(at[i], 0);
	view = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, posix_pages_fd(pages), PAGE);
	assert_ptr_not_equal(view, MAP_FAILED);
	view[5] = 99;
	assert_int_equal(at[PAGE + 5], 99);
	munmap(view, PAGE);
	host_pages_destroy(pages);
	host_pages_destroy(other);
}

TEST_PLAIN(sealed_and_private)
{
	struct host_pages *pages = create(PAGE, 0);
	int fd = posix_pages_fd(pages);
	struct stat status;

	(void)state;
	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(fcntl(fd, F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
	assert_int_equal(ftruncate(fd, 0), -1);
	assert_int_equal(ftruncate(fd, 2 * PAGE), -1);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	host_pages_destroy(pages);
}

TEST_PLAIN(readonly_descriptor)
{
	struct host_pages *pages = create(PAGE, 0);
	int fd = posix_pages_fd_readonly(pages);
	char *view;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(posix_pages_fd_readonly(pages), fd);
	assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	assert_ptr_equal(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
	view = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(view, MAP_FAILED);
	*(char *)host_pages_address(pages) = 'x';
	assert_int_equal(*view, 'x');
	munmap(view, PAGE);
	host_pages_destroy(pages);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void run_over_the_end(struct host_pages *pages)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	signal(SIGSEGV, SIG_DFL);
	((volatile char *)host_pages_address(pages))[2 * PAGE] = 1;
	_exit(0);
}

TEST_PLAIN(guard_page_behind)
{
	struct host_pages *pages = create(2 * PAGE, 0);
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		run_over_the_end(pages);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSEGV);
	host_pages_destroy(pages);
}

static uint64_t locked_bytes(void)
{
	struct posix_memlock memlock;

	posix_memlock(&memlock);
	return memlock.used;
}

/* Of its file, in memory. */
static uint64_t blocks_of(const struct host_pages *pages)
{
	struct stat status;

	assert_int_equal(fstat(posix_pages_fd(pages), &status), 0);
	return (uint64_t)status.st_blocks;
}

TEST_PLAIN(locked_is_resident)
{
	struct host_pages *pages = create(4 * PAGE, HOST_PAGES_LOCKED);

	(void)state;
	assert_int_equal(blocks_of(pages) * 512, 4 * PAGE);
	assert_true(locked_bytes() == 4 * PAGE || locked_bytes() == 0);
	host_pages_destroy(pages);
	assert_int_equal(locked_bytes(), 0);
}

TEST_PLAIN(absurd_sizes_fail)
{
	struct host_pages *pages = NULL;

	(void)state;
	assert_int_equal(host_pages_create((size_t)1 << 50, HOST_PAGES_LOCKED, &pages), ENOMEM);
	assert_int_equal(host_pages_create(SIZE_MAX & ~(size_t)(PAGE - 1), 0, &pages), ENOMEM);
	assert_null(pages);
}

/* ---- limits, each in a child as an ordinary user ---- */

struct heard {
	int count;
	char text[256];
};

static void hear(void *arg, enum host_log_level level, const char *text)
{
	struct heard *heard = arg;

	(void)level;
	heard->count++;
	snprintf(heard->text, sizeof(heard->text), "%s", text);
}

/* 0 if all is well, else the number of the step that was not. */
static int lock_beyond_limit(bool strict)
{
	struct host_pages *pages[2] = {NULL, NULL};
	struct heard heard = {0};
	int expected = strict ? ENOMEM : 0;

	if (setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){PAGE, PAGE}) != 0 ||
	    (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0))
		return 1;
	posix_init(&(struct posix_config){.verbose = true, .strict_lock = strict});
	posix_log_sink(hear, &heard);
	for (int i = 0; i < 2; i++) {
		if (host_pages_create(4 * PAGE, HOST_PAGES_LOCKED, &pages[i]) != expected)
			return 2;
	}
	if (heard.count != 1) /* once, not twice */
		return 3;
	if (strstr(heard.text, "RLIMIT_MEMLOCK") == NULL || strstr(heard.text, "16384") == NULL ||
	    strstr(heard.text, "limit 4096") == NULL)
		return 4;
	for (int i = 0; i < 2 && !strict; i++) {
		if (blocks_of(pages[i]) * 512 != 4 * PAGE)
			return 5;
		host_pages_destroy(pages[i]);
	}
	return 0;
}

static int exhaust_descriptors(bool unused)
{
	struct host_pages *pages[64];
	struct heard heard = {0};
	struct rlimit limit;
	int n, error = 0;

	(void)unused;
	posix_log_sink(hear, &heard);
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 1;
	limit.rlim_cur = 24;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 1;
	for (n = 0; n < 64 && error == 0; n++)
		error = host_pages_create(PAGE, 0, &pages[n]);
	if (error != ENOMEM || heard.count != 1)
		return 2;
	if (strstr(heard.text, "RLIMIT_NOFILE") == NULL || strstr(heard.text, "24") == NULL)
		return 3;
	for (int i = 0; i < n - 1; i++)
		host_pages_destroy(pages[i]);
	return 0;
}

static int in_child(int (*fn)(bool), bool arg)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(fn(arg));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

TEST_PLAIN(lock_limit_is_reported)
{
	(void)state;
	assert_int_equal(in_child(lock_beyond_limit, false), 0);
}

TEST_PLAIN(strict_lock_fails)
{
	(void)state;
	assert_int_equal(in_child(lock_beyond_limit, true), 0);
}

TEST_PLAIN(descriptor_limit_is_named)
{
	(void)state;
	assert_int_equal(in_child(exhaust_descriptors, false), 0);
}

static void count_release(void *arg)
{
	++*(unsigned *)arg;
}

/*	file:  | 0 | 1 [ 2 | 3 ] ....... |   two views of pages 2 and 3: one memory, one descriptor */
TEST_PLAIN(views_share_the_file)
{
	unsigned released = 0;
	struct posix_view view = {.offset = 2 * PAGE, .size = 2 * PAGE, .released = count_release, .arg = &released};
	struct host_pages *first, *second;
	char byte = 0;

	(void)state;
	assert_int_equal(posix_file_create("test", UINT64_C(1) << 62, &view.file), 0);
	assert_int_equal(posix_pages_view(&view, &first), 0);
	assert_int_equal(posix_pages_view(&view, &second), 0);
	assert_int_equal(posix_pages_fd(first), posix_file_fd(view.file));
	assert_int_equal(posix_pages_offset(first), 2 * PAGE);
	((char *)host_pages_address(first))[PAGE] = 'v';
	assert_int_equal(((char *)host_pages_address(second))[PAGE], 'v');
	assert_int_equal(pread(posix_file_fd(view.file), &byte, 1, 3 * PAGE), 1);
	assert_int_equal(byte, 'v');
	posix_file_put(view.file); /* the views have it still */
	host_pages_destroy(first);
	assert_int_equal(released, 1);
	assert_int_equal(((char *)host_pages_address(second))[PAGE], 'v');
	host_pages_destroy(second);
	assert_int_equal(released, 2);
}
