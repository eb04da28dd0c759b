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
	struct locks *l = locks_of(t->process->as);
	uint64_t end = addr + len;
	struct vma v;

	ranges_fini(&t->leaving.places);
	if (l == NULL || !locks_range_is_good(t->process, addr, len))
		return false;
	pthread_mutex_lock(&l->lock);
	for (uint64_t at = addr; l->used.count > 0 && maps_find(l->maps, at, &v) && v.start < end; at = v.end) {
		uint64_t start = v.start > addr ? v.start : addr, stop = v.end < end ? v.end : end;
		if (v.shared && vma_is_ours(l, &v)) /* no memory: later */
			(void)ranges_unite(&t->leaving.places, v.offset + (start - v.start), v.offset + (stop - v.start));
	}
	t->leaving.file = l->number;
	pthread_mutex_unlock(&l->lock);
	t->leaving.addr = addr;
	t->leaving.len = len;
	return t->leaving.places.count > 0;
}

/*
 *	leaving:   [ ............................ )
 *	maps:           [ others' )    [ still here .... )     munmap has failed
 *	free:      [ .................. )
 */
static void place_end(struct locks *l, const struct range *place)
{
	uint64_t base = place->start - place->start % promote_span(l), end = place->end - base, stop, next;
	struct vma v;

	for (uint64_t at = place->start - base; at < end; at = next) {
		bool found = maps_find(l->maps, at, &v) && v.start < end;
		bool stays = found && vma_is_ours(l, &v) && v.offset - v.start == base;
		next = found && v.end < end ? v.end : end;
		stop = !stays ? next : v.start > at ? v.start
						    : at;
		demote_free(l, base + at, base + stop);
	}
}

int call_unmapped(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	struct locks *l = locks_of(t->process->as);
	struct leaving *leaving = &t->leaving;
	bool known;

	if (l == NULL || in->a != leaving->addr || in->b != leaving->len)
		return EINVAL;
	pthread_mutex_lock(&l->lock);
	known = l->forks == 0 && !l->gone && l->file != NULL && l->number == leaving->file && l->maps >= 0;
	for (size_t i = 0; known && i < leaving->places.count; i++)
		place_end(l, &leaving->places.at[i]);
	pthread_mutex_unlock(&l->lock);
	ranges_fini(&leaving->places);
	return 0;
}
