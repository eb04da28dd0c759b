/* SPDX-License-Identifier: BSD-2-Clause */
/* fork(2): copies of all handles for the child, in the parent's context. */
#include <sys/errno.h>

#include "kernel/devmap/context.h"
#include "kernel/devmap/devmap.h"
#include "kernel/devmap/handle.h"
#include "kernel/devmap/order.h"
#include "kernel/devmap/protection.h"
#include "kernel/devmap/unmap.h"
#include "kernel/devmap/window.h"

/* With no translations, and nothing shown yet. */
static struct handle *
handle_copy(struct handle *handle, struct devmap_segment *to)
{
	struct handle *copy = handle_create(to->segment.space);

	host_mutex_lock(&handle->lock);
	copy->public = handle->public;
	copy->public.dh_seg = &to->segment.public;
	copy->public.dh_next = NULL;
	copy->group = handle->group;
	context_group_hold(copy->group);
	copy->order = handle->order;
	access_order_hold(copy->order);
	if (handle->object != NULL)
		page_object_hold(handle->object);
	handle_back(copy, handle->backing, handle->object, handle->offset);
	protection_copy(copy, handle);
	host_mutex_unlock(&handle->lock);
	return copy;
}

static int
driver_dup(struct handle *handle, struct handle *copy)
{
	devmap_handle_t *dh = &handle->public;
	void *pvtp = dh->dh_pvtp;
	int error = 0;

	if (dh->dh_callbackops.devmap_dup != NULL)
		error = dh->dh_callbackops.devmap_dup(dh, dh->dh_pvtp, copy, &pvtp);
	copy->public.dh_pvtp = pvtp;
	return error;
}

static int
handle_dup(struct handle *handle, struct devmap_segment *to)
{
	struct handle *copy = handle_copy(handle, to);
	int error = driver_dup(handle, copy);

	if (error != 0) {
		handle_destroy(copy);
		return error;
	}
	devmap_segment_add(to, copy);
	host_mutex_lock(&copy->lock);
	error = handle_intercepts(copy) ? window_inherit(copy, handle) : window_show(copy);
	host_mutex_unlock(&copy->lock);
	return error;
}

static int
segment_reserve(struct devmap_segment *segment)
{
	struct address_space *space = segment->segment.space;
	uintptr_t addr = segment_base(&segment->segment);
	int error;

	host_mutex_lock(&space->host_lock);
	error = host_as_reserve(space->host, &addr, segment->segment.public.s_size, HOST_AS_FIXED);
	host_mutex_unlock(&space->host_lock);
	return error;
}

/* The child's segment is published even if only some handles were copied: the child's unmapping takes it away. */
static int
segment_dup(struct devmap_segment *segment, struct address_space *child)
{
	struct devmap_segment *copy = devmap_segment_create(child, segment->dev);
	int error;

	copy->segment.public.s_base = segment->segment.public.s_base;
	copy->segment.public.s_size = segment->segment.public.s_size;
	error = segment_reserve(copy);
	if (error != 0) {
		devmap_segment_destroy(copy);
		return error;
	}
	for (struct handle *handle = devmap_segment_first(segment); handle != NULL && error == 0;
	     handle = handle_next(handle))
		error = handle_dup(handle, copy);
	address_space_insert(&copy->segment);
	return error;
}

int devmap_dup_all(struct address_space *parent, struct address_space *child)
{
	struct segment *segment;
	int error = 0;

	address_space_layout_begin(parent);
	for (segment = address_space_find(parent, 0); segment != NULL && error == 0;
	     segment = address_space_find(parent, segment_end(segment)))
		error = segment_dup((struct devmap_segment *)segment, child);
	address_space_layout_end(parent);
	if (error != 0)
		devmap_unmap_all(child);
	return error;
}
