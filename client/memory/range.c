/* SPDX-License-Identifier: BSD-2-Clause */
/* range.c: the device ranges of this process, sorted, not overlapping. */
#define _GNU_SOURCE
#include "client/memory/memory.h"

#include <linux/ioctl.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/mman.h>

#include "client/core/raw.h"

#define RANGES_MAX (1u << 20)
static struct lock ranges_lock; /* protects the fields below for writing */
static struct range *ranges;    /* RANGES_MAX of them, untouched ones cost nothing */
static unsigned ranges_count;
static unsigned ranges_sequence; /* odd: being changed */

bool range_any(void)
{
	return __atomic_load_n(&ranges_count, __ATOMIC_RELAXED) != 0;
}

/* Index of the first range that ends beyond addr. */
static unsigned range_after(uintptr_t addr)
{
	unsigned low = 0, high = ranges_count;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;
		if (ranges[middle].end > addr)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static bool part_first(uintptr_t start, uintptr_t end, struct range *part)
{
	unsigned i = range_after(start);

	if (i >= ranges_count || ranges[i].start >= end)
		return false;
	part->start = ranges[i].start > start ? ranges[i].start : start;
	part->end = ranges[i].end < end ? ranges[i].end : end;
	part->intercept = ranges[i].intercept;
	return true;
}

/* Without the lock, unless the ranges are being changed. */
bool range_first(uintptr_t start, uintptr_t end, struct range *part)
{
	unsigned before = __atomic_load_n(&ranges_sequence, __ATOMIC_ACQUIRE);

	if (likely(!range_any()) || start >= end)
		return false;
	bool found = part_first(start, end, part);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (likely(!(before & 1) && __atomic_load_n(&ranges_sequence, __ATOMIC_RELAXED) == before))
		return found;
	lock_take(&ranges_lock);
	found = part_first(start, end, part);
	lock_release(&ranges_lock);
	return found;
}

static void remove_at(unsigned i)
{
	memmove(&ranges[i], &ranges[i + 1], (--ranges_count - i) * sizeof(*ranges));
}

static void insert_at(unsigned i, struct range r)
{
	if (ranges_count == RANGES_MAX)
		return;
	memmove(&ranges[i + 1], &ranges[i], (ranges_count - i) * sizeof(*ranges));
	ranges[i] = r;
	ranges_count++;
}

/*
 * Takes [start, end) out:      start      end
 *                          [ a ###|########|### b ]   -> a, b
 */
static void range_cut(uintptr_t start, uintptr_t end)
{
	unsigned i = range_after(start);

	while (i < ranges_count && ranges[i].start < end) {
		struct range *r = &ranges[i];
		if (r->start < start && r->end > end) {
			struct range tail = {end, r->end, r->intercept};
			r->end = start;
			insert_at(i + 1, tail);
			return;
		}
		if (r->start < start) {
			r->end = start;
			i++;
		} else if (r->end > end) {
			r->start = end;
			return;
		} else {
			remove_at(i);
		}
	}
}

static bool follows(const struct range *a, const struct range *b)
{
	return a->end == b->start && a->intercept == b->intercept;
}

/* Overlaps none.  Neighbours of its kind become one with it: [ before )[ r )[ after ). */
static void range_put(struct range r)
{
	unsigned i = range_after(r.start);
	bool after = i < ranges_count && follows(&r, &ranges[i]);

	if (i > 0 && follows(&ranges[i - 1], &r)) {
		ranges[i - 1].end = after ? ranges[i].end : r.end;
		if (after)
			remove_at(i);
	} else if (after) {
		ranges[i].start = r.start;
	} else {
		insert_at(i, r);
	}
}

/* With the lock. */
static void ranges_begin(void)
{
	__atomic_store_n(&ranges_sequence, ranges_sequence + 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

static void ranges_change(void)
{
	lock_take(&ranges_lock);
	ranges_begin();
}

static void ranges_changed(void)
{
	__atomic_store_n(&ranges_sequence, ranges_sequence + 1, __ATOMIC_RELEASE);
	lock_release(&ranges_lock);
}

bool range_add(uintptr_t start, uintptr_t end, bool intercept)
{
	ranges_change();
	if (ranges == NULL) {
		void *p = REAL(mmap)(NULL, RANGES_MAX * sizeof(*ranges), PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		ranges = p == MAP_FAILED ? NULL : p;
	}
	if (ranges) {
		range_cut(start, end);
		range_put((struct range){start, end, intercept});
	}
	bool done = ranges != NULL;
	ranges_changed();
	return done;
}

void ranges_leave(void)
{
	lock_take(&ranges_lock);
}

void ranges_left(uintptr_t start, uintptr_t end)
{
	int error = errno;

	ranges_begin();
	range_cut(start, end);
	ranges_changed();
	errno = error;
}

int range_release(uint64_t addr, uint64_t len)
{
	ranges_leave();
	int result = REAL(munmap)((void *)(uintptr_t)addr, (size_t)len);
	ranges_left((uintptr_t)addr, (uintptr_t)addr + PAGE_UP(len));
	return result < 0 ? errno : 0;
}

#define READ_TRIES_MAX 1000 /* at ranges that change, perhaps by the thread that we interrupt */

bool range_intercepted(uintptr_t addr)
{
	for (int look = 0; look < READ_TRIES_MAX; look++) {
		unsigned before = __atomic_load_n(&ranges_sequence, __ATOMIC_ACQUIRE);
		if (before & 1)
			continue;
		unsigned i = range_after(addr);
		bool found = i < ranges_count && ranges[i].start <= addr && ranges[i].intercept;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (__atomic_load_n(&ranges_sequence, __ATOMIC_RELAXED) == before)
			return found;
	}
	return true;
}

/* Entries that change under us may be nonsense: their contents count only if nothing has changed. */
static bool intercepted_part(uintptr_t start, uintptr_t end, uintptr_t *from, uintptr_t *to)
{
	for (unsigned i = range_after(start); i < ranges_count && ranges[i].start < end; i++) {
		if (!ranges[i].intercept)
			continue;
		*from = ranges[i].start > start ? ranges[i].start : start;
		*to = ranges[i].end < end ? ranges[i].end : end;
		return true;
	}
	return false;
}

bool range_first_intercepted(uintptr_t start, uintptr_t end, uintptr_t *from, uintptr_t *to)
{
	for (int look = 0; look < READ_TRIES_MAX; look++) {
		unsigned before = __atomic_load_n(&ranges_sequence, __ATOMIC_ACQUIRE);
		if (before & 1)
			continue;
		bool found = intercepted_part(start, end, from, to);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (__atomic_load_n(&ranges_sequence, __ATOMIC_RELAXED) == before)
			return found;
	}
	return false;
}

/* In a fork child, which is alone. */
void ranges_hide(void)
{
	for (unsigned i = 0; i < ranges_count; i++)
		if (ranges[i].intercept)
			(void)REAL(mprotect)((void *)ranges[i].start, ranges[i].end - ranges[i].start, PROT_NONE);
}

static void abandon_once(int uffd)
{
	for (unsigned i = 0; i < ranges_count; i++) {
		struct range r = ranges[i];
		struct uffdio_range all = {r.start, r.end - r.start};
		if (!r.intercept)
			continue;
		raw_syscall(SYS_mprotect, (long)r.start, (long)(r.end - r.start), PROT_NONE, 0, 0, 0);
		if (uffd >= 0)
			raw_syscall(SYS_ioctl, uffd, (long)UFFDIO_WAKE, (long)&all, 0, 0, 0);
	}
}

void ranges_abandon(int uffd)
{
	unsigned before;
	int look = 0;

	do {
		before = __atomic_load_n(&ranges_sequence, __ATOMIC_ACQUIRE);
		abandon_once(uffd);
	} while (((before & 1) || __atomic_load_n(&ranges_sequence, __ATOMIC_ACQUIRE) != before) && ++look < READ_TRIES_MAX);
}

bool range_is_device(uintptr_t start, uintptr_t end)
{
	unsigned i = range_after(start);

	return i < ranges_count && ranges[i].start < end;
}

void ranges_fork_lock(void)
{
	lock_take(&ranges_lock);
}

void ranges_fork_unlock(void)
{
	lock_release(&ranges_lock);
}
