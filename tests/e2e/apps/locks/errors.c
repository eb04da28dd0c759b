/* SPDX-License-Identifier: BSD-2-Clause */
/* errors.c: what cannot be locked, and what cannot be reached any more. */
#include "locks.h"

static void expect(const char *what, void *addr, size_t len, int flags, int wanted)
{
	int slot, error = try_lock(addr, len, flags, &slot);

	if (error == wanted)
		return;
	fprintf(stderr, "%s: %s, wanted %s\n", what, strerror(error), strerror(wanted));
	_exit(1);
}

APP_PART("errors", errors)
{
	char *p = anonymous(8 * PAGE, 0);
	char *none = mmap(NULL, 4 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *r = mmap(NULL, 4 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	expect("the first one", p, PAGE, LOCKDRV_READ, 0); /* after which nothing of ours comes into the hole */
	CHECK(munmap(p + 4 * PAGE, PAGE) == 0);
	expect("hole inside", p, 8 * PAGE, LOCKDRV_WRITE, EFAULT);
	expect("hole inside, read", p, 8 * PAGE, LOCKDRV_READ, EFAULT);
	expect("nothing there", p + 4 * PAGE, PAGE, LOCKDRV_READ, EFAULT);
	expect("wraps", p, (size_t)0 - PAGE, LOCKDRV_READ, sizeof(void *) == 8 ? ENOMEM : EFAULT);
	expect("write without permission", r, PAGE, LOCKDRV_WRITE, EACCES);
	expect("read of a read-only mapping", r, 4 * PAGE, LOCKDRV_READ, 0);
	expect("read without permission", none, PAGE, LOCKDRV_READ, EACCES);
	expect("write without any permission", none, PAGE, LOCKDRV_WRITE, EACCES);
	int fd = temporary_file(4 * PAGE);
	char *s = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(s != MAP_FAILED);
	expect("shared file", s, 4 * PAGE, LOCKDRV_WRITE, 0);
	expect("shared file, long term", s, 4 * PAGE, LOCKDRV_WRITE | LOCKDRV_LONGTERM, EFAULT);
	expect("anonymous, long term", p, 4 * PAGE, LOCKDRV_WRITE | LOCKDRV_LONGTERM, 0);
	CHECK(ftruncate(fd, 2 * PAGE) == 0);
	expect("beyond the file's end", s, 4 * PAGE, LOCKDRV_WRITE, EFAULT);
}

/* The driver's own accesses to a file that has been cut short: not the server's end. */
APP_PART("truncated", truncated)
{
	int fd = temporary_file(LEN);
	char *p = mmap(NULL, LEN, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	struct lockdrv x = {.slot = lock(p, LEN), .len = LEN, .value = 0x55, .step = 1};

	p[0] = 1;
	CHECK(ioctl(device, LOCKDRV_XOR, &x) == 0 && p[0] == (1 ^ 0x55));
	CHECK(ftruncate(fd, 8 * PAGE) == 0);
	CHECK(ioctl(device, LOCKDRV_XOR, &x) == 0 && p[0] == 1);
	CHECK(ftruncate(fd, LEN) == 0);
	CHECK(ioctl(device, LOCKDRV_XOR, &x) == 0 && p[0] == (1 ^ 0x55));
	unlock(x.slot);
}
