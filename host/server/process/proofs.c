/* SPDX-License-Identifier: BSD-2-Clause */
/* proofs.c: a hash set of opens by id, with linear probing; at most half full. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>

#include "host/server/process/process.h"

static uint32_t home(const struct proofs *s, uint64_t id)
{
	return (uint32_t)((id * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (s->room - 1);
}

struct open *proofs_find(const struct proofs *s, uint64_t id)
{
	if (s->count == 0)
		return NULL;
	for (uint32_t i = home(s, id); s->slot[i] != NULL; i = (i + 1) & (s->room - 1))
		if (s->slot[i]->id == id)
			return s->slot[i];
	return NULL;
}

static void put(struct proofs *s, struct open *o)
{
	uint32_t i = home(s, o->id);

	while (s->slot[i] != NULL)
		i = (i + 1) & (s->room - 1);
	s->slot[i] = o;
	s->count++;
}

static int grow(struct proofs *s)
{
	struct proofs bigger = {.room = s->room ? s->room * 2 : 8};

	bigger.slot = calloc(bigger.room, sizeof(struct open *));
	if (bigger.slot == NULL)
		return ENOMEM;
	for (uint32_t i = 0; i < s->room; i++)
		if (s->slot[i] != NULL)
			put(&bigger, s->slot[i]);
	free(s->slot);
	*s = bigger;
	return 0;
}

int proofs_add(struct proofs *s, struct open *o)
{
	if (s->count >= OPENS_MAX)
		return EMFILE;
	if ((s->count + 1) * 2 > s->room) {
		int error = grow(s);
		if (error)
			return error;
	}
	put(s, o);
	return 0;
}

/* Those behind the hole that it cuts off from their home move up. */
static void close_hole(struct proofs *s, uint32_t hole)
{
	uint32_t mask = s->room - 1;

	for (uint32_t i = (hole + 1) & mask; s->slot[i] != NULL; i = (i + 1) & mask) {
		uint32_t h = home(s, s->slot[i]->id);
		if (((i - h) & mask) >= ((i - hole) & mask)) {
			s->slot[hole] = s->slot[i];
			s->slot[i] = NULL;
			hole = i;
		}
	}
}

bool proofs_remove(struct proofs *s, const struct open *o)
{
	if (s->count == 0)
		return false;
	for (uint32_t i = home(s, o->id); s->slot[i] != NULL; i = (i + 1) & (s->room - 1)) {
		if (s->slot[i] != o)
			continue;
		s->slot[i] = NULL;
		s->count--;
		close_hole(s, i);
		return true;
	}
	return false;
}

void proofs_fini(struct proofs *s)
{
	free(s->slot);
	*s = (struct proofs){0};
}
