/* SPDX-License-Identifier: BSD-2-Clause */
/* calls.c: calls of tdrv, by whom and on which node. */
#include "tapp.h"

APP_PART("calls", part_calls)
{
	int fd = open_device(DEV, O_RDWR);
	unsigned char buf[5000], *big = malloc(TDRV_COPY_MAX);
	struct tdrv_copy copy = {.magic = TDRV_MAGIC, .buf = buf, .len = sizeof(buf)};
	long sum = 0;

	CHECK(ioctl(fd, TDRV_ECHO, 4711) == 4711);
	CHECK(ioctl(fd, TDRV_COUNT, 0) == 1 && ioctl(fd, TDRV_COUNT, 0) == 2);
	for (size_t i = 0; i < sizeof(buf); i++)
		sum += buf[i] = (unsigned char)(i * 7);
	CHECK(ioctl(fd, TDRV_COPY, &copy) == 0 && copy.sum == sum);
	for (size_t i = 0; i < sizeof(buf); i++)
		CHECK(buf[i] == (unsigned char)~(i * 7));
	memset(big, 3, TDRV_COPY_MAX);
	copy.buf = big;
	copy.len = TDRV_COPY_MAX;
	CHECK(ioctl(fd, TDRV_COPY, &copy) == 0 && copy.sum == 3 * TDRV_COPY_MAX);
	CHECK(big[0] == 252 && big[TDRV_COPY_MAX - 1] == 252);
	/* memory of a mapping of the device itself */
	copy.buf = map_at(fd, 0, 4 * PAGE, PROT_READ | PROT_WRITE);
	copy.len = 4 * PAGE;
	memset(copy.buf, 1, 4 * PAGE);
	CHECK(ioctl(fd, TDRV_COPY, &copy) == 0 && copy.sum == 4 * (long)PAGE);
	CHECK(((unsigned char *)copy.buf)[4 * PAGE - 1] == 254);

	copy.buf = (void *)8;
	CHECK_ERRNO(ioctl(fd, TDRV_COPY, &copy), EFAULT);
	CHECK_ERRNO(ioctl(fd, TDRV_COPY, NULL), EFAULT);
	CHECK_ERRNO(ioctl(fd, TDRV_COPY, -1L), EFAULT);
	copy.buf = map_at(fd, TDRV_AT_READONLY, PAGE, PROT_READ);
	copy.len = PAGE;
	CHECK_ERRNO(ioctl(fd, TDRV_COPY, &copy), EFAULT);
	copy.magic = 0;
	CHECK_ERRNO(ioctl(fd, TDRV_COPY, &copy), EINVAL);
	CHECK_ERRNO(ioctl(fd, 0x1234, 0), ENOTTY);
	for (int e = 1; e < 134; e++)
		CHECK_ERRNO(ioctl(fd, TDRV_ERROR, e), e);

	struct tdrv_info info;
	CHECK(ioctl(fd, TDRV_INFO, &info) == 0);
	CHECK(info.pid == getpid() && info.uid == geteuid() && info.gid == getegid());
	CHECK(info.model == 8 * sizeof(void *));
	int mode = 1 | 2 | (sizeof(void *) == 8 ? 0x200000 : 0x100000);
	CHECK(ioctl(fd, TDRV_FLAGS, 0) == mode);
	CHECK(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
	CHECK((ioctl(fd, TDRV_FLAGS, 0) & 0x84) != 0);
	CHECK(fcntl(fd, F_SETFL, 0) == 0);
	CHECK(ioctl(fd, TDRV_FLAGS, 0) == mode);
}

APP_PART("nodes", part_nodes)
{
	struct stat st, st2;
	int fd = open_device(DEV, O_RDWR), other, clones[3];

	CHECK(stat(DEV, &st) == 0 && S_ISCHR(st.st_mode) && (st.st_mode & 0777) == 0666);
	CHECK(fstat(fd, &st2) == 0 && S_ISCHR(st2.st_mode) && st2.st_rdev == st.st_rdev);
	CHECK(lstat("/devices/pseudo/tdrv@0:tdrv", &st2) == 0 && st2.st_rdev == st.st_rdev);
	CHECK(access(DEV, R_OK | W_OK) == 0);
	CHECK_ERRNO(stat(DEV ".none", &st), ENOENT);
	CHECK_ERRNO(open(DEV ".none", O_RDWR), ENOENT);
	CHECK((other = open("/devices/pseudo/tdrv@0:tdrv", O_RDONLY)) >= 0);
	CHECK(ioctl(other, TDRV_ECHO, 1) == 1);
	CHECK((other = open(DEV ".excl", O_RDONLY)) >= 0);
	CHECK_ERRNO(open(DEV ".excl", O_RDONLY), EBUSY);
	CHECK(close(other) == 0);
	CHECK((other = open(DEV ".excl", O_RDWR)) >= 0);
	for (int i = 0; i < 3; i++) {
		CHECK((clones[i] = open(DEV ".clone", O_RDWR)) >= 0);
		strcpy(map_at(clones[i], 0, PAGE, PROT_READ | PROT_WRITE), i == 1 ? "one" : "other");
	}
	CHECK(strcmp(map_at(clones[1], 0, PAGE, PROT_READ), "one") == 0);
	CHECK(strcmp(map_at(clones[2], 0, PAGE, PROT_READ), "other") == 0);
	CHECK(fstat(clones[0], &st) == 0 && fstat(clones[1], &st2) == 0 && st.st_rdev != st2.st_rdev);
	CHECK(open(DEV ".priv", O_RDWR) >= 0 || geteuid() != 0);
	if (geteuid() != 0)
		CHECK_ERRNO(open(DEV ".priv", O_RDWR), EACCES);
	CHECK_ERRNO(open(DEV, O_RDONLY | O_DIRECTORY), ENOTDIR);
	CHECK_ERRNO(open(DEV, O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
	CHECK((other = open(DEV, O_RDWR | O_CREAT | O_TRUNC, 0600)) >= 0);
	CHECK((other = creat(DEV, 0600)) >= 0);
}

APP_PART("ring", part_ring)
{
	int fd = open_device(DEV ".ring", O_RDWR), nb = open_device(DEV ".ring", O_RDWR | O_NONBLOCK);
	char text[64] = "", a[4], b[60];
	struct iovec in[2] = {{a, sizeof(a)}, {b, sizeof(b)}};
	struct iovec out[2] = {{"hello ", 6}, {"world", 5}};
	struct pollfd pfd = {.fd = fd, .events = POLLIN | POLLOUT};
	void *volatile nowhere = (void *)8;

	CHECK_ERRNO(read(nb, text, 1), EAGAIN);
	CHECK(poll(&pfd, 1, 0) == 1 && pfd.revents == POLLOUT);
	CHECK(writev(fd, out, 2) == 11);
	CHECK(poll(&pfd, 1, 0) == 1 && pfd.revents == (POLLIN | POLLOUT));
	CHECK(readv(fd, in, 2) == 11 && memcmp(a, "hell", 4) == 0 && memcmp(b, "o world", 7) == 0);
	CHECK(write(fd, "abc", 3) == 3 && read(fd, text, sizeof(text)) == 3 && strcmp(text, "abc") == 0);
	CHECK_ERRNO(write(fd, nowhere, 10), EFAULT);
	CHECK_ERRNO(read(open_device(DEV, O_RDONLY), text, 1), ENXIO);
	CHECK_ERRNO(write(open_device(DEV ".ring", O_RDONLY), text, 1), EBADF);
	CHECK_ERRNO(read(open_device(DEV ".ring", O_WRONLY), text, 1), EBADF);
	/* 100 KiB from a child, which blocks when the ring is full */
	pid_t pid = fork();
	if (pid == 0) {
		static unsigned char data[100 * 1024];
		for (size_t i = 0; i < sizeof(data); i++)
			data[i] = (unsigned char)(i % 251);
		CHECK(write(fd, data, sizeof(data)) == sizeof(data));
		_exit(0);
	}
	for (size_t got = 0; got < 100 * 1024;) {
		unsigned char piece[3000];
		ssize_t n = read(fd, piece, sizeof(piece));
		CHECK(n > 0);
		for (ssize_t i = 0; i < n; i++)
			CHECK(piece[i] == (unsigned char)((got + (size_t)i) % 251));
		got += (size_t)n;
	}
	reap(pid);
	/* a poll that waits */
	pfd.events = POLLIN;
	pid = fork();
	if (pid == 0) {
		CHECK(ioctl(open_device(DEV, O_RDWR), TDRV_SLEEPERS, 1) == 0);
		CHECK(ioctl(open_device(DEV, O_RDWR), TDRV_WAKE, 0) == 1);
		CHECK(write(fd, "x", 1) == 1);
		_exit(0);
	}
	CHECK(ioctl(open_device(DEV, O_RDWR), TDRV_SLEEP, 0) == 0);
	CHECK(poll(&pfd, 1, -1) == 1 && pfd.revents == POLLIN);
	reap(pid);
}
