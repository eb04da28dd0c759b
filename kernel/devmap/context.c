/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/devmap/context.h"

#include <sys/param.h>

#include "kernel/devmap/device.h"
#include "kernel/devmap/handle.h"
#include "kernel/devmap/registry.h"
#include "kernel/host.h"

struct context_group {
	struct registered registered; /* first; by the device's instance */

	struct host_mutex lock; /* protects the fields below; never held across a callback */
	struct host_cond freed;
	bool busy;        /* a contextmgt callback runs */
	uint64_t free_at; /* monotonic nanoseconds: the slot stays taken until then */
};

static struct context_group *
group_of(struct registered *registered)
{
	return (struct context_group *)registered;
}

static void
group_init(struct registered *registered)
{
	host_mutex_init(&group_of(registered)->lock);
	host_cond_init(&group_of(registered)->freed);
}

static void
group_fini(struct registered *registered)
{
	host_cond_destroy(&group_of(registered)->freed);
	host_mutex_destroy(&group_of(registered)->lock);
}

static struct registry groups = {.size = sizeof(struct context_group), .init = group_init, .fini = group_fini};

struct context_group *
context_group_find(dev_t dev, access_fn *access)
{
	return group_of(registry_find(&groups, (uint64_t)(uintptr_t)device_instance(dev), access));
}

void context_group_hold(struct context_group *group)
{
	registry_hold(&groups, (struct registered *)group);
}

void context_group_release(struct context_group *group)
{
	registry_release(&groups, (struct registered *)group);
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
