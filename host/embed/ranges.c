/* SPDX-License-Identifier: BSD-2-Clause */
#include "host/embed/ranges.h"
#include <string.h>

void ranges_destroy(struct ranges *r)
{
	for (size_t i = 0; i < r->n; i++)
		memory_drop(r->v[i].memory);
	host_free(r->v, r->room * sizeof(*r->v));
	*r = (struct ranges){0};
}

size_t ranges_from(const struct ranges *r, uintptr_t addr)
{
	size_t low = 0, high = r->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->v[middle].addr + r->v[middle].len <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct range *ranges_at(const struct ranges *r, uintptr_t addr)
{
	size_t i = ranges_from(r, addr);

	return i < r->n && r->v[i].addr <= addr ? &r->v[i] : NULL;
}

bool ranges_free(const struct ranges *r, uintptr_t addr, size_t len)
{
	size_t i = ranges_from(r, addr);

	return i == r->n || r->v[i].addr >= addr + len;
}

bool ranges_cover(const struct ranges *r, uintptr_t addr, size_t len, enum range_kind kind)
{
	uintptr_t end = addr + len;

	for (size_t i = ranges_from(r, addr); addr < end; i++) {
		if (i == r->n || r->v[i].addr > addr || r->v[i].kind != kind)
			return false;
		addr = r->v[i].addr + r->v[i].len;
	}
	return true;
}

static void ranges_open_gap(struct ranges *r, size_t at)
{
	if (r->n == r->room) {
		size_t room = r->room == 0 ? 8 : r->room * 2;
		struct range *v = host_alloc(room * sizeof(*v), true);

		if (r->n > 0)
			memcpy(v, r->v, r->n * sizeof(*v));
		host_free(r->v, r->room * sizeof(*v));
		r->v = v;
		r->room = room;
	}
	memmove(r->v + at + 1, r->v + at, (r->n - at) * sizeof(*r->v));
	r->n++;
}

static void ranges_close_gap(struct ranges *r, size_t at, size_t count)
{
	memmove(r->v + at, r->v + at + count, (r->n - at - count) * sizeof(*r->v));
	r->n -= count;
}

/*
 *	before:	|-------- r->v[i] --------|
 *	after:	|-- r->v[i] --|-- [i + 1] -|
 *		              addr
 */
void ranges_split(struct ranges *r, uintptr_t addr)
{
	size_t i = ranges_from(r, addr);
	size_t head;

	if (i == r->n || r->v[i].addr >= addr)
		return;
	ranges_open_gap(r, i);
	head = addr - r->v[i + 1].addr;
	r->v[i] = r->v[i + 1];
	r->v[i].len = head;
	r->v[i + 1].addr = addr;
	r->v[i + 1].len -= head;
	r->v[i + 1].offset += head;
	memory_hold(r->v[i].memory);
}

void ranges_cut(struct ranges *r, uintptr_t addr, size_t len)
{
	size_t first, last;

	ranges_split(r, addr);
	ranges_split(r, addr + len);
	first = ranges_from(r, addr);
	for (last = first; last < r->n && r->v[last].addr < addr + len; last++)
		memory_drop(r->v[last].memory);
	if (last > first)
		ranges_close_gap(r, first, last - first);
}

void ranges_insert(struct ranges *r, const struct range *range)
{
	size_t i = ranges_from(r, range->addr);

	ranges_open_gap(r, i);
	r->v[i] = *range;
}

void ranges_join(struct ranges *r, uintptr_t addr, size_t len)
{
	size_t i = ranges_from(r, addr);

	if (i > 0)
		i--;
	while (i + 1 < r->n && r->v[i].addr <= addr + len) {
		struct range *a = &r->v[i], *b = &r->v[i + 1];

		if (a->addr + a->len == b->addr && a->prot == b->prot) {
			a->len += b->len;
			ranges_close_gap(r, i + 1, 1);
		} else {
			i++;
		}
	}
}

void ranges_protect(struct ranges *r, uintptr_t addr, size_t len, enum range_kind kind, unsigned prot)
{
	ranges_split(r, addr);
	ranges_split(r, addr + len);
	for (size_t i = ranges_from(r, addr); i < r->n && r->v[i].addr < addr + len; i++) {
		if (r->v[i].kind == kind)
			r->v[i].prot = prot;
	}
}
