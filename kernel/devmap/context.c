/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/devmap/context.h"

#include <sys/param.h>

#include "kernel/devmap/device.h"
#include "kernel/devmap/handle.h"
#include "kernel/host.h"

typedef int access_fn(devmap_cookie_t, void *, offset_t, size_t, uint_t, uint_t);

struct context_group {
	/* constant */
	const void *instance;
	access_fn *access;

	/* protected by the lock of all groups */
	struct context_group *next;
	size_t references;

	struct host_mutex lock; /* protects the fields below; never held across a callback */
	struct host_cond freed;
	bool busy;        /* a contextmgt callback runs */
	uint64_t free_at; /* monotonic nanoseconds: the slot stays taken until then */
};

/* All groups.  Used when handles are made and freed, not by faults. */
static struct {
	struct host_mutex lock; /* protects the field below, and next and references of all groups */
	struct context_group *first;
} groups;

static struct context_group *
group_create(const void *instance, access_fn *access)
{
	struct context_group *group = host_alloc(sizeof(*group), true);

	group->instance = instance;
	group->access = access;
	host_mutex_init(&group->lock);
	host_cond_init(&group->freed);
	group->next = groups.first;
	groups.first = group;
	return group;
}

struct context_group *
context_group_find(dev_t dev, access_fn *access)
{
	const void *instance = device_instance(dev);
	struct context_group *group;

	host_mutex_lock(&groups.lock);
	for (group = groups.first; group != NULL; group = group->next) {
		if (group->instance == instance && group->access == access)
			break;
	}
	if (group == NULL)
		group = group_create(instance, access);
	group->references++;
	host_mutex_unlock(&groups.lock);
	return group;
}

void context_group_hold(struct context_group *group)
{
	if (group == NULL)
		return;
	host_mutex_lock(&groups.lock);
	group->references++;
	host_mutex_unlock(&groups.lock);
}

void context_group_release(struct context_group *group)
{
	struct context_group **link = &groups.first;

	if (group == NULL)
		return;
	host_mutex_lock(&groups.lock);
	if (--group->references > 0) {
		host_mutex_unlock(&groups.lock);
		return;
	}
	while (*link != group)
		link = &(*link)->next;
	*link = group->next;
	host_mutex_unlock(&groups.lock);
	host_cond_destroy(&group->freed);
	host_mutex_destroy(&group->lock);
	host_free(group, sizeof(*group));
}

/* ---- the slot ---- */

static void
slot_take(struct context_group *group)
{
	host_mutex_lock(&group->lock);
	while (group->busy || host_time_monotonic() < group->free_at)
		host_cond_wait(&group->freed, &group->lock, group->busy ? HOST_FOREVER : group->free_at, false);
	group->busy = true;
	host_mutex_unlock(&group->lock);
}

/* Never is far enough away for a timeout of any length. */
static uint64_t
time_after(clock_t ticks)
{
	uint64_t now = host_time_monotonic(), tick = 1000000000u / (unsigned)hz;

	return (uint64_t)ticks < (HOST_FOREVER - now) / tick ? now + (uint64_t)ticks * tick : HOST_FOREVER;
}

/* ticks: for how long it stays taken. */
static void
slot_free(struct context_group *group, clock_t ticks)
{
	host_mutex_lock(&group->lock);
	group->busy = false;
	group->free_at = time_after(ticks);
	host_cond_broadcast(&group->freed);
	host_mutex_unlock(&group->lock);
}

static clock_t
handle_timeout(struct handle *handle)
{
	clock_t ticks;

	host_mutex_lock(&handle->lock);
	ticks = handle->public.dh_timeout_length;
	host_mutex_unlock(&handle->lock);
	return ticks;
}

int devmap_do_ctxmgt(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw,
		     int (*contextmgt)(devmap_cookie_t, void *, offset_t, size_t, uint_t, uint_t))
{
	struct handle *handle = handle_of(dhp);
	clock_t ticks = handle_timeout(handle);
	bool slot = ticks > 0 && handle->group != NULL && host_cpus() > 1;
	int result;

	if (contextmgt == NULL)
		return FC_HWERR;
	if (slot)
		slot_take(handle->group);
	result = contextmgt(dhp, handle->public.dh_pvtp, off, len, type, rw);
	if (slot)
		slot_free(handle->group, result == 0 ? ticks : 0);
	return result == 0 ? 0 : FC_HWERR;
}

void devmap_set_ctx_timeout(devmap_cookie_t dhp, clock_t ticks)
{
	struct handle *handle = handle_of(dhp);

	host_mutex_lock(&handle->lock);
	handle->public.dh_timeout_length = ticks;
	host_mutex_unlock(&handle->lock);
}
