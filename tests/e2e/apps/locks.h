/* SPDX-License-Identifier: BSD-2-Clause */
/* locks.h: locked memory by tests/e2e/drivers/lockdrv.c, for the programs that have some. */
#ifndef LOCKS_H
#define LOCKS_H

#include "app.h"
#include "lockdrv.h"

extern int device; /* /dev/lockdrv; the program opens it */

/* ---- the driver's calls ---- */

static inline int try_lock(void *addr, size_t len, int flags, int *slot)
{
	struct lockdrv l = {.addr = (uintptr_t)addr, .len = len, .flags = flags};
	int error = ioctl(device, flags & LOCKDRV_LONGTERM ? LOCKDRV_LOCKMEM : LOCKDRV_LOCK, &l) < 0 ? errno : 0;

	*slot = l.slot;
	return error;
}

static inline int lock(void *addr, size_t len)
{
	int slot, error = try_lock(addr, len, LOCKDRV_WRITE, &slot);

	if (error) {
		fprintf(stderr, "lock of %zu at %p: %s\n", len, addr, strerror(error));
		_exit(1);
	}
	return slot;
}

static inline void unlock(int slot)
{
	struct lockdrv l = {.slot = slot};

	CHECK(ioctl(device, LOCKDRV_UNLOCK, &l) == 0);
}

/* The locked pages at a second address: now they are shared with the server. */
static inline char *alias(int slot, size_t len)
{
	void *p = mmap64(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, device, (off64_t)LOCKDRV_AT(slot));

	if (p == MAP_FAILED) {
		fprintf(stderr, "mapping of slot %d: %s\n", slot, strerror(errno));
		_exit(1);
	}
	return p;
}

static inline void fill(volatile char *p, size_t len, char c)
{
	for (size_t i = 0; i < len; i++)
		p[i] = (char)(c + (char)(i >> 12) + (char)i);
}

static inline bool is_filled(const volatile char *p, size_t len, char c)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] != (char)(c + (char)(i >> 12) + (char)i))
			return false;
	return true;
}

static inline void driver_xor(int slot, size_t len, uint64_t value)
{
	struct lockdrv l = {.slot = slot, .offset = 8, .len = len - 8, .value = value, .step = 64};

	CHECK(ioctl(device, LOCKDRV_XOR, &l) == 0);
}

/* ---- memory ---- */

#define LEN (64 * PAGE)

/* Some of it is, by /proc/self/maps. */
static inline bool is_shared(const void *p, size_t len)
{
	uintptr_t from = (uintptr_t)p;
	unsigned long start, end;
	char line[512], perms[5];
	bool shared = false;
	FILE *maps = fopen("/proc/self/maps", "r");

	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx %4s", &start, &end, perms) == 3 && start < from + len && end > from)
			shared |= perms[3] == 's';
	fclose(maps);
	return shared;
}

static inline void *anonymous(size_t len, int flags)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

/* Instead of what is there. */
static inline void *anonymous_at(void *at, size_t len)
{
	return mmap(at, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static inline int temporary_file(size_t len)
{
	char name[256];

	snprintf(name, sizeof(name), "%s/locks-XXXXXX", getenv("TMPDIR") ?: "/tmp");
	int fd = mkstemp(name);
	CHECK(fd >= 0 && unlink(name) == 0 && ftruncate(fd, (off_t)len) == 0);
	return fd;
}

/* Grows the stack by n pages, and more. */
static __attribute__((noinline, unused)) int deep(int n)
{
	volatile char room[PAGE] = {1};

	return n == 0 ? room[0] : deep(n - 1) + room[0];
}

/* What is in the memory is seen through the cookie, and the other way round, until unlock; then it is the process's alone. */
static inline void data_identity(volatile char *p, size_t len)
{
	fill(p, len, 'a');
	int slot = lock((void *)(uintptr_t)p, len);
	CHECK(is_filled(p, len, 'a'));
	volatile char *a = alias(slot, len);
	CHECK(is_filled(p, len, 'a') && is_filled(a, len, 'a'));
	fill(p, len, 'b');
	CHECK(is_filled(a, len, 'b'));
	fill(a, len, 'c');
	CHECK(is_filled(p, len, 'c'));
	volatile uint64_t *last = (volatile uint64_t *)(p + len - 8);
	uint64_t was = *last;
	struct lockdrv x = {.slot = slot, .offset = len - 8, .len = 8, .value = 0x123456789abcdefu, .step = 1};
	CHECK(ioctl(device, LOCKDRV_XOR, &x) == 0 && *last == (was ^ x.value));
	CHECK(munmap((void *)(uintptr_t)a, len) == 0);
	fill(p, len, 'd');
	unlock(slot);
	CHECK(is_filled(p, len, 'd'));
}

#endif
