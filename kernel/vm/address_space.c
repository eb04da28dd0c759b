/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/vm/address_space.h"

#include <sys/errno.h>
#include <sys/string.h>

void address_space_init(struct address_space *space, struct host_as *host, struct proc *proc,
			void (*free)(struct address_space *))
{
	memset(space, 0, sizeof(*space));
	space->public.a_proc = proc;
	space->host = host;
	host_mutex_init(&space->host_lock);
	host_mutex_init(&space->lock);
	host_cond_init(&space->changed);
	host_cond_init(&space->unpinned);
	atomic_init(&space->nsegments, 0);
	atomic_init(&space->unshown, false);
	atomic_init(&space->references, 1);
	space->free = free;
}

void address_space_fini(struct address_space *space)
{
	if (space->segments.count != 0 || space->accesses.count != 0 || space->pins.count != 0 ||
	    space->abandoned != NULL)
		host_panic("address space freed while in use");
	host_cond_destroy(&space->unpinned);
	host_cond_destroy(&space->changed);
	host_mutex_destroy(&space->lock);
	host_mutex_destroy(&space->host_lock);
}

void address_space_hold(struct address_space *space)
{
	atomic_fetch_add_explicit(&space->references, 1, memory_order_relaxed);
}

void address_space_release(struct address_space *space)
{
	if (atomic_fetch_sub_explicit(&space->references, 1, memory_order_acq_rel) == 1)
		space->free(space);
}

bool address_space_claim(struct address_space *space, struct claim *claim, uintptr_t addr, size_t len)
{
	struct claim *other;

	claim->start = addr;
	claim->end = addr + len;
	host_mutex_lock(&space->lock);
	for (other = space->claims; other != NULL; other = other->next) {
		if (other->start < claim->end && claim->start < other->end)
			break;
	}
	if (other == NULL) {
		claim->next = space->claims;
		space->claims = claim;
	}
	host_mutex_unlock(&space->lock);
	return other == NULL;
}

void address_space_unclaim(struct address_space *space, struct claim *claim)
{
	struct claim **link = &space->claims;

	host_mutex_lock(&space->lock);
	while (*link != claim)
		link = &(*link)->next;
	*link = claim->next;
	host_mutex_unlock(&space->lock);
}

void address_space_insert(struct segment *segment)
{
	struct address_space *space = segment->space;

	host_mutex_lock(&space->lock);
	tree_insert(&space->segments, &segment->node, segment_base(segment));
	space->public.a_size += segment->public.s_size;
	atomic_fetch_add(&space->nsegments, 1);
	host_mutex_unlock(&space->lock);
}

void address_space_remove(struct segment *segment)
{
	struct address_space *space = segment->space;

	host_mutex_lock(&space->lock);
	tree_remove(&space->segments, &segment->node);
	space->public.a_size -= segment->public.s_size;
	atomic_fetch_sub(&space->nsegments, 1);
	host_mutex_unlock(&space->lock);
}

void address_space_resize(struct segment *segment, uintptr_t base, size_t size)
{
	struct address_space *space = segment->space;

	host_mutex_lock(&space->lock);
	space->public.a_size += size - segment->public.s_size;
	segment->public.s_base = (caddr_t)base;
	segment->public.s_size = size;
	segment->node.key = base; /* a segment only shrinks: the order stays */
	host_mutex_unlock(&space->lock);
}

static struct segment *
space_find(const struct address_space *space, uintptr_t addr)
{
	struct tree_node *node = tree_find_below(&space->segments, addr);

	if (node != NULL && segment_end(tree_entry(node, struct segment, node)) > addr)
		return tree_entry(node, struct segment, node);
	return tree_entry(tree_find_above(&space->segments, addr), struct segment, node);
}

struct segment *
address_space_find(struct address_space *space, uintptr_t addr)
{
	struct segment *segment;

	if (atomic_load(&space->nsegments) == 0)
		return NULL; /* processes without device mappings lock memory, too: no lock to meet in */
	host_mutex_lock(&space->lock);
	segment = space_find(space, addr);
	host_mutex_unlock(&space->lock);
	return segment;
}

/* Under space->lock. */
static bool
space_overlaps(const struct address_space *space, uintptr_t addr, size_t len)
{
	const struct segment *segment = space_find(space, addr);

	return segment != NULL && (segment_base(segment) <= addr || segment_base(segment) - addr < len);
}

bool address_space_overlaps(struct address_space *space, uintptr_t addr, size_t len)
{
	bool overlaps;

	host_mutex_lock(&space->lock);
	overlaps = space_overlaps(space, addr, len);
	host_mutex_unlock(&space->lock);
	return overlaps;
}

bool address_space_is_ordinary(struct address_space *space, uintptr_t addr, size_t len)
{
	bool ordinary;

	host_mutex_lock(&space->lock);
	ordinary = (addr >= space->layout_end || addr + len <= space->layout_start) && !space_overlaps(space, addr, len);
	host_mutex_unlock(&space->lock);
	return ordinary;
}
