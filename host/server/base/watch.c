/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * watch.c: numbers for objects.  An event that was fetched before its object went names a number that
 * means nothing any more, instead of freed memory.
 *
 *	number = generation << 32 | index + 1
 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "host/server/base/base.h"

struct slot {
	void *object; /* NULL: free */
	uint32_t generation, next_free;
	enum watch_kind kind;
};
static struct {
	struct slot *at;
	uint32_t count, room, free; /* free: index + 1 */
} slots;                            /* server.lock */

static bool slots_grow(void)
{
	uint32_t room = slots.room ? slots.room * 2 : 64;
	struct slot *at = reallocarray(slots.at, room, sizeof(*at));

	if (at == NULL)
		return false;
	slots.at = at;
	slots.room = room;
	return true;
}

static struct slot *slot_take(void)
{
	if (slots.free) {
		struct slot *s = &slots.at[slots.free - 1];
		slots.free = s->next_free;
		return s;
	}
	if (slots.count == slots.room && !slots_grow())
		return NULL;
	slots.at[slots.count] = (struct slot){0};
	return &slots.at[slots.count++];
}

uint64_t watch_id_create(enum watch_kind kind, void *object)
{
	struct slot *s = slot_take();

	if (s == NULL)
		return WATCH_NO_ID;
	s->object = object;
	s->kind = kind;
	s->generation++;
	return (uint64_t)s->generation << 32 | ((uint64_t)(s - slots.at) + 1);
}

static struct slot *slot_find(uint64_t id)
{
	uint64_t index = (id & UINT32_MAX) - 1;
	struct slot *s;

	if (index >= slots.count)
		return NULL;
	s = &slots.at[index];
	return s->object != NULL && s->generation == id >> 32 ? s : NULL;
}

void *watch_find(uint64_t id, enum watch_kind *kind)
{
	struct slot *s = slot_find(id);

	if (s == NULL)
		return NULL;
	*kind = s->kind;
	return s->object;
}

void watch_id_destroy(uint64_t id)
{
	struct slot *s = slot_find(id);

	if (s == NULL)
		return;
	s->object = NULL;
	s->next_free = slots.free;
	slots.free = (uint32_t)(s - slots.at) + 1;
}
