/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * leave.c: shared pages that the process unmaps: their part of the file is free at once.
 *
 *	WIRE_MUNMAP                       what is there, at its place, is leaving
 *	            munmap, or mmap over
 *	WIRE_UNMAPPED                     what is not there any more has left: nobody else has mapped it
 *
 * A thread unmaps what no other one moves at the same time, so that both looks are certain.  What is unmapped or moved
 * unknown to us (by libc itself) is found later, see demote.c.
 */
#define _GNU_SOURCE
#include <errno.h>

#include "host/server/pin/pins.h"

bool leave_begin(struct thread *t, uint64_t addr, uint64_t len)
{
	struct pins *pins = pins_of(t->process->as);
	uint64_t end = addr + len;
	struct vma v;

	ranges_fini(&t->leaving.places);
	if (pins == NULL || !pins_range_is_good(t->process, addr, len))
		return false;
	pthread_mutex_lock(&pins->lock);
	for (uint64_t at = addr; pins->used.count > 0 && maps_find(pins->maps, at, &v) && v.start < end; at = v.end) {
		uint64_t start = v.start > addr ? v.start : addr, stop = v.end < end ? v.end : end;
		if (v.shared && vma_is_ours(pins, &v)) /* no memory: later */
			(void)ranges_unite(&t->leaving.places, v.offset + (start - v.start), v.offset + (stop - v.start));
	}
	t->leaving.file = pins->number;
	pthread_mutex_unlock(&pins->lock);
	t->leaving.addr = addr;
	t->leaving.len = len;
	return t->leaving.places.count > 0;
}

/*
 *	leaving:   [ ............................ )
 *	maps:           [ others' )    [ still here .... )     munmap has failed
 *	free:      [ .................. )
 */
static void place_end(struct pins *pins, const struct range *place)
{
	uint64_t base = place->start - place->start % promote_span(pins), end = place->end - base, stop, next;
	struct vma v;

	for (uint64_t at = place->start - base; at < end; at = next) {
		bool found = maps_find(pins->maps, at, &v) && v.start < end;
		bool stays = found && vma_is_ours(pins, &v) && v.offset - v.start == base;
		next = found && v.end < end ? v.end : end;
		stop = !stays ? next : v.start > at ? v.start
						    : at;
		demote_free(pins, base + at, base + stop);
	}
}

int call_unmapped(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	struct pins *pins = pins_of(t->process->as);
	struct leaving *leaving = &t->leaving;
	bool known;

	if (pins == NULL || in->a != leaving->addr || in->b != leaving->len)
		return EINVAL;
	pthread_mutex_lock(&pins->lock);
	known = pins->forks == 0 && !pins->gone && pins->file != NULL && pins->number == leaving->file && pins->maps >= 0;
	for (size_t i = 0; known && i < leaving->places.count; i++)
		place_end(pins, &leaving->places.at[i]);
	pthread_mutex_unlock(&pins->lock);
	ranges_fini(&leaving->places);
	return 0;
}
