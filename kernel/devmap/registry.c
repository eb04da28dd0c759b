/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/devmap/registry.h"

/* Under the lock. */
static struct registered *
thing_create(struct registry *registry, uint64_t key, access_fn *access)
{
	struct registered *thing = host_alloc(registry->size, true);

	thing->key = key;
	thing->access = access;
	registry->init(thing);
	thing->next = registry->first;
	registry->first = thing;
	return thing;
}

struct registered *
registry_find(struct registry *registry, uint64_t key, access_fn *access)
{
	struct registered *thing;

	host_mutex_lock(&registry->lock);
	for (thing = registry->first; thing != NULL; thing = thing->next) {
		if (thing->key == key && thing->access == access)
			break;
	}
	if (thing == NULL)
		thing = thing_create(registry, key, access);
	thing->references++;
	host_mutex_unlock(&registry->lock);
	return thing;
}

void registry_hold(struct registry *registry, struct registered *thing)
{
	if (thing == NULL)
		return;
	host_mutex_lock(&registry->lock);
	thing->references++;
	host_mutex_unlock(&registry->lock);
}

void registry_release(struct registry *registry, struct registered *thing)
{
	struct registered **link = &registry->first;
	bool last;

	if (thing == NULL)
		return;
	host_mutex_lock(&registry->lock);
	last = --thing->references == 0;
	if (last) {
		while (*link != thing)
			link = &(*link)->next;
		*link = thing->next;
	}
	host_mutex_unlock(&registry->lock);
	if (!last)
		return;
	registry->fini(thing);
	host_free(thing, registry->size);
}
