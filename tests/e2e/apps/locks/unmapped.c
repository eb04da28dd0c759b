/* SPDX-License-Identifier: BSD-2-Clause */
/* unmapped.c: memory that is unmapped after it was shared. */
#include "locks.h"

#include <sys/syscall.h>

/* Where in its file the page lies; 0: nowhere. */
static unsigned long place_of(const char *p)
{
	unsigned long start, end, offset, place = 0;
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];

	while (fgets(line, sizeof(line), maps))
		if (strstr(line, "sundog-user") && sscanf(line, "%lx-%lx %*s %lx", &start, &end, &offset) == 3 &&
		    start <= (uintptr_t)p && end > (uintptr_t)p)
			place = offset + ((uintptr_t)p - start);
	fclose(maps);
	return place;
}

static void share_once(char *p, size_t len, char c)
{
	fill(p, len, c);
	int slot = lock(p, len);
	CHECK(munmap(alias(slot, len), len) == 0);
	unlock(slot);
}

#define FILLERS_MAX 400000

/* Linux refuses to unmap a part in the middle when there are too many mappings: then it is all still there. */
static void unmap_refused(char *p)
{
	char *filler = mmap(NULL, FILLERS_MAX * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	bool full = false;

	CHECK(filler != MAP_FAILED);
	share_once(p, LEN, 'z');
	for (size_t i = 1; i < FILLERS_MAX && !full; i += 2)
		full = syscall(SYS_mprotect, filler + i * PAGE, PAGE, PROT_READ) < 0;
	if (full) {
		int result = munmap(p + 8 * PAGE, 8 * PAGE), error = errno;
		CHECK(syscall(SYS_munmap, filler, FILLERS_MAX * PAGE) == 0);
		CHECK(result < 0 && error == ENOMEM);
	}
	CHECK(is_filled(p, LEN, 'z'));
}

/* The server does not hear of it, and does not keep what is gone for ever. */
static void unmapped_unheard(void)
{
	unsigned long first = 0, place;
	size_t len = 4 << 20;
	int returned = 0;

	for (int i = 0; i < 100; i++) {
		char *p = anonymous_at((void *)0x200000000, len);
		CHECK(p != MAP_FAILED);
		p[len - PAGE] = (char)i;
		int slot = lock(p, len);
		CHECK(munmap(alias(slot, len), len) == 0);
		unlock(slot);
		place = place_of(p);
		first = i == 0 ? place : first;
		returned += place == first;
		CHECK(p[0] == 0 && p[len - PAGE] == (char)i && syscall(SYS_munmap, p, len) == 0);
	}
	CHECK(returned > 5); /* about every eighth */
}

/* Shared pages that are unmapped are given back at once, those that are not are kept. */
APP_PART("unmapped", unmapped)
{
	char *p = anonymous(LEN, 0), *q = anonymous(LEN, 0);
	unsigned long place = 0, now;
	int moved = 0, slot;

	for (int i = 0; i < 100; i++, place = now) { /* some of it may have become private before it was unmapped */
		share_once(p, LEN, 'u');
		now = place_of(p + PAGE);
		moved += i > 0 && now != place;
		if (i % 3 == 0)
			CHECK(munmap(p, LEN) == 0);
		if (i % 3 == 1)
			CHECK(munmap(p + 16 * PAGE, 8 * PAGE) == 0 && is_filled(p, 16 * PAGE, 'u'));
		CHECK(anonymous_at(p, LEN) == p && p[0] == 0);
	}
	CHECK(moved < 50);

	share_once(p, LEN, 'm'); /* by a system call of its own, as libc does */
	CHECK(syscall(SYS_mremap, p, LEN, LEN, MREMAP_MAYMOVE | MREMAP_FIXED, q) == (long)q);
	CHECK(anonymous_at(p, LEN) == p);
	share_once(p, LEN, 'n');
	CHECK(is_filled(q, LEN, 'm') && munmap(p, LEN) == 0 && is_filled(q, LEN, 'm'));

	CHECK(anonymous_at(p, LEN) == p);
	fill(p, LEN, 'h'); /* held by another mapping */
	slot = lock(p, LEN);
	char *a = alias(slot, LEN);
	unlock(slot);
	CHECK(munmap(p, LEN) == 0 && anonymous_at(p, LEN) == p);
	share_once(p, LEN, 'i');
	CHECK(is_filled(a, LEN, 'h') && munmap(a, LEN) == 0 && is_filled(p, LEN, 'i'));
	unmap_refused(p);
	if (sizeof(void *) == 8)
		unmapped_unheard();
}
