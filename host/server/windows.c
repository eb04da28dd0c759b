/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * windows.c: a sorted array of windows that do not overlap.  Of pointers, so that one that comes in front moves
 * little memory however many there are.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/server/server.h"

/* Index of the first window that ends behind address. */
static size_t first_behind(const struct windows *ws, uint64_t address)
{
	size_t low = 0, high = ws->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (ws->at[middle]->end > address)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

bool windows_first(const struct windows *ws, uint64_t start, uint64_t end, struct window *first)
{
	size_t i = first_behind(ws, start);

	if (i == ws->count || ws->at[i]->start >= end)
		return false;
	*first = *ws->at[i];
	return true;
}

bool windows_cover(const struct windows *ws, uint64_t start, uint64_t end)
{
	for (size_t i = first_behind(ws, start); start < end && i < ws->count && ws->at[i]->start <= start; i++)
		start = ws->at[i]->end;
	return start >= end;
}

void window_clip(struct window *w, uint64_t start, uint64_t end)
{
	if (w->start < start) {
		w->offset += start - w->start;
		w->start = start;
	}
	if (w->end > end)
		w->end = end;
}

static int insert(struct windows *ws, size_t i, const struct window *w)
{
	struct window *copy;

	if (ws->count == ws->room) {
		size_t room = ws->room ? ws->room * 2 : 8;
		struct window **at = reallocarray(ws->at, room, sizeof(*at));
		if (at == NULL)
			return ENOMEM;
		ws->at = at;
		ws->room = room;
	}
	copy = malloc(sizeof(*copy));
	if (copy == NULL)
		return ENOMEM;
	*copy = *w;
	memmove(&ws->at[i + 1], &ws->at[i], (ws->count - i) * sizeof(ws->at[0]));
	ws->at[i] = copy;
	ws->count++;
	return 0;
}

/*
 *	[ window ...... )
 *	      | address          -> [ window )[ new ....)
 */
static int split(struct windows *ws, uint64_t address)
{
	size_t i = first_behind(ws, address);
	struct window high;
	int error;

	if (i == ws->count || ws->at[i]->start >= address)
		return 0;
	high = *ws->at[i];
	window_clip(&high, address, high.end);
	error = insert(ws, i + 1, &high);
	if (error == 0)
		ws->at[i]->end = address;
	return error;
}

int windows_cut(struct windows *ws, uint64_t start, uint64_t end)
{
	size_t first, last;
	int error = split(ws, start);

	if (error == 0)
		error = split(ws, end);
	if (error != 0)
		return error;
	first = last = first_behind(ws, start);
	while (last < ws->count && ws->at[last]->start < end)
		free(ws->at[last++]);
	if (last > first)
		memmove(&ws->at[first], &ws->at[last], (ws->count - last) * sizeof(ws->at[0]));
	ws->count -= last - first;
	return 0;
}

int windows_lay(struct windows *ws, const struct window *w)
{
	int error = windows_cut(ws, w->start, w->end);

	return error != 0 ? error : insert(ws, first_behind(ws, w->start), w);
}

int windows_change(struct windows *ws, uint64_t start, uint64_t end, unsigned prot, bool registered)
{
	int error = split(ws, start);

	if (error == 0)
		error = split(ws, end);
	if (error != 0)
		return error;
	for (size_t i = first_behind(ws, start); i < ws->count && ws->at[i]->start < end; i++) {
		ws->at[i]->prot = prot;
		ws->at[i]->registered |= registered;
	}
	return 0;
}

void windows_fini(struct windows *ws)
{
	for (size_t i = 0; i < ws->count; i++)
		free(ws->at[i]);
	free(ws->at);
	*ws = (struct windows){0};
}
