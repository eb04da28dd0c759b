/* SPDX-License-Identifier: BSD-2-Clause */
/* rec_calls PART: system calls whose buffers lie in pages that are not loaded. */
#include "rec.h"

#define LEN (2 * PAGE)

static char *p; /* the part's mapping: pages 1 and 2 are the buffer, from its middle on */
static char *buffer;
static char pattern[LEN];
static int file; /* with the pattern in it */

static void begin(void)
{
	for (size_t i = 0; i < LEN; i++)
		pattern[i] = (char)(i * 7 + i / PAGE);
	file = memfd_create("calls", 0);
	CHECK(file >= 0 && write(file, pattern, LEN) == LEN && lseek(file, 0, SEEK_SET) == 0);
	p = map_pages(8, RW);
	buffer = p + PAGE + 100;
	forget_events();
}

static const char writes_3_pages[] = "access h1 d1 off 1 len 1 type 0 rw 2\naccess h1 d1 off 2 len 1 type 0 rw 2\n"
				     "access h1 d1 off 3 len 1 type 0 rw 2\n";
static const char reads_3_pages[] = "access h1 d1 off 1 len 1 type 0 rw 1\naccess h1 d1 off 2 len 1 type 0 rw 1\n"
				    "access h1 d1 off 3 len 1 type 0 rw 1\n";

/* The call has filled the buffer, each of its pages asked for to be written. */
static void filled(void)
{
	EXPECT(writes_3_pages);
	CHECK(memcmp(buffer, pattern, LEN) == 0);
	EXPECT("");
	memset(buffer, 0, LEN);
	CHECK(ioctl(dev, REC_UNLOAD_ALL) == 1);
}

/* The buffer holds the pattern, and none of it is loaded. */
static void fill(void)
{
	memcpy(buffer, pattern, LEN);
	CHECK(ioctl(dev, REC_UNLOAD_ALL) == 1);
	forget_events();
}

/* What a call has written to the file at offset, from a buffer each of whose pages was asked for to be read. */
static void written(off_t offset)
{
	static char got[LEN];

	EXPECT(reads_3_pages);
	CHECK(pread(file, got, LEN, offset) == LEN && memcmp(got, pattern, LEN) == 0);
	CHECK(ioctl(dev, REC_UNLOAD_ALL) == 1);
}

#define FILLED(call) \
	do { \
		CHECK((call) == LEN); \
		filled(); \
	} while (0)
#define WRITTEN(call, offset) \
	do { \
		CHECK((call) == LEN); \
		written(offset); \
	} while (0)

ssize_t __read_chk(int fd, void *at, size_t n, size_t size);
ssize_t __pread_chk(int fd, void *at, size_t n, off_t offset, size_t size);
ssize_t __pread64_chk(int fd, void *at, size_t n, off64_t offset, size_t size);

PART(read_and_its_kind_load_their_buffers)
{
	struct iovec iov[2] = {{NULL, 50}, {NULL, LEN - 50}};

	begin();
	iov[0].iov_base = buffer;
	iov[1].iov_base = buffer + 50;
	FILLED(read(file, buffer, LEN));
	CHECK(lseek(file, 0, SEEK_SET) == 0);
	FILLED(__read_chk(file, buffer, LEN, LEN));
	FILLED(pread(file, buffer, LEN, 0));
	FILLED(pread64(file, buffer, LEN, 0));
	FILLED(__pread_chk(file, buffer, LEN, 0, LEN));
	FILLED(__pread64_chk(file, buffer, LEN, 0, LEN));
	CHECK(lseek(file, 0, SEEK_SET) == 0);
	FILLED(readv(file, iov, 2));
	FILLED(preadv(file, iov, 2, 0));
	FILLED(preadv64(file, iov, 2, 0));
	FILLED(preadv2(file, iov, 2, 0, 0));
	FILLED(preadv64v2(file, iov, 2, 0, 0));
}

PART(write_and_its_kind_load_their_buffers)
{
	struct iovec iov[2] = {{NULL, 50}, {NULL, LEN - 50}};
	off_t at = 0;

	begin();
	iov[0].iov_base = buffer;
	iov[1].iov_base = buffer + 50;
	fill();
	WRITTEN(write(file, buffer, LEN), 0);
	WRITTEN(writev(file, iov, 2), LEN);
	WRITTEN(pwrite(file, buffer, LEN, at += LEN), at);
	WRITTEN(pwrite64(file, buffer, LEN, at += LEN), at);
	WRITTEN(pwritev(file, iov, 2, at += LEN), at);
	WRITTEN(pwritev64(file, iov, 2, at += LEN), at);
	WRITTEN(pwritev2(file, iov, 2, at += LEN, 0), at);
	WRITTEN(pwritev64v2(file, iov, 2, at += LEN, 0), at);
}

PART(recv_and_its_kind_load_their_buffers)
{
	struct iovec iov;
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1};
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	int s[2];

	begin();
	iov = (struct iovec){buffer, LEN};
	CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s) == 0);
	for (int i = 0; i < 4; i++)
		CHECK(send(s[0], pattern, LEN, 0) == LEN);
	FILLED(recv(s[1], buffer, LEN, 0));
	FILLED(recvfrom(s[1], buffer, LEN, 0, (struct sockaddr *)&from, &len));
	FILLED(recvfrom(s[1], buffer, LEN, 0, NULL, NULL));
	FILLED(recvmsg(s[1], &mh, 0));
}

PART(send_and_its_kind_load_their_buffers)
{
	struct iovec iov;
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1};
	static char got[LEN];
	int s[2];

	begin();
	iov = (struct iovec){buffer, LEN};
	fill();
	CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s) == 0);
	for (int i = 0; i < 3; i++) {
		CHECK((i == 0   ? send(s[0], buffer, LEN, 0)
		       : i == 1 ? sendto(s[0], buffer, LEN, 0, NULL, 0)
				: sendmsg(s[0], &mh, 0)) == LEN);
		EXPECT(reads_3_pages);
		CHECK(recv(s[1], got, LEN, 0) == LEN && memcmp(got, pattern, LEN) == 0);
		CHECK(ioctl(dev, REC_UNLOAD_ALL) == 1);
	}
}

PART(writev_and_readv_across_two_mappings_and_ordinary_memory)
{
	char ordinary[64] = "ordinary";
	static char got[3 * 64];
	int ends[2];

	begin();
	char *q = map_from(4, 4, RW);
	struct iovec iov[3] = {{p + PAGE - 32, 64}, {ordinary, 64}, {q + PAGE - 32, 64}};

	memset(iov[0].iov_base, 1, 64);
	memset(iov[2].iov_base, 3, 64);
	CHECK(ioctl(dev, REC_UNLOAD_ALL) == 2 && pipe(ends) == 0);
	forget_events();
	CHECK(writev(ends[1], iov, 3) == sizeof(got) && read(ends[0], got, sizeof(got)) == sizeof(got));
	EXPECT("access h1 d1 off 0 len 1 type 0 rw 1\naccess h1 d1 off 1 len 1 type 0 rw 1\n"
	       "access h2 d2 off 4 len 1 type 0 rw 1\naccess h2 d2 off 5 len 1 type 0 rw 1\n");
	CHECK(got[0] == 1 && got[63] == 1 && strcmp(got + 64, "ordinary") == 0 && got[128] == 3 && got[191] == 3);
	CHECK(ioctl(dev, REC_UNLOAD_ALL) == 2 && write(ends[1], got, sizeof(got)) == sizeof(got));
	CHECK(readv(ends[0], iov, 3) == sizeof(got));
	CHECK(p[PAGE - 1] == 1 && p[PAGE] == 1 && q[PAGE] == 3 && strcmp(ordinary, "ordinary") == 0);
}

static int ends[2];

static void *reads_late(void *arg)
{
	will_sleep();
	return (void *)(intptr_t)read(ends[0], buffer, LEN);
}

/* The page was loaded when the call began to wait. */
PART(page_unloaded_while_the_call_sleeps_is_loaded_again)
{
	pthread_t thread;
	void *result;

	begin();
	CHECK(pipe(ends) == 0 && pthread_create(&thread, NULL, reads_late, NULL) == 0);
	wait_until_asleep();
	CHECK(ioctl(dev, REC_UNLOAD_ALL) == 1);
	CHECK(write(ends[1], pattern, LEN) == LEN);
	CHECK(pthread_join(thread, &result) == 0 && (intptr_t)result == LEN);
	CHECK(memcmp(buffer, pattern, LEN) == 0);
}

/* As on the original, where the call itself meets the failure: no signal comes. */
PART(access_that_fails_is_EFAULT_of_the_call)
{
	begin();
	CHECK(signal(SIGBUS, SIG_DFL) != SIG_ERR && signal(SIGSEGV, SIG_DFL) != SIG_ERR);
	rule(REC_ACCESS, 2, REC_RETURN, EIO);
	CHECK_ERRNO(read(file, buffer, LEN), EFAULT);
	CHECK_ERRNO(write(file, buffer, LEN), EFAULT);
	CHECK(mprotect(p + 2 * PAGE, PAGE, PROT_READ) == 0);
	no_rules();
	CHECK_ERRNO(read(file, buffer, LEN), EFAULT);
	CHECK(write(file, buffer, LEN) == LEN);
}

PART(bad_addresses_are_still_EFAULT)
{
	struct iovec iov = {(void *)8, 100};
	struct msghdr mh = {.msg_iov = (void *)16, .msg_iovlen = 2};
	volatile int negative = -1;
	void *volatile nowhere = (void *)8, *volatile last = (void *)(UINTPTR_MAX - 10); /* unknown to the compiler */
	int s[2];

	begin();
	CHECK(touch(p, WRITE_IT) == 0); /* the library serves accesses now */
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0 && write(s[0], "x", 1) == 1);
	CHECK_ERRNO(read(file, nowhere, 100), EFAULT);
	CHECK_ERRNO(readv(file, &iov, 1), EFAULT);
	CHECK_ERRNO(readv(file, nowhere, 1), EFAULT);
	CHECK_ERRNO(readv(file, &iov, negative), EINVAL);
	CHECK_ERRNO(read(file, last, 100), EFAULT);
	CHECK_ERRNO(recvmsg(s[1], &mh, 0), EFAULT);
	CHECK_ERRNO(recvmsg(s[1], nowhere, 0), EFAULT);
	CHECK_ERRNO(read(-1, buffer, LEN), EBADF);
}

int main(int argc, char **argv)
{
	return rec_main(argc, argv);
}
