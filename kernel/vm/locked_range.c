/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/vm/locked_range.h"

#include <sys/errno.h>

#include "kernel/vm/address_space.h"

/* ---- the set; under space->lock ---- */

static struct locked_range *
range_of(struct tree_node *node)
{
	return tree_entry(node, struct locked_range, node);
}

static void
set_insert(struct address_space *space, struct locked_range *range)
{
	struct tree_node *node = tree_find_below(&space->locked, range->start);
	size_t len = range->end - range->start;

	if (node != NULL && node->key == range->start) {
		range->previous = range_of(node);
		range->next = range->previous->next;
		range->previous->next = range;
		if (range->next != NULL)
			range->next->previous = range;
	} else {
		range->next = range->previous = NULL;
		tree_insert(&space->locked, &range->node, range->start);
	}
	if (len > space->locked_longest)
		space->locked_longest = len;
}

static void
set_remove(struct address_space *space, struct locked_range *range)
{
	if (range->next != NULL)
		range->next->previous = range->previous;
	if (range->previous != NULL) {
		range->previous->next = range->next;
	} else {
		tree_remove(&space->locked, &range->node);
		if (range->next != NULL)
			tree_insert(&space->locked, &range->next->node, range->start);
	}
	if (space->locked.count == 0)
		space->locked_longest = 0;
}

/*
 *	                    addr      end
 *	|<- longest ->|      |         |
 *	  no range that begins here      reaches addr
 *
 * The first range that overlaps [addr, end) and is as wanted, from high addresses on.
 */
static struct locked_range *
set_find(const struct address_space *space, uintptr_t addr, uintptr_t end, bool (*wanted)(const struct locked_range *))
{
	struct tree_node *node = addr < end ? tree_find_below(&space->locked, end - 1) : NULL;

	while (node != NULL && (node->key >= addr || addr - node->key < space->locked_longest)) {
		for (struct locked_range *range = range_of(node); range != NULL; range = range->next) {
			if (range->end > addr && wanted(range))
				return range;
		}
		node = node->key == 0 ? NULL : tree_find_below(&space->locked, node->key - 1);
	}
	return NULL;
}

static bool
any(const struct locked_range *range)
{
	return true;
}

static bool
to_clean(const struct locked_range *range)
{
	return range->state == LOCKED && !range->cleaned;
}

static bool
to_abandon(const struct locked_range *range)
{
	return range->state == LOCKED;
}

static bool
in_motion(const struct locked_range *range)
{
	return range->state == LOCKED_MAKING || range->state == LOCKED_UNLOCKING;
}

static bool
pins(const struct locked_range *range)
{
	return range->state == LOCKED && range->pinned;
}

/* ---- by the holder ---- */

void
locked_range_begin(struct locked_range *range, struct address_space *space, uintptr_t start, uintptr_t end,
		   const struct locked_range_ops *ops)
{
	address_space_hold(space);
	range->start = start;
	range->end = end;
	range->space = space;
	range->ops = ops;
	range->state = LOCKED_MAKING;
	atomic_init(&range->references, 1);
	host_mutex_lock(&space->lock);
	set_insert(space, range);
	host_mutex_unlock(&space->lock);
}

void
locked_range_made(struct locked_range *range, bool callback)
{
	struct address_space *space = range->space;

	host_mutex_lock(&space->lock);
	range->state = LOCKED;
	range->cleaned = !callback;
	space->locked_pinned += range->pinned;
	host_cond_broadcast(&space->unlocked); /* somebody may wait already, to call cleanup */
	host_mutex_unlock(&space->lock);
}

/* Out of "locked"; under space->lock. */
static void
range_leave(struct locked_range *range, enum locked_state state)
{
	range->state = state;
	range->space->locked_pinned -= range->pinned;
}

bool
locked_range_claim(struct locked_range *range)
{
	struct address_space *space = range->space;
	bool mine;

	host_mutex_lock(&space->lock);
	mine = range->state == LOCKED;
	if (mine)
		range_leave(range, LOCKED_UNLOCKING);
	host_mutex_unlock(&space->lock);
	return mine;
}

/* Under space->lock. */
static void
range_remove(struct locked_range *range)
{
	if (range->state == LOCKED_GONE)
		return;
	set_remove(range->space, range);
	range->state = LOCKED_GONE;
	host_cond_broadcast(&range->space->unlocked);
}

void
locked_range_gone(struct locked_range *range)
{
	struct address_space *space = range->space;

	host_mutex_lock(&space->lock);
	range_remove(range);
	host_mutex_unlock(&space->lock);
}

void
locked_range_fail(struct locked_range *range)
{
	locked_range_gone(range);
	address_space_release(range->space);
}

void
locked_range_hold(struct locked_range *range)
{
	atomic_fetch_add_explicit(&range->references, 1, memory_order_relaxed);
}

void
locked_range_release(struct locked_range *range)
{
	struct address_space *space = range->space;

	if (atomic_fetch_sub_explicit(&range->references, 1, memory_order_acq_rel) != 1)
		return;
	range->ops->free(range);
	address_space_release(space);
}

/* ---- by those who unmap ---- */

static uintptr_t
range_end(uintptr_t addr, size_t len)
{
	return len > UINTPTR_MAX - addr ? UINTPTR_MAX : addr + len;
}

bool
locked_range_overlaps(struct address_space *space, uintptr_t addr, size_t len)
{
	bool result;

	host_mutex_lock(&space->lock);
	result = set_find(space, addr, range_end(addr, len), any) != NULL;
	host_mutex_unlock(&space->lock);
	return result;
}

bool
locked_range_pins(struct address_space *space, uintptr_t page)
{
	bool result;

	host_mutex_lock(&space->lock);
	result = space->locked_pinned > 0 && set_find(space, page, page + PAGE_SIZE, pins) != NULL;
	host_mutex_unlock(&space->lock);
	return result;
}

/* Under space->lock, which is dropped for the calls. */
static void
cleanups_call(struct address_space *space, uintptr_t addr, uintptr_t end)
{
	struct locked_range *range;

	while ((range = set_find(space, addr, end, to_clean)) != NULL) {
		range->cleaned = true;
		locked_range_hold(range);
		host_mutex_unlock(&space->lock);
		range->ops->cleanup(range);
		locked_range_release(range);
		host_mutex_lock(&space->lock);
	}
}

int
locked_range_settle(struct address_space *space, uintptr_t addr, size_t len)
{
	uintptr_t end = range_end(addr, len);
	enum host_wake wake = HOST_WOKEN;
	bool locked;

	host_mutex_lock(&space->lock);
	cleanups_call(space, addr, end);
	while ((locked = set_find(space, addr, end, any) != NULL) && wake != HOST_INTERRUPTED) {
		wake = host_cond_wait(&space->unlocked, &space->lock, HOST_FOREVER, true);
		cleanups_call(space, addr, end);
	}
	host_mutex_unlock(&space->lock);
	return locked ? EINTR : 0;
}

/* ---- fork, exec, exit ---- */

/* All ranges that are made, each held, as a list by itself: what is done to them may take them out of the set. */
struct snapshot {
	struct locked_range **ranges;
	size_t count, room;
};

static void
snapshot_take(struct address_space *space, struct snapshot *snapshot)
{
	struct tree_node *node;

	*snapshot = (struct snapshot){0};
	host_mutex_lock(&space->lock);
	for (node = tree_first(&space->locked); node != NULL; node = tree_next(&space->locked, node))
		for (struct locked_range *range = range_of(node); range != NULL; range = range->next)
			snapshot->room++;
	if (snapshot->room > 0)
		snapshot->ranges = host_alloc(snapshot->room * sizeof(*snapshot->ranges), true);
	for (node = tree_first(&space->locked); node != NULL; node = tree_next(&space->locked, node)) {
		for (struct locked_range *range = range_of(node); range != NULL; range = range->next) {
			if (range->state == LOCKED_MAKING)
				continue; /* its maker's alone */
			locked_range_hold(range);
			snapshot->ranges[snapshot->count++] = range;
		}
	}
	host_mutex_unlock(&space->lock);
}

static void
snapshot_drop(struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->count; i++)
		locked_range_release(snapshot->ranges[i]);
	host_free(snapshot->ranges, snapshot->room * sizeof(*snapshot->ranges));
}

static void
snapshot_report(struct snapshot *snapshot, bool fork)
{
	for (size_t i = 0; i < snapshot->count; i++) {
		struct locked_range *range = snapshot->ranges[i];

		if (range->ops->report != NULL)
			range->ops->report(range, fork);
	}
}

void
locked_range_fork(struct address_space *space)
{
	struct snapshot snapshot;

	snapshot_take(space, &snapshot);
	snapshot_report(&snapshot, true);
	snapshot_drop(&snapshot);
}

void
locked_range_exit(struct address_space *space)
{
	struct locked_range *range;

	host_mutex_lock(&space->lock);
	for (;;) {
		cleanups_call(space, 0, UINTPTR_MAX);
		range = set_find(space, 0, UINTPTR_MAX, to_abandon);
		if (range != NULL) {
			range_leave(range, LOCKED_ABANDONED);
			locked_range_hold(range);
			host_mutex_unlock(&space->lock);
			range->ops->abandon(range);
			locked_range_release(range);
			host_mutex_lock(&space->lock);
		} else if (set_find(space, 0, UINTPTR_MAX, in_motion) != NULL) {
			(void)host_cond_wait(&space->unlocked, &space->lock, HOST_FOREVER, false);
		} else {
			break;
		}
	}
	host_mutex_unlock(&space->lock);
}

void
locked_range_forget(struct address_space *space)
{
	struct snapshot snapshot;

	snapshot_take(space, &snapshot);
	snapshot_report(&snapshot, false);
	for (size_t i = 0; i < snapshot.count; i++)
		locked_range_gone(snapshot.ranges[i]);
	snapshot_drop(&snapshot);
}
