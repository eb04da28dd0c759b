/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/devmap/handle.h"

#include "kernel/devmap/context.h"
#include "kernel/devmap/device.h"
#include "kernel/devmap/fault.h"
#include "kernel/devmap/order.h"
#include "kernel/devmap/protection.h"
#include "kernel/devmap/window.h"

struct handle *
handle_create(struct address_space *space)
{
	struct handle *handle = host_alloc(sizeof(*handle), true);

	handle->space = space;
	host_mutex_init(&handle->lock);
	return handle;
}

void handle_destroy(struct handle *handle)
{
	window_forget(handle);
	handle_back(handle, BACKING_UNSET, NULL, 0);
	protection_clear(handle);
	context_group_release(handle->group);
	access_order_release(handle->order);
	host_mutex_destroy(&handle->lock);
	host_free(handle, sizeof(*handle));
}

bool handle_has_access(const struct handle *handle)
{
	return device_slot_usable(handle->public.dh_callbackops.devmap_access);
}

bool handle_intercepts(const struct handle *handle)
{
	return handle_has_access(handle) || handle->backing != BACKING_PAGES ||
	       (handle->public.dh_flags & DEVMAP_ALLOW_REMAP) != 0;
}

void handle_back(struct handle *handle, enum backing backing, struct page_object *object, size_t offset)
{
	handle_stop_export(handle);
	page_object_release(handle->object);
	handle->backing = backing;
	handle->object = object;
	handle->offset = offset;
	if (backing == BACKING_PAGES) {
		atomic_fetch_add(&object->exports, 1);
		handle->exports = true;
	}
}

void handle_stop_export(struct handle *handle)
{
	if (handle->exports)
		atomic_fetch_sub(&handle->object->exports, 1);
	handle->exports = false;
}

char *
handle_kernel_address(struct handle *handle, uintptr_t addr)
{
	switch (handle->backing) {
	case BACKING_PAGES:
		return handle->object->address + handle->offset + (addr - handle_base(handle));
	case BACKING_TRASH:
		return handle->object->address + (addr & PAGE_OFFSET);
	case BACKING_OLD_MMAP:
		return window_patch_address(handle, addr);
	default:
		return NULL;
	}
}

/* ---- segments ---- */

static const struct segment_ops devmap_segment_ops = {
	.copy = fault_copy,
};

struct devmap_segment *
devmap_segment_create(struct address_space *space, dev_t dev)
{
	struct devmap_segment *segment;

	if (!device_hold_mapping(dev))
		return NULL;
	segment = host_alloc(sizeof(*segment), true);
	segment->segment.public.s_as = &space->public;
	segment->segment.public.s_data = segment;
	segment->segment.space = space;
	segment->segment.ops = &devmap_segment_ops;
	segment->dev = dev;
	return segment;
}

void devmap_segment_destroy(struct devmap_segment *segment)
{
	dev_t dev = segment->dev;

	host_free(segment, sizeof(*segment));
	device_release_mapping(dev);
}

static struct handle *
handle_before(const struct devmap_segment *segment, uintptr_t addr)
{
	return addr == 0 ? NULL : tree_entry(tree_find_below(&segment->handles, addr - 1), struct handle, node);
}

void devmap_segment_add(struct devmap_segment *segment, struct handle *handle)
{
	uintptr_t base = handle_base(handle);
	struct handle *before = handle_before(segment, base);
	struct handle *after = tree_entry(tree_find_above(&segment->handles, base), struct handle, node);

	tree_insert(&segment->handles, &handle->node, base);
	handle->public.dh_seg = &segment->segment.public;
	handle->public.dh_next = after != NULL ? &after->public : NULL;
	if (before != NULL)
		before->public.dh_next = &handle->public;
}

void devmap_segment_take(struct devmap_segment *segment, struct handle *handle)
{
	struct handle *before = handle_before(segment, handle->node.key);

	tree_remove(&segment->handles, &handle->node);
	if (before != NULL)
		before->public.dh_next = handle->public.dh_next;
	handle->public.dh_next = NULL;
}

struct handle *
devmap_segment_find(const struct devmap_segment *segment, uintptr_t addr)
{
	struct handle *handle = tree_entry(tree_find_below(&segment->handles, addr), struct handle, node);

	return handle != NULL && addr < handle_end(handle) ? handle : NULL;
}

struct handle *
devmap_segment_from(const struct devmap_segment *segment, uintptr_t addr)
{
	struct handle *handle = devmap_segment_find(segment, addr);

	return handle != NULL ? handle : tree_entry(tree_find_above(&segment->handles, addr), struct handle, node);
}

struct handle *
handle_from(struct address_space *space, uintptr_t addr)
{
	struct segment *segment = address_space_find(space, addr);

	return segment == NULL ? NULL : devmap_segment_from((struct devmap_segment *)segment, addr);
}
