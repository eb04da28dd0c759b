/* SPDX-License-Identifier: BSD-2-Clause */
/* tapp: calls and mappings of tdrv, one part a test. */
#include "app.h"

#include <setjmp.h>

#define DEV "/dev/tdrv"

static volatile sig_atomic_t last_code;
static void *volatile last_addr;

static sigjmp_buf jump_buffer;

static void on_fault(int signo, siginfo_t *info, void *context)
{
	last_code = info->si_code;
	last_addr = info->si_addr;
	siglongjmp(jump_buffer, signo);
}

/* The signal that a write (or read) of the byte gets, 0 for none. */
static int access_signal(volatile char *at, bool write)
{
	struct sigaction sa = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO}, segv, bus;

	sigaction(SIGSEGV, &sa, &segv);
	sigaction(SIGBUS, &sa, &bus);
	int signo = sigsetjmp(jump_buffer, 1);
	if (signo == 0) {
		char value = *at;
		if (write)
			*at = value;
	}
	sigaction(SIGSEGV, &segv, NULL);
	sigaction(SIGBUS, &bus, NULL);
	return signo;
}

/* ---- memory ---- */

static bool all_zero(const unsigned char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i])
			return false;
	return true;
}

static void part_basic(int argc, char **argv)
{
	int fd = open_device(DEV, O_RDWR);
	size_t size = TDRV_PAGES * PAGE;
	unsigned char *a = map_at(fd, TDRV_AT_MEMORY, size, PROT_READ | PROT_WRITE);
	unsigned char *b = map_at(fd, TDRV_AT_MEMORY, size, PROT_READ | PROT_WRITE);

	CHECK(((uintptr_t)a & (PAGE - 1)) == 0 && a != b);
	CHECK(all_zero(a, size));
	for (size_t i = 0; i < size; i += 511)
		a[i] = (unsigned char)(i / 511 + 1);
	CHECK(memcmp(a, b, size) == 0);
	for (size_t i = 0; i < size; i += 511)
		CHECK(ioctl(fd, TDRV_PEEK, i) == (unsigned char)(i / 511 + 1));
	CHECK(ioctl(fd, TDRV_FILL, 3 << 8 | 0xa5) == 0);
	CHECK(a[3 * PAGE] == 0xa5 && b[4 * PAGE - 1] == 0xa5);
	/* an offset into the object */
	unsigned char *c = map_at(fd, TDRV_AT_MEMORY + 3 * PAGE, PAGE, PROT_READ);
	CHECK(c[0] == 0xa5 && c[PAGE - 1] == 0xa5);
	CHECK(close(fd) == 0);
	a[0] = 77;
	CHECK(b[0] == 77);
	CHECK(munmap(a, size) == 0 && munmap(b, size) == 0 && munmap(c, PAGE) == 0);
	CHECK(access_signal((char *)b, false) == SIGSEGV && last_code == SEGV_MAPERR);
}

static void part_close_first(int argc, char **argv)
{
	int fd = open_device(DEV, O_RDWR);
	int other = open_device(DEV, O_RDWR);
	unsigned char *p = map_at(fd, TDRV_AT_MEMORY, PAGE, PROT_READ | PROT_WRITE);

	CHECK(close(fd) == 0);
	p[5] = 55;
	CHECK(ioctl(other, TDRV_PEEK, 5) == 55);
	CHECK(munmap(p, PAGE) == 0);
	CHECK_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0), EBADF);
	CHECK_ERRNO(ioctl(fd, TDRV_COUNT, 0), EBADF);
	CHECK_ERRNO(close(fd), EBADF);
}

static void part_fixed(int argc, char **argv)
{
	int fd = open_device(DEV, O_RDWR);
	char *area = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(area != MAP_FAILED);
	memset(area, 'x', 8 * PAGE);
	CHECK(ioctl(fd, TDRV_FILL, 1 << 8 | 'd') == 0);
	CHECK(mmap(area + 2 * PAGE, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == area + 2 * PAGE);
	CHECK(area[2 * PAGE - 1] == 'x' && area[3 * PAGE] == 'd' && area[4 * PAGE] == 'x');
	/* a second one over half of the first, tracked: the log tells */
	CHECK(mmap(area + 3 * PAGE, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, TDRV_AT_TRACKED + PAGE) == area + 3 * PAGE);
	CHECK(area[3 * PAGE] == 'd');
	/* ordinary memory over a device mapping unmaps it */
	struct tdrv_stats stats;
	CHECK(ioctl(fd, TDRV_STATS, &stats) == 0 && stats.mappings == 1);
	CHECK(mmap(area + 3 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == area + 3 * PAGE);
	CHECK(ioctl(fd, TDRV_STATS, &stats) == 0 && stats.mappings == 0);
	CHECK(area[3 * PAGE] == 0);
	CHECK_ERRNO(mmap(area + 100, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0), EINVAL);
	CHECK(munmap(area, 8 * PAGE) == 0);
	/* a hint that is not free is only a hint */
	char *taken = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *elsewhere = mmap(taken, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	CHECK(elsewhere != MAP_FAILED && elsewhere != taken);
}

static void part_errors(int argc, char **argv)
{
	int fd = open_device(DEV, O_RDWR), ro = open_device(DEV, O_RDONLY), wo = open_device(DEV, O_WRONLY);
	int rw = PROT_READ | PROT_WRITE;
	size_t size = TDRV_PAGES * PAGE;

	CHECK_ERRNO(mmap(NULL, PAGE, rw, MAP_PRIVATE, fd, 0), EINVAL);
	CHECK_ERRNO(mmap(NULL, PAGE, rw, 0, fd, 0), EINVAL);
	CHECK_ERRNO(mmap(NULL, 0, rw, MAP_SHARED, fd, 0), EINVAL);
	CHECK_ERRNO(mmap(NULL, PAGE, rw, MAP_SHARED, fd, 100), EINVAL);
	CHECK_ERRNO(mmap(NULL, PAGE, rw, MAP_SHARED, fd, size), ENXIO);
	CHECK_ERRNO(mmap(NULL, size + PAGE, rw, MAP_SHARED, fd, 0), ENXIO);
	CHECK_ERRNO(mmap(NULL, 2 * PAGE, rw, MAP_SHARED, fd, size - PAGE), ENXIO);
	CHECK_ERRNO(mmap(NULL, PAGE, rw, MAP_SHARED, fd, 0x40000000), ENXIO);
	CHECK_ERRNO(mmap(NULL, PAGE, rw, MAP_SHARED, fd, TDRV_AT_EPERM), ENXIO);
	CHECK_ERRNO(mmap(NULL, PAGE, rw, MAP_SHARED, fd, TDRV_AT_NOUSER), ENXIO);
	CHECK_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, TDRV_AT_NOUSER), ENXIO);
	CHECK_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, TDRV_AT_MAPFAIL), ENXIO);
	CHECK_ERRNO(mmap(NULL, PAGE, rw, MAP_SHARED, ro, 0), EACCES);
	CHECK_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, wo, 0), EACCES);
	CHECK_ERRNO(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, wo, 0), EACCES);
	CHECK_ERRNO(mmap(NULL, PAGE, rw, MAP_SHARED, fd, TDRV_AT_READONLY), ENXIO);
	CHECK_ERRNO(mmap(NULL, PAGE, rw, MAP_SHARED, open_device(DEV ".ring", O_RDWR), 0), ENXIO);

	volatile char *p = map_at(ro, 0, PAGE, PROT_READ);
	CHECK(access_signal(p, true) == SIGSEGV && last_code == SEGV_ACCERR && last_addr == (void *)p);
	CHECK_ERRNO(mprotect((void *)p, PAGE, rw), EACCES);
	volatile char *q = map_at(fd, TDRV_AT_READONLY, PAGE, PROT_READ);
	CHECK(access_signal(q, true) == SIGSEGV && last_code == SEGV_ACCERR);
	CHECK_ERRNO(mprotect((void *)q, PAGE, rw), EACCES);
	struct tdrv_stats stats;
	CHECK(ioctl(fd, TDRV_STATS, &stats) == 0 && stats.mappings == 0);
}

static void part_lengths(int argc, char **argv)
{
	int fd = open_device(DEV, O_RDWR);
	int rw = PROT_READ | PROT_WRITE;

	unsigned char *p = map_at(fd, TDRV_AT_MEMORY, 100, rw);
	p[PAGE - 1] = 9;
	CHECK(ioctl(fd, TDRV_PEEK, PAGE - 1) == 9);
	CHECK(munmap(p, 100) == 0);
	CHECK(access_signal((char *)p, false) == SIGSEGV);
	p = map_at(fd, TDRV_AT_SMALL, 100, rw);
	CHECK(all_zero(p, PAGE));
	CHECK_ERRNO(mmap(NULL, PAGE + 1, rw, MAP_SHARED, fd, TDRV_AT_SMALL), ENXIO);
	p = map_at(fd, TDRV_AT_PAGEABLE, 1 << 20, rw);
	CHECK(all_zero(p, 1 << 20));
	memset(p, 1, 1 << 20);
	/* two handles behind one mapping */
	unsigned char *two = map_at(fd, TDRV_AT_TWO, 2 * PAGE, rw);
	two[0] = 42;
	CHECK(ioctl(fd, TDRV_PEEK, 0) == 42);
	CHECK(two[PAGE] == 1);
	two[PAGE] = 3;
	CHECK(p[0] == 3);
}

/* The trash page: no signal, whatever is read. */
static void part_trash(int argc, char **argv)
{
	int fd = open_device(DEV, O_RDWR);
	char *trash = map_at(fd, TDRV_AT_TRASH, 4 * PAGE, PROT_READ | PROT_WRITE);

	for (unsigned i = 0; i < 4; i++)
		CHECK(access_signal(trash + i * PAGE, true) == 0);
}

static void part_protect(int argc, char **argv)
{
	int fd = open_device(DEV, O_RDWR);
	char *p = map_at(fd, TDRV_AT_MEMORY, 4 * PAGE, PROT_READ | PROT_WRITE);

	memset(p, 1, 4 * PAGE);
	CHECK(mprotect(p + PAGE, PAGE, PROT_READ) == 0);
	CHECK(access_signal(p + PAGE, true) == SIGSEGV && last_code == SEGV_ACCERR);
	CHECK(access_signal(p + PAGE, false) == 0 && access_signal(p + 2 * PAGE, true) == 0);
	CHECK(mprotect(p + PAGE, PAGE, PROT_NONE) == 0);
	CHECK(access_signal(p + PAGE, false) == SIGSEGV);
	CHECK(mprotect(p + PAGE, PAGE, PROT_READ | PROT_WRITE) == 0);
	CHECK(access_signal(p + PAGE, true) == 0 && p[PAGE] == 1);
	/* a whole in the middle */
	CHECK(munmap(p + PAGE, 2 * PAGE) == 0);
	CHECK(access_signal(p + PAGE, false) == SIGSEGV && access_signal(p, true) == 0 &&
	      access_signal(p + 3 * PAGE, true) == 0);
	CHECK(ioctl(fd, TDRV_FILL, 3 << 8 | 7) == 0);
	CHECK(p[3 * PAGE] == 7);
	/* neither grown nor moved */
	errno = 0;
	CHECK(mremap(p, PAGE, 2 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED);
	CHECK(access_signal(p, true) == 0);
}

/* ---- lifetimes ---- */

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

static void part_lifetime(int argc, char **argv)
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

static void part_dupfail(int argc, char **argv)
{
	int fd = open_device(DEV, O_RDWR);

	map_at(fd, TDRV_AT_TRACKED, PAGE, PROT_READ);
	map_at(fd, TDRV_AT_DUPFAIL, PAGE, PROT_READ);
	stats_are(fd, 0, 2);
	CHECK_ERRNO(fork(), ENOMEM);
	stats_are(fd, 0, 2);
	CHECK_ERRNO(wait(NULL), ECHILD);
}

static void part_scm(int argc, char **argv)
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

/* ---- calls ---- */

static void part_calls(int argc, char **argv)
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

static void part_nodes(int argc, char **argv)
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

static void part_ring(int argc, char **argv)
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

static void on_usr1(int signo)
{
}

static void *sleeper(void *arg)
{
	int hard = *(int *)arg, fd = open_device(DEV, O_RDWR);

	if (ioctl(fd, hard ? TDRV_SLEEP_HARD : TDRV_SLEEP, 0) == 0)
		return NULL;
	return (void *)(intptr_t)errno;
}

static void part_signals(int argc, char **argv)
{
	int fd = open_device(DEV, O_RDWR), soft = 0, hard = 1;
	struct sigaction sa = {.sa_handler = on_usr1};
	pthread_t thread;
	void *result;

	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0);
	/* woken */
	CHECK(pthread_create(&thread, NULL, sleeper, &soft) == 0);
	CHECK(ioctl(fd, TDRV_SLEEPERS, 1) == 0 && ioctl(fd, TDRV_WAKE, 0) == 1);
	CHECK(pthread_join(thread, &result) == 0 && result == NULL);
	/* interrupted by a signal that it handles */
	CHECK(pthread_create(&thread, NULL, sleeper, &soft) == 0);
	CHECK(ioctl(fd, TDRV_SLEEPERS, 1) == 0 && pthread_kill(thread, SIGUSR1) == 0);
	CHECK(pthread_join(thread, &result) == 0 && result == (void *)(intptr_t)EINTR);
	/* not interruptible: the signal changes nothing, the wake does */
	CHECK(pthread_create(&thread, NULL, sleeper, &hard) == 0);
	CHECK(ioctl(fd, TDRV_SLEEPERS, 1) == 0 && pthread_kill(thread, SIGUSR1) == 0);
	CHECK(ioctl(fd, TDRV_WAKE, 0) == 1);
	CHECK(pthread_join(thread, &result) == 0 && result == NULL);
	/* an ignored signal does not end the sleep */
	CHECK(signal(SIGUSR2, SIG_IGN) != SIG_ERR);
	CHECK(pthread_create(&thread, NULL, sleeper, &soft) == 0);
	CHECK(ioctl(fd, TDRV_SLEEPERS, 1) == 0 && pthread_kill(thread, SIGUSR2) == 0);
	CHECK(ioctl(fd, TDRV_WAKE, 0) == 1);
	CHECK(pthread_join(thread, &result) == 0 && result == NULL);
}

/* Sleeps until a signal that kills, or the wake. */
static void part_sleep(int argc, char **argv)
{
	int fd = open_device(DEV, O_RDWR);

	CHECK(ioctl(fd, TDRV_SLEEP, 0) == 0);
}

/* sleepers N: waits until N sleep. */
static void part_sleepers(int argc, char **argv)
{
	CHECK(ioctl(open_device(DEV, O_RDWR), TDRV_SLEEPERS, atoi(argv[0])) == 0);
}

static void part_wake(int argc, char **argv)
{
	printf("%d\n", ioctl(open_device(DEV, O_RDWR), TDRV_WAKE, 0));
}

static void part_info(int argc, char **argv)
{
	struct tdrv_info info;

	CHECK(ioctl(open_device(DEV, O_RDWR), TDRV_INFO, &info) == 0);
	printf("pid %s uid %u gid %u model %u\n", info.pid == getpid() ? "mine" : "wrong", info.uid, info.gid,
	       info.model);
}

static void part_stats(int argc, char **argv)
{
	struct tdrv_stats s;

	CHECK(ioctl(open_device(DEV, O_RDONLY), TDRV_STATS, &s) == 0);
	printf("clones %u mappings %u sleepers %u open %x\n", s.clones, s.mappings, s.sleepers, s.open);
}

/* poke N BYTE, peek N: for the memory outliving a process. */
static void part_poke(int argc, char **argv)
{
	char *p = map_at(open_device(DEV, O_RDWR), 0, PAGE, PROT_READ | PROT_WRITE);

	p[atoi(argv[0])] = (char)atoi(argv[1]);
}

static void part_peek(int argc, char **argv)
{
	unsigned char *p = map_at(open_device(DEV, O_RDONLY), 0, PAGE, PROT_READ);

	printf("%d\n", p[atoi(argv[0])]);
}

/* hold: opens and maps, says so, and keeps it until the end of its input. */
static void part_hold(int argc, char **argv)
{
	int fd = open_device(DEV, O_RDWR), clone = open_device(DEV ".clone", O_RDWR);
	char *p = map_at(fd, TDRV_AT_TRACKED, PAGE, PROT_READ | PROT_WRITE);
	char c;

	map_at(clone, 0, PAGE, PROT_READ);
	p[0] = 1;
	CHECK(write(1, "ready\n", 6) == 6);
	while (read(0, &c, 1) > 0)
		continue;
	CHECK(ioctl(fd, TDRV_ECHO, 5) == 5);
	CHECK(write(1, "done\n", 5) == 5);
}

/* orphan: the server is killed meanwhile; calls then fail with EIO or ENXIO, accesses at worst with SIGBUS. */
static void part_orphan(int argc, char **argv)
{
	int fd = open_device(DEV, O_RDWR);
	char *p = map_at(fd, TDRV_AT_MEMORY, PAGE, PROT_READ | PROT_WRITE);
	char c;

	CHECK(write(1, "ready\n", 6) == 6);
	CHECK(read(0, &c, 1) == 0);
	errno = 0;
	CHECK(ioctl(fd, TDRV_ECHO, 5) == -1);
	int error = errno;
	int open_error = open(DEV, O_RDWR) < 0 ? errno : 0;
	int signo = access_signal(p, true);
	printf("ioctl %d open %d signal %d\n", error, open_error, signo);
	CHECK(munmap(p, PAGE) == 0);
	CHECK(close(fd) == 0);
}

static void part_segmap(int argc, char **argv)
{
	int fd = open_device("/dev/segdrv", O_RDWR);
	char *p = map_at(fd, PAGE, 2 * PAGE, PROT_READ | PROT_WRITE);

	p[0] = 1;
	CHECK(((char *)map_at(fd, 0, 4 * PAGE, PROT_READ))[PAGE] == 1);
	CHECK_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 5 * PAGE), ENXIO);
	for (int e = 1; e < 40; e++)
		CHECK_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, (off_t)(16 + e) * PAGE), e);
}

static void part_oldmap(int argc, char **argv)
{
	int fd = open_device("/dev/oldmap", O_RDWR);
	char *p = map_at(fd, 0, 2 * PAGE, PROT_READ | PROT_WRITE), *q = map_at(fd, PAGE, PAGE, PROT_READ);

	CHECK(p[0] == 0 && p[2 * PAGE - 1] == 0);
	strcpy(p + PAGE, "old");
	CHECK(strcmp(q, "old") == 0);
	CHECK_ERRNO(mmap(NULL, 3 * PAGE, PROT_READ, MAP_SHARED, fd, 0), ENXIO);
	CHECK_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0), EINVAL);
}

int main(int argc, char **argv)
{
	static const struct part parts[] = {
		{"basic", part_basic},
		{"close_first", part_close_first},
		{"fixed", part_fixed},
		{"errors", part_errors},
		{"lengths", part_lengths},
		{"protect", part_protect},
		{"trash", part_trash},
		{"lifetime", part_lifetime},
		{"dupfail", part_dupfail},
		{"scm", part_scm},
		{"calls", part_calls},
		{"nodes", part_nodes},
		{"ring", part_ring},
		{"signals", part_signals},
		{"sleep", part_sleep},
		{"sleepers", part_sleepers},
		{"wake", part_wake},
		{"info", part_info},
		{"stats", part_stats},
		{"poke", part_poke},
		{"peek", part_peek},
		{"hold", part_hold},
		{"orphan", part_orphan},
		{"segmap", part_segmap},
		{"oldmap", part_oldmap},
		{NULL, NULL},
	};

	return part_main(parts, argc, argv);
}
