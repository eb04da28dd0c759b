/* SPDX-License-Identifier: BSD-2-Clause */
/* ranges.c: a sorted array of ranges that do not overlap. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/server/base/base.h"

/* Index of the first range that ends behind address. */
static size_t first_behind(const struct ranges *r, uint64_t address)
{
	size_t low = 0, high = r->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (r->at[middle].end > address)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

bool ranges_overlap(const struct ranges *r, uint64_t start, uint64_t end)
{
	size_t i = first_behind(r, start);

	return i < r->count && r->at[i].start < end;
}

bool ranges_first(const struct ranges *r, uint64_t start, uint64_t end, struct range *first)
{
	size_t i = first_behind(r, start);

	if (i == r->count || r->at[i].start >= end)
		return false;
	*first = r->at[i];
	return true;
}

static int insert(struct ranges *r, size_t i, uint64_t start, uint64_t end)
{
	if (r->count == r->room) {
		size_t room = r->room ? r->room * 2 : 8;
		struct range *at = reallocarray(r->at, room, sizeof(*at));
		if (at == NULL)
			return ENOMEM;
		r->at = at;
		r->room = room;
	}
	memmove(&r->at[i + 1], &r->at[i], (r->count - i) * sizeof(r->at[0]));
	r->at[i] = (struct range){start, end};
	r->count++;
	return 0;
}

static void remove_at(struct ranges *r, size_t i)
{
	memmove(&r->at[i], &r->at[i + 1], (r->count - i - 1) * sizeof(r->at[0]));
	r->count--;
}

/*
 *	[ before )[ start ... end )[ after )     neighbours become one: what matters is what is covered
 */
int ranges_add(struct ranges *r, uint64_t start, uint64_t end)
{
	size_t i = first_behind(r, start);
	bool after = i < r->count && r->at[i].start == end;

	if (i > 0 && r->at[i - 1].end == start) {
		r->at[i - 1].end = after ? r->at[i].end : end;
		if (after)
			remove_at(r, i);
		return 0;
	}
	if (!after)
		return insert(r, i, start, end);
	r->at[i].start = start;
	return 0;
}

/*
 *	[ range ............................ )
 *	          [ start ...... end )
 *	[ stays   )                  [ new   )
 */
int ranges_remove(struct ranges *r, uint64_t start, uint64_t end)
{
	size_t i = first_behind(r, start);

	while (i < r->count && r->at[i].start < end) {
		struct range *x = &r->at[i];
		if (x->start < start && x->end > end) {
			uint64_t old_end = x->end;
			int error = insert(r, i + 1, end, old_end);
			if (error == 0)
				r->at[i].end = start;
			return error;
		}
		if (x->start < start) {
			x->end = start;
			i++;
		} else if (x->end > end) {
			x->start = end;
		} else {
			remove_at(r, i);
		}
	}
	return 0;
}

/*
 *	[ a )   [ start ...... end )[ b )
 *	          [ c )                        one range: start to b's end
 */
int ranges_unite(struct ranges *r, uint64_t start, uint64_t end)
{
	size_t i = first_behind(r, start == 0 ? 0 : start - 1), n = 0;

	while (i + n < r->count && r->at[i + n].start <= end) {
		start = r->at[i + n].start < start ? r->at[i + n].start : start;
		end = r->at[i + n].end > end ? r->at[i + n].end : end;
		n++;
	}
	if (n == 0)
		return insert(r, i, start, end);
	r->at[i] = (struct range){start, end};
	memmove(&r->at[i + 1], &r->at[i + n], (r->count - i - n) * sizeof(r->at[0]));
	r->count -= n - 1;
	return 0;
}

void ranges_fini(struct ranges *r)
{
	free(r->at);
	*r = (struct ranges){0};
}
