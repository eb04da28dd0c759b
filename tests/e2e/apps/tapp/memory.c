/* SPDX-License-Identifier: BSD-2-Clause */
/* memory.c: mappings of tdrv, and the old ways to map. */
#include "tapp.h"

static bool all_zero(const unsigned char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i])
			return false;
	return true;
}

APP_PART("basic", part_basic)
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

APP_PART("close_first", part_close_first)
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

APP_PART("fixed", part_fixed)
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

APP_PART("errors", part_errors)
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

APP_PART("lengths", part_lengths)
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
APP_PART("trash", part_trash)
{
	int fd = open_device(DEV, O_RDWR);
	char *trash = map_at(fd, TDRV_AT_TRASH, 4 * PAGE, PROT_READ | PROT_WRITE);

	for (unsigned i = 0; i < 4; i++)
		CHECK(access_signal(trash + i * PAGE, true) == 0);
}

APP_PART("protect", part_protect)
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

APP_PART("segmap", part_segmap)
{
	int fd = open_device("/dev/segdrv", O_RDWR);
	char *p = map_at(fd, PAGE, 2 * PAGE, PROT_READ | PROT_WRITE);

	p[0] = 1;
	CHECK(((char *)map_at(fd, 0, 4 * PAGE, PROT_READ))[PAGE] == 1);
	CHECK_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 5 * PAGE), ENXIO);
	for (int e = 1; e < 40; e++)
		CHECK_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, (off_t)(16 + e) * PAGE), e);
}

APP_PART("oldmap", part_oldmap)
{
	int fd = open_device("/dev/oldmap", O_RDWR);
	char *p = map_at(fd, 0, 2 * PAGE, PROT_READ | PROT_WRITE), *q = map_at(fd, PAGE, PAGE, PROT_READ);

	CHECK(p[0] == 0 && p[2 * PAGE - 1] == 0);
	strcpy(p + PAGE, "old");
	CHECK(strcmp(q, "old") == 0);
	CHECK_ERRNO(mmap(NULL, 3 * PAGE, PROT_READ, MAP_SHARED, fd, 0), ENXIO);
	CHECK_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0), EINVAL);
}
