/* SPDX-License-Identifier: BSD-2-Clause */
/* lifetime.c: how long an open and a mapping live. */
#include "tapp.h"

static void stats_are(int fd, unsigned clones, unsigned mappings)
{
	struct tdrv_stats stats;

	CHECK(ioctl(fd, TDRV_STATS, &stats) == 0);
	if (stats.clones != clones || stats.mappings != mappings) {
		fprintf(stderr, "%u clones, %u mappings, wanted %u, %u\n", stats.clones, stats.mappings, clones,
			mappings);
		_exit(1);
	}
}

APP_PART("lifetime", part_lifetime)
{
	int fd = open_device(DEV, O_RDWR), clone = open_device(DEV ".clone", O_RDWR), copy;

	stats_are(fd, 1, 0);
	CHECK((copy = dup(clone)) >= 0);
	CHECK(close(clone) == 0);
	stats_are(fd, 1, 0);
	char *page = map_at(copy, 0, PAGE, PROT_READ | PROT_WRITE);
	CHECK(close(copy) == 0);
	stats_are(fd, 1, 0); /* the mapping keeps it open */
	strcpy(page, "mine");
	CHECK(munmap(page, PAGE) == 0);
	stats_are(fd, 0, 0);

	char *p = map_at(fd, TDRV_AT_TRACKED, 8 * PAGE, PROT_READ | PROT_WRITE);
	stats_are(fd, 0, 1);
	CHECK(munmap(p + 3 * PAGE, PAGE) == 0);
	stats_are(fd, 0, 2);
	CHECK(munmap(p, 8 * PAGE) == 0);
	stats_are(fd, 0, 0);

	p = map_at(fd, TDRV_AT_TRACKED, PAGE, PROT_READ | PROT_WRITE);
	int end[2];
	CHECK(pipe(end) == 0);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		char c;
		close(end[1]);
		p[1] = 'c';
		CHECK(read(end[0], &c, 1) == 0);
		_exit(0);
	}
	stats_are(fd, 0, 2);
	CHECK(close(end[1]) == 0);
	reap(pid);
	stats_are(fd, 0, 1);
	CHECK(p[1] == 'c');

	/* a descriptor sent to nobody but in flight keeps the open */
	CHECK((clone = open(DEV ".clone", O_RDWR)) >= 0);
	pid = fork();
	if (pid == 0) {
		map_at(clone, 0, PAGE, PROT_READ);
		kill(getpid(), SIGKILL);
	}
	int status;
	CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
	stats_are(fd, 1, 1);
	CHECK(close(clone) == 0);
	stats_are(fd, 0, 1);
}

APP_PART("dupfail", part_dupfail)
{
	int fd = open_device(DEV, O_RDWR);

	map_at(fd, TDRV_AT_TRACKED, PAGE, PROT_READ);
	map_at(fd, TDRV_AT_DUPFAIL, PAGE, PROT_READ);
	stats_are(fd, 0, 2);
	CHECK_ERRNO(fork(), ENOMEM);
	stats_are(fd, 0, 2);
	CHECK_ERRNO(wait(NULL), ECHILD);
}

APP_PART("scm", part_scm)
{
	int pair[2], fd = open_device(DEV ".clone", O_RDWR);
	union {
		struct cmsghdr h;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte = 0;
	struct iovec iov = {&byte, 1};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		int got;
		CHECK(close(fd) == 0);
		CHECK(recvmsg(pair[0], &mh, 0) == 1);
		memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&mh)), sizeof(int));
		CHECK(ioctl(got, TDRV_ECHO, 123) == 123);
		char *p = map_at(got, 0, PAGE, PROT_READ | PROT_WRITE);
		CHECK(strcmp(p, "sent") == 0);
		strcpy(p, "received");
		_exit(0);
	}
	char *p = map_at(fd, 0, PAGE, PROT_READ | PROT_WRITE);
	strcpy(p, "sent");
	control.h.cmsg_level = SOL_SOCKET;
	control.h.cmsg_type = SCM_RIGHTS;
	control.h.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.h), &fd, sizeof(int));
	CHECK(sendmsg(pair[1], &mh, 0) == 1);
	reap(pid);
	CHECK(strcmp(p, "received") == 0);
}
