/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/vm/pinned_range.h"

#include <sys/errno.h>
#include <sys/string.h>

#include "kernel/vm/address_space.h"

/* ---- the set; under space->lock ---- */

static struct pinned_range *
range_of(struct tree_node *node)
{
	return tree_entry(node, struct pinned_range, node);
}

/* By their starts; a range weighs its end. */
static void
set_insert(struct address_space *space, struct pinned_range *range)
{
	tree_insert_weighted(&space->pins, &range->node, range->start, range->end);
}

static void
set_remove(struct address_space *space, struct pinned_range *range)
{
	tree_remove(&space->pins, &range->node);
}

/*
 *	        addr   end
 *	|----|   :      :
 *	  |------:--|   :       first
 *	     |-| :      :
 *	         :  |---:--|    the one behind it
 *
 * The next range of the set that overlaps [addr, end), behind after (NULL: the first): those that weigh more than addr end
 * beyond it.
 */
static struct pinned_range *
set_next(const struct address_space *space, const struct pinned_range *after, uintptr_t addr, uintptr_t end)
{
	struct tree_node *node = NULL;

	if (addr < end)
		node = tree_find_heavier(&space->pins, after != NULL ? &after->node : NULL, addr);
	return node != NULL && node->key < end ? range_of(node) : NULL;
}

/* The first that is as wanted. */
static struct pinned_range *
set_find(const struct address_space *space, uintptr_t addr, uintptr_t end, bool (*wanted)(const struct pinned_range *))
{
	struct pinned_range *range = set_next(space, NULL, addr, end);

	while (range != NULL && !wanted(range))
		range = set_next(space, range, addr, end);
	return range;
}

static void
abandoned_insert(struct address_space *space, struct pinned_range *range)
{
	range->previous = NULL;
	range->next = space->abandoned;
	if (range->next != NULL)
		range->next->previous = range;
	space->abandoned = range;
}

static void
abandoned_remove(struct address_space *space, struct pinned_range *range)
{
	if (range->next != NULL)
		range->next->previous = range->previous;
	if (range->previous != NULL)
		range->previous->next = range->next;
	else
		space->abandoned = range->next;
}

static bool
to_clean(const struct pinned_range *range)
{
	return range->state == PINNED && !range->cleaned;
}

static bool
to_abandon(const struct pinned_range *range)
{
	return range->state == PINNED;
}

static bool
pins(const struct pinned_range *range)
{
	return range->state == PINNED && range->softlocked;
}

/* ---- by the holder ---- */

void pinned_range_begin(struct pinned_range *range, struct address_space *space, uintptr_t start, uintptr_t end,
			const struct pinned_range_ops *ops)
{
	address_space_hold(space);
	range->start = start;
	range->end = end;
	range->space = space;
	range->ops = ops;
	range->state = PIN_MAKING;
	atomic_init(&range->references, 1);
	host_mutex_lock(&space->lock);
	set_insert(space, range);
	space->pins_moving++;
	host_mutex_unlock(&space->lock);
}

void pinned_range_made(struct pinned_range *range, bool callback)
{
	struct address_space *space = range->space;

	host_mutex_lock(&space->lock);
	range->state = PINNED;
	range->cleaned = !callback;
	space->pins_softlocked += range->softlocked;
	space->pins_made += callback;
	space->pins_moving--;
	host_cond_broadcast(&space->unpinned); /* somebody may wait already, to call cleanup */
	host_mutex_unlock(&space->lock);
}

/* Out of "pinned"; under space->lock. */
static void
range_leave(struct pinned_range *range, enum pin_state state)
{
	struct address_space *space = range->space;

	range->state = state;
	space->pins_softlocked -= range->softlocked;
	if (state == PIN_ENDING) {
		space->pins_moving++;
	} else {
		set_remove(space, range);
		abandoned_insert(space, range);
	}
}

bool pinned_range_claim(struct pinned_range *range)
{
	struct address_space *space = range->space;
	bool mine;

	host_mutex_lock(&space->lock);
	mine = range->state == PINNED;
	if (mine)
		range_leave(range, PIN_ENDING);
	host_mutex_unlock(&space->lock);
	return mine;
}

/* Under space->lock. */
static void
range_remove(struct pinned_range *range)
{
	struct address_space *space = range->space;

	if (range->state == PIN_GONE)
		return;
	if (range->state == PIN_ABANDONED)
		abandoned_remove(space, range);
	else
		set_remove(space, range);
	space->pins_moving -= range->state == PIN_MAKING || range->state == PIN_ENDING;
	range->state = PIN_GONE;
	host_cond_broadcast(&space->unpinned);
}

void pinned_range_gone(struct pinned_range *range)
{
	struct address_space *space = range->space;

	host_mutex_lock(&space->lock);
	range_remove(range);
	host_mutex_unlock(&space->lock);
}

void pinned_range_fail(struct pinned_range *range)
{
	pinned_range_gone(range);
	address_space_release(range->space);
}

static void pinned_range_hold(struct pinned_range *range)
{
	atomic_fetch_add_explicit(&range->references, 1, memory_order_relaxed);
}

void pinned_range_release(struct pinned_range *range)
{
	struct address_space *space = range->space;

	if (atomic_fetch_sub_explicit(&range->references, 1, memory_order_acq_rel) != 1)
		return;
	range->ops->free(range);
	address_space_release(space);
}

/* ---- ranges by themselves, each held: what is done to them may take them out of the set ---- */

struct snapshot {
	struct pinned_range **ranges;
	size_t count, room;
};

static void
snapshot_add(struct snapshot *snapshot, struct pinned_range *range)
{
	if (snapshot->count == snapshot->room) {
		size_t room = snapshot->room == 0 ? 8 : snapshot->room * 2;
		struct pinned_range **ranges = host_alloc(room * sizeof(struct pinned_range *), true);

		if (snapshot->count > 0)
			memcpy(ranges, snapshot->ranges, snapshot->count * sizeof(struct pinned_range *));
		host_free(snapshot->ranges, snapshot->room * sizeof(struct pinned_range *));
		snapshot->ranges = ranges;
		snapshot->room = room;
	}
	pinned_range_hold(range);
	snapshot->ranges[snapshot->count++] = range;
}

/* Under space->lock. */
static void
snapshot_take(const struct address_space *space, uintptr_t addr, uintptr_t end, bool (*wanted)(const struct pinned_range *),
	      struct snapshot *snapshot)
{
	*snapshot = (struct snapshot){0};
	for (struct pinned_range *range = set_next(space, NULL, addr, end); range != NULL;
	     range = set_next(space, range, addr, end))
		if (wanted(range))
			snapshot_add(snapshot, range);
}

static void
snapshot_drop(struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->count; i++)
		pinned_range_release(snapshot->ranges[i]);
	host_free(snapshot->ranges, snapshot->room * sizeof(struct pinned_range *));
}

/* ---- by those who unmap ---- */

static uintptr_t
range_end(uintptr_t addr, size_t len)
{
	return len > UINTPTR_MAX - addr ? UINTPTR_MAX : addr + len;
}

bool pinned_range_overlaps(struct address_space *space, uintptr_t addr, size_t len)
{
	bool result;

	host_mutex_lock(&space->lock);
	result = set_next(space, NULL, addr, range_end(addr, len)) != NULL;
	host_mutex_unlock(&space->lock);
	return result;
}

bool pinned_range_pins(struct address_space *space, uintptr_t page)
{
	bool result;

	host_mutex_lock(&space->lock);
	result = space->pins_softlocked > 0 && set_find(space, page, page + PAGE_SIZE, pins) != NULL;
	host_mutex_unlock(&space->lock);
	return result;
}

/* At most once for each range, which may have ended meanwhile. */
static void
cleanup_call(struct pinned_range *range)
{
	struct address_space *space = range->space;
	bool call;

	host_mutex_lock(&space->lock);
	call = to_clean(range);
	if (call)
		range->cleaned = true;
	host_mutex_unlock(&space->lock);
	if (call)
		range->ops->cleanup(range);
}

/*
 * Under space->lock, which is dropped for the calls; until none is left to be called.  *made: as many had been pinned at
 * the last look, and there is nothing new.
 */
static void
cleanups_call(struct address_space *space, uintptr_t addr, uintptr_t end, size_t *made)
{
	struct snapshot snapshot;

	while (*made != space->pins_made) {
		*made = space->pins_made;
		snapshot_take(space, addr, end, to_clean, &snapshot);
		host_mutex_unlock(&space->lock);
		for (size_t i = 0; i < snapshot.count; i++)
			cleanup_call(snapshot.ranges[i]);
		snapshot_drop(&snapshot);
		host_mutex_lock(&space->lock);
	}
}

/* Under space->lock, which is dropped for the report; of several ranges the first. */
static void
awaited_report(struct address_space *space, uintptr_t addr, uintptr_t end)
{
	struct pinned_range *range = set_find(space, addr, end, to_abandon);

	if (range == NULL || range->ops->report == NULL)
		return;
	pinned_range_hold(range);
	host_mutex_unlock(&space->lock);
	range->ops->report(range, PIN_AWAITED);
	pinned_range_release(range);
	host_mutex_lock(&space->lock);
}

int pinned_range_settle(struct address_space *space, uintptr_t addr, size_t len)
{
	uintptr_t end = range_end(addr, len);
	enum host_wake wake = HOST_WOKEN;
	size_t made = 0;
	bool pinned, told = false;

	host_mutex_lock(&space->lock);
	cleanups_call(space, addr, end, &made);
	while ((pinned = set_next(space, NULL, addr, end) != NULL) && wake != HOST_INTERRUPTED) {
		if (told)
			wake = host_cond_wait(&space->unpinned, &space->lock, HOST_FOREVER, true);
		else
			awaited_report(space, addr, end);
		told = true;
		cleanups_call(space, addr, end, &made);
	}
	host_mutex_unlock(&space->lock);
	return pinned ? EINTR : 0;
}

/* ---- fork, exec, exit ---- */

static void
snapshot_report(struct snapshot *snapshot, enum pin_report what)
{
	for (size_t i = 0; i < snapshot->count; i++) {
		struct pinned_range *range = snapshot->ranges[i];

		if (range->ops->report != NULL)
			range->ops->report(range, what);
	}
}

static bool
is_made(const struct pinned_range *range)
{
	return range->state != PIN_MAKING; /* which is its maker's alone */
}

void pinned_range_fork(struct address_space *space)
{
	struct snapshot snapshot;

	host_mutex_lock(&space->lock);
	snapshot_take(space, 0, UINTPTR_MAX, is_made, &snapshot);
	host_mutex_unlock(&space->lock);
	snapshot_report(&snapshot, PIN_FORK);
	snapshot_drop(&snapshot);
}

void pinned_range_exit(struct address_space *space)
{
	struct pinned_range *range;
	size_t made = 0;

	host_mutex_lock(&space->lock);
	for (;;) {
		cleanups_call(space, 0, UINTPTR_MAX, &made);
		range = set_find(space, 0, UINTPTR_MAX, to_abandon);
		if (range != NULL) {
			range_leave(range, PIN_ABANDONED);
			pinned_range_hold(range);
			host_mutex_unlock(&space->lock);
			range->ops->abandon(range);
			pinned_range_release(range);
			host_mutex_lock(&space->lock);
		} else if (space->pins_moving > 0) {
			(void)host_cond_wait(&space->unpinned, &space->lock, HOST_FOREVER, false);
		} else {
			break;
		}
	}
	host_mutex_unlock(&space->lock);
}

void pinned_range_forget(struct address_space *space)
{
	struct snapshot snapshot = {0};

	host_mutex_lock(&space->lock);
	for (struct pinned_range *range = space->abandoned; range != NULL; range = range->next)
		snapshot_add(&snapshot, range);
	host_mutex_unlock(&space->lock);
	snapshot_report(&snapshot, PIN_LEFT);
	for (size_t i = 0; i < snapshot.count; i++)
		pinned_range_gone(snapshot.ranges[i]);
	snapshot_drop(&snapshot);
}
