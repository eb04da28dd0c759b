/* SPDX-License-Identifier: BSD-2-Clause */
/* Accesses and layout changes of one address space; address_space.h has the rules. */
#include <sys/errno.h>
#include <sys/string.h>
#include <sys/thread.h>

#include "kernel/vm/address_space.h"

/* The outermost access of a thread; under space->lock. */
static struct access *
access_outermost(const struct address_space *space, const kthread_t *thread)
{
	struct tree_node *node = tree_find_below(&space->accesses, (uintptr_t)thread);

	return node != NULL && node->key == (uintptr_t)thread ? tree_entry(node, struct access, node) : NULL;
}

static bool
access_must_wait(const struct address_space *space)
{
	return space->layout_owner != NULL || space->layout_waiters > 0;
}

/* Under space->lock.  Waits until no layout change is in progress and none waits. */
static int
access_wait(struct address_space *space)
{
	enum host_wake wake = HOST_WOKEN;

	space->accesses_waiting++;
	while (!space->dying && wake == HOST_WOKEN && access_must_wait(space))
		wake = host_cond_wait(&space->changed, &space->lock, HOST_FOREVER, true);
	space->accesses_waiting--;
	if (space->dying)
		host_cond_broadcast(&space->changed); /* the last one to give up lets the process go */
	return space->dying ? ESRCH : wake == HOST_INTERRUPTED ? EINTR
							       : 0;
}

/* Under space->lock.  true: an access within another one of the same thread. */
static bool
access_nest(struct address_space *space, struct access *access, const kthread_t *self)
{
	struct access *outermost = access_outermost(space, self);

	if (outermost == NULL)
		return false;
	access->outer = outermost->innermost;
	outermost->innermost = access;
	return true;
}

static void
access_insert(struct address_space *space, struct access *access, const kthread_t *self)
{
	access->innermost = access;
	tree_insert(&space->accesses, &access->node, (uintptr_t)self);
}

int address_space_access_begin(struct address_space *space, struct access *access)
{
	kthread_t *self = threadp();
	int error = 0;

	memset(access, 0, sizeof(*access));
	access->space = space;
	host_mutex_lock(&space->lock);
	if (!access_nest(space, access, self)) {
		if (space->layout_owner != self)
			error = access_wait(space);
		if (error == 0)
			access_insert(space, access, self);
	}
	host_mutex_unlock(&space->lock);
	return error;
}

void address_space_access_begin_unlock(struct address_space *space, struct access *access)
{
	kthread_t *self = threadp();

	memset(access, 0, sizeof(*access));
	access->space = space;
	host_mutex_lock(&space->lock);
	if (!access_nest(space, access, self)) {
		while (space->layout_owner != NULL && space->layout_owner != self)
			host_cond_wait(&space->changed, &space->lock, HOST_FOREVER, false);
		access_insert(space, access, self);
	}
	host_mutex_unlock(&space->lock);
}

void address_space_access_end(struct access *access)
{
	struct address_space *space = access->space;

	host_mutex_lock(&space->lock);
	if (access->outer != NULL) {
		access_outermost(space, threadp())->innermost = access->outer;
	} else {
		tree_remove(&space->accesses, &access->node);
		if (space->layout_waiters > 0)
			host_cond_broadcast(&space->changed);
	}
	host_mutex_unlock(&space->lock);
}

struct access *
address_space_access(struct address_space *space)
{
	struct access *access;

	host_mutex_lock(&space->lock);
	access = access_outermost(space, threadp());
	if (access != NULL)
		access = access->innermost;
	host_mutex_unlock(&space->lock);
	return access;
}

void address_space_layout_begin(struct address_space *space)
{
	kthread_t *self = threadp();
	size_t own;

	host_mutex_lock(&space->lock);
	if (space->layout_owner != self) {
		/* A driver that changes the layout from inside an access waits for the others. */
		own = access_outermost(space, self) != NULL;
		space->layout_waiters++;
		while (space->layout_owner != NULL || space->accesses.count > own)
			host_cond_wait(&space->changed, &space->lock, HOST_FOREVER, false);
		space->layout_waiters--;
		space->layout_owner = self;
	}
	space->layout_depth++;
	host_mutex_unlock(&space->lock);
}

void address_space_layout_end(struct address_space *space)
{
	host_mutex_lock(&space->lock);
	if (--space->layout_depth == 0) {
		space->layout_owner = NULL;
		space->layout_start = space->layout_end = 0;
		host_cond_broadcast(&space->changed);
	}
	host_mutex_unlock(&space->lock);
}

/* One inside another one: all between them, too. */
void address_space_layout_covers(struct address_space *space, uintptr_t addr, size_t len)
{
	uintptr_t end = addr + len;

	host_mutex_lock(&space->lock);
	if (space->layout_start < space->layout_end) {
		addr = addr < space->layout_start ? addr : space->layout_start;
		end = end > space->layout_end ? end : space->layout_end;
	}
	space->layout_start = addr;
	space->layout_end = end;
	host_mutex_unlock(&space->lock);
}

void address_space_kill(struct address_space *space)
{
	host_mutex_lock(&space->lock);
	__atomic_store_n(&space->dying, true, __ATOMIC_RELAXED); /* address_space_is_dying() looks without the lock */
	host_cond_broadcast(&space->changed);
	while (space->accesses_waiting > 0)
		host_cond_wait(&space->changed, &space->lock, HOST_FOREVER, false);
	host_mutex_unlock(&space->lock);
}

bool address_space_is_dying(struct address_space *space)
{
	return __atomic_load_n(&space->dying, __ATOMIC_RELAXED);
}

bool address_space_layout_held(struct address_space *space)
{
	bool held;

	host_mutex_lock(&space->lock);
	held = space->layout_owner == threadp();
	host_mutex_unlock(&space->lock);
	return held;
}
