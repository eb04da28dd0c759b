/* SPDX-License-Identifier: BSD-2-Clause */
/* descriptors.c: numbers of descriptors that others take, pass on or close. */
#include "neighbours.h"

#include <dirent.h>
#include <limits.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>

APP_PART("epoll-again", part_epoll_again)
{
	struct epoll_event e = {.events = EPOLLIN, .data.u64 = 77}, got[4];

	fd = open_device("/dev/tdrv.ring", O_RDWR);
	CHECK(write(fd, "x", 1) == 1);
	for (int i = 0; i < 600; i++) {
		int set = epoll_create1(EPOLL_CLOEXEC);
		CHECK(set >= 0);
		CHECK(epoll_wait(set, got, 4, 0) == 0); /* another set had it */
		CHECK(epoll_ctl(set, EPOLL_CTL_ADD, fd, &e) == 0);
		CHECK(epoll_wait(set, got, 4, 0) == 1 && got[0].data.u64 == 77);
		CHECK(close(set) == 0);
	}
}

APP_PART("epoll-time64", part_epoll_time64)
{
	struct epoll_event e = {.events = EPOLLIN, .data.u64 = 77}, got[4];
	struct timespec t = {0, 1000000};
	int set = epoll_create1(EPOLL_CLOEXEC);

	fd = open_device("/dev/tdrv.ring", O_RDWR);
	CHECK(epoll_ctl(set, EPOLL_CTL_ADD, fd, &e) == 0 && epoll_pwait2(set, got, 4, &t, NULL) == 0);
	CHECK(write(fd, "x", 1) == 1 && epoll_pwait2(set, got, 4, &t, NULL) == 1 && got[0].data.u64 == 77);
}

static int pass_back(int what)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	char byte = 0;
	struct iovec iov = {&byte, 1};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control)};
	int ends[2], got;
	struct cmsghdr *c = CMSG_FIRSTHDR(&mh);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &what, sizeof(int));
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0 && sendmsg(ends[0], &mh, 0) == 1);
	CHECK(close(ends[0]) == 0 && recvmsg(ends[1], &mh, 0) == 1);
	memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&mh)), sizeof(int));
	CHECK(close(ends[1]) == 0);
	return got;
}

APP_PART("number-of-libc", part_number_of_libc)
{
	struct stat st;

	fd = open_device(DEV, O_RDWR);
	DIR *d = opendir("/");
	CHECK(d && fstat(dirfd(d), &st) == 0);
	int number = dirfd(d);
	CHECK(closedir(d) == 0);
	int copy = pass_back(fd);
	CHECK(copy == number);
	CHECK(ioctl(copy, TDRV_ECHO, 3) == 3);
}

static int barrier_fd[2];
static void *calls_twice(void *arg)
{
	char byte;

	call_once(NULL);
	CHECK(write(barrier_fd[1], "x", 1) == 1);
	CHECK(read(*(int *)arg, &byte, 1) == 1);
	call_once(NULL);
	return NULL;
}

/* The application puts something of its own at every number that the library may have. */
APP_PART("takes-numbers", part_takes_numbers)
{
	int go[2];
	pthread_t thread;
	struct stat st, of;

	fd = open_device(DEV, O_RDWR);
	int file = open("/dev/null", O_RDWR);
	CHECK(fstat(file, &of) == 0);
	CHECK(pipe(barrier_fd) == 0 && pipe(go) == 0);
	CHECK(pthread_create(&thread, NULL, calls_twice, &go[0]) == 0);
	char byte;
	CHECK(read(barrier_fd[0], &byte, 1) == 1);
	for (int n = 900; n < 1000; n++)
		CHECK(dup2(file, n) == n);
	CHECK(write(go[1], "x", 1) == 1 && pthread_join(thread, NULL) == 0);
	call_once(NULL);
	for (int n = 900; n < 1000; n++)
		CHECK(fstat(n, &st) == 0 && st.st_rdev == of.st_rdev && S_ISCHR(st.st_mode));
}

APP_PART("bad-select", part_bad_select)
{
	fd_set in;
	struct timeval t = {0};

	fd = open_device("/dev/tdrv.ring", O_RDWR);
	FD_ZERO(&in);
	FD_SET(fd, &in);
	FD_SET(500, &in);
	CHECK_ERRNO(select(501, &in, NULL, NULL, &t), EBADF);
}

APP_PART("no-numbers-first", part_no_numbers_first)
{
	struct rlimit limit = {64, 64};
	int last = -1;

	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	for (int n = dup(0); n >= 0; n = dup(0))
		last = n;
	CHECK_ERRNO(open(DEV, O_RDWR), EMFILE);
	for (int n = last - 10; n <= last; n++)
		CHECK(close(n) == 0);
	fd = open_device(DEV, O_RDWR);
	call_once(NULL);
}

APP_PART("no-environment", part_no_environment)
{
	CHECK(clearenv() == 0);
	fd = open_device(DEV, O_RDWR);
	call_once(NULL);
}

/* What the shells of old do. */
APP_PART("lowest-number", part_lowest_number)
{
	char line[16];
	int ring = open_device("/dev/tdrv.ring", O_RDWR);

	for (int i = 0; i < 3; i++) {
		CHECK(close(1) == 0);
		CHECK(i == 0 ? open("/dev/tdrv.ring", O_RDWR) == 1 : i == 1 ? dup(ring) == 1
									    : fcntl(ring, F_DUPFD, 1) == 1);
		printf("hello %d\n", i);
		CHECK(fflush(stdout) == 0);
		CHECK(read(ring, line, sizeof(line)) == 8 && memcmp(line, "hello ", 6) == 0 && line[6] == '0' + i);
	}
	CHECK(close(0) == 0 && dup(ring) == 0 && write(ring, "42 ", 3) == 3);
	int n = 0;
	CHECK(scanf("%d", &n) == 1 && n == 42);
}

APP_PART("proc", part_proc)
{
	char path[4][64];
	struct stat st;

	fd = open_device(DEV, O_RDWR);
	snprintf(path[0], sizeof(path[0]), "/dev/fd/%d", fd);
	snprintf(path[1], sizeof(path[1]), "/proc/self/fd/%d", fd);
	snprintf(path[2], sizeof(path[2]), "/proc/thread-self/fd/%d", fd);
	snprintf(path[3], sizeof(path[3]), "/proc/%d/fd/%d", getpid(), fd);
	for (int i = 0; i < 4; i++) {
		int again = open_device(path[i], O_RDONLY);
		CHECK(ioctl(again, TDRV_ECHO, i + 1) == i + 1 && close(again) == 0);
		CHECK(stat(path[i], &st) == 0 && S_ISCHR(st.st_mode));
	}
	call_once(NULL);
}

APP_PART("lengths", part_lengths)
{
	int ring = open_device("/dev/tdrv.ring", O_RDWR | O_NONBLOCK);
	char byte = 'x', *volatile at = &byte;
	struct iovec many[1025] = {{at, SSIZE_MAX}, {at, 1}};
	volatile size_t much = (size_t)SSIZE_MAX + 1, most = SIZE_MAX;
	volatile int none = -1;

	CHECK(write(ring, at, 0) == 0 && read(ring, at, 0) == 0 && write(ring, at, 1) == 1);
	CHECK_ERRNO(read(ring, at, much), EINVAL);
	CHECK_ERRNO(write(ring, at, most), EINVAL);
	CHECK_ERRNO(readv(ring, many, 2), EINVAL);
	CHECK_ERRNO(writev(ring, many, 1025), EINVAL);
	CHECK_ERRNO(writev(ring, many, none), EINVAL);
	CHECK(read(ring, at, 1) == 1 && byte == 'x');
}
