/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * windows.c: a sorted array of windows that do not overlap.  Of pointers, so that one that comes in front moves
 * little memory however many there are.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/server/fault/fault.h"

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

/*
 *	     | loaded  loaded_end |
 *	         |start  end|           -> what is in both, or nothing
 */
static bool loaded_within(const struct window *w, uint64_t start, uint64_t end, uint64_t *from, uint64_t *to)
{
	*from = w->loaded > start ? w->loaded : start;
	*to = w->loaded_end < end ? w->loaded_end : end;
	return *from < *to;
}

void window_clip(struct window *w, uint64_t start, uint64_t end)
{
	if (w->start < start) {
		w->offset += start - w->start;
		w->start = start;
	}
	if (w->end > end)
		w->end = end;
	if (!loaded_within(w, w->start, w->end, &w->loaded, &w->loaded_end))
		w->loaded = w->loaded_end = w->start;
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
		window_clip(ws->at[i], ws->at[i]->start, address);
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

/* ---- what is loaded ---- */

void windows_load(struct windows *ws, uint64_t start, uint64_t end)
{
	for (size_t i = first_behind(ws, start); i < ws->count && ws->at[i]->start < end; i++) {
		struct window *w = ws->at[i];
		uint64_t from = w->start > start ? w->start : start, to = w->end < end ? w->end : end;
		bool empty = w->loaded == w->loaded_end;

		w->loaded = empty || from < w->loaded ? from : w->loaded;
		w->loaded_end = empty || to > w->loaded_end ? to : w->loaded_end;
		w->loads++;
	}
}

static unsigned loads_within(const struct windows *ws, uint64_t start, uint64_t end)
{
	unsigned loads = 0;

	for (size_t i = first_behind(ws, start); i < ws->count && ws->at[i]->start < end; i++)
		loads += ws->at[i]->loads;
	return loads;
}

bool windows_loaded(const struct windows *ws, uint64_t *start, uint64_t *end, unsigned *loads)
{
	uint64_t first = *end, last = *start, from, to;

	for (size_t i = first_behind(ws, *start); i < ws->count && ws->at[i]->start < *end; i++) {
		if (!loaded_within(ws->at[i], *start, *end, &from, &to))
			continue;
		first = from < first ? from : first;
		last = to > last ? to : last;
	}
	*start = first;
	*end = last;
	*loads = first < last ? loads_within(ws, first, last) : 0;
	return first < last;
}

/* A hole in the middle is not worth remembering. */
static void window_unloaded(struct window *w, uint64_t start, uint64_t end)
{
	uint64_t from, to;

	if (!loaded_within(w, start, end, &from, &to))
		return;
	if (from == w->loaded)
		w->loaded = to;
	else if (to == w->loaded_end)
		w->loaded_end = from;
}

void windows_unloaded(struct windows *ws, uint64_t start, uint64_t end, unsigned loads)
{
	if (loads_within(ws, start, end) != loads)
		return;
	for (size_t i = first_behind(ws, start); i < ws->count && ws->at[i]->start < end; i++)
		window_unloaded(ws->at[i], start, end);
}

void windows_fini(struct windows *ws)
{
	for (size_t i = 0; i < ws->count; i++)
		free(ws->at[i]);
	free(ws->at);
	*ws = (struct windows){0};
}
