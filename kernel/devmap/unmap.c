/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/devmap/unmap.h"

#include "kernel/devmap/context.h"
#include "kernel/devmap/devmap.h"
#include "kernel/devmap/handle.h"
#include "kernel/devmap/order.h"
#include "kernel/devmap/protection.h"
#include "kernel/devmap/window.h"
#include "kernel/vm/pinned_range.h"

/* What a cut leaves behind until the host has given the range back: pages that windows still show. */
struct debris {
	struct handle *handles; /* by dh_next */
	struct patch *patches;
};

/* ---- one handle ---- */

/*
 *	         base     start        end      old_end
 *	handle    |--------|============|---------|
 *	           before     removed      after
 */
struct cut {
	struct handle *handle;
	uintptr_t start, end;
	struct handle *before, *after; /* NULL: nothing is left there */
	void *before_pvtp, *after_pvtp;
};

static void
driver_unmap(struct cut *cut)
{
	devmap_handle_t *dh = &cut->handle->public;
	void **before_pvtp = cut->before == NULL ? NULL : &cut->before_pvtp;
	void **after_pvtp = cut->after == NULL ? NULL : &cut->after_pvtp;

	if (dh->dh_callbackops.devmap_unmap == NULL)
		return;
	dh->dh_callbackops.devmap_unmap(dh, dh->dh_pvtp, handle_offset(cut->handle, cut->start), cut->end - cut->start,
					cut->before, before_pvtp, cut->after, after_pvtp);
}

void unmap_whole(struct handle *handle)
{
	struct cut cut = {.handle = handle, .start = handle_base(handle), .end = handle_end(handle)};

	host_mutex_lock(&handle->lock);
	handle_stop_export(handle);
	host_mutex_unlock(&handle->lock);
	driver_unmap(&cut);
}

/* The handle is [start, end) from now on. */
static void
handle_trim(struct handle *handle, uintptr_t start, uintptr_t end, struct debris *debris)
{
	devmap_handle_t *dh = &handle->public;
	uintptr_t old_base = handle_base(handle);
	size_t skip = start - old_base;
	offset_t off = handle_offset(handle, start);

	host_mutex_lock(&handle->lock);
	protection_trim(handle, start, end);
	window_trim(handle, old_base, start, end, &debris->patches);
	dh->dh_uvaddr = (caddr_t)start;
	dh->dh_len = end - start;
	dh->dh_uoff = off;
	dh->dh_roff += (offset_t)skip;
	if (dh->dh_cvaddr != NULL)
		dh->dh_cvaddr += skip;
	handle->offset += skip;
	handle->node.key = start; /* it only shrinks: the order stays */
	host_mutex_unlock(&handle->lock);
}

/* The part of a handle from start on as a handle of its own, not in the segment yet. */
static struct handle *
handle_part(struct handle *whole, uintptr_t start)
{
	struct handle *part = handle_create(whole->space);
	size_t skip = start - handle_base(whole);

	host_mutex_lock(&whole->lock);
	part->public = whole->public;
	part->public.dh_next = NULL;
	part->public.dh_uvaddr += skip;
	part->public.dh_len -= skip;
	part->public.dh_uoff = handle_offset(whole, start);
	part->public.dh_roff += (offset_t)skip;
	if (part->public.dh_cvaddr != NULL)
		part->public.dh_cvaddr += skip;
	part->group = whole->group;
	context_group_hold(part->group);
	part->order = whole->order;
	access_order_hold(part->order);
	if (whole->object != NULL)
		page_object_hold(whole->object);
	handle_back(part, whole->backing, whole->object, whole->offset + skip);
	window_split(part, whole);
	protection_copy(part, whole);
	host_mutex_unlock(&whole->lock);
	return part;
}

static void
cut_whole(struct devmap_segment *segment, struct cut *cut, struct debris *debris)
{
	unmap_whole(cut->handle);
	devmap_segment_take(segment, cut->handle);
	cut->handle->public.dh_next = debris->handles != NULL ? &debris->handles->public : NULL;
	debris->handles = cut->handle;
}

/* Callback first, while the handle's own fields are the old ones. */
static void
cut_part(struct devmap_segment *segment, struct cut *cut, struct debris *debris)
{
	struct handle *handle = cut->handle;
	uintptr_t base = handle_base(handle), end = handle_end(handle);

	cut->before = cut->start > base ? handle : NULL;
	cut->after = cut->end == end ? NULL : cut->before == NULL ? handle
								  : handle_part(handle, cut->end);
	cut->before_pvtp = cut->after_pvtp = handle->public.dh_pvtp;
	driver_unmap(cut);
	if (cut->before != NULL) {
		handle_trim(handle, base, cut->start, debris);
		handle->public.dh_pvtp = cut->before_pvtp;
	} else {
		handle_trim(handle, cut->end, end, debris);
	}
	if (cut->after != NULL)
		cut->after->public.dh_pvtp = cut->after_pvtp;
	if (cut->after != NULL && cut->after != handle)
		devmap_segment_add(segment, cut->after);
}

static void
handle_cut(struct devmap_segment *segment, struct handle *handle, uintptr_t start, uintptr_t end,
	   struct debris *debris)
{
	struct cut cut = {.handle = handle, .start = start, .end = end};

	if (cut.start < handle_base(handle))
		cut.start = handle_base(handle);
	if (cut.end > handle_end(handle))
		cut.end = handle_end(handle);
	if (cut.start == handle_base(handle) && cut.end == handle_end(handle))
		cut_whole(segment, &cut, debris);
	else
		cut_part(segment, &cut, debris);
}

static void
debris_clear(struct debris *debris)
{
	while (debris->handles != NULL) {
		struct handle *handle = debris->handles;

		debris->handles = handle_next(handle);
		handle_destroy(handle);
	}
	window_drop(debris->patches);
}

/* ---- one segment ---- */

/*
 * Some pages are gone from the middle: what is above them becomes a segment of its own.  The smaller side's handles
 * move, so that a process that punches hole after hole does not cost more and more.
 */
static void
segment_split(struct devmap_segment *segment, uintptr_t start, uintptr_t end)
{
	struct devmap_segment *other = devmap_segment_create(segment->segment.space, segment->dev);
	uintptr_t base = segment_base(&segment->segment), old_end = segment_end(&segment->segment);
	struct handle *low = devmap_segment_first(segment);
	struct handle *high = tree_entry(tree_find_above(&segment->handles, end), struct handle, node);
	struct handle *low_scan = low, *high_scan = high, *handle, *next;
	bool high_moves;

	while (handle_base(low_scan) < start && high_scan != NULL) {
		low_scan = handle_next(low_scan);
		high_scan = handle_next(high_scan);
	}
	high_moves = high_scan == NULL;
	for (handle = high_moves ? high : low; handle != NULL && (high_moves || handle_base(handle) < start);
	     handle = next) {
		next = handle_next(handle);
		devmap_segment_take(segment, handle);
		host_mutex_lock(&handle->lock);
		devmap_segment_add(other, handle);
		host_mutex_unlock(&handle->lock);
	}
	if (high_moves) {
		address_space_resize(&segment->segment, base, start - base);
		base = end;
	} else {
		address_space_resize(&segment->segment, end, old_end - end);
		old_end = start;
	}
	other->segment.public.s_base = (caddr_t)base;
	other->segment.public.s_size = old_end - base;
	address_space_insert(&other->segment);
}

static void
space_release(struct address_space *space, uintptr_t start, uintptr_t end)
{
	host_mutex_lock(&space->host_lock);
	host_as_release(space->host, start, end - start);
	host_mutex_unlock(&space->host_lock);
}

/*
 * [start, end) lies in the segment.  Translations first, then the callbacks, then the host's range, then what was
 * behind it.
 */
static void
segment_unmap(struct devmap_segment *segment, uintptr_t start, uintptr_t end)
{
	struct address_space *space = segment->segment.space;
	uintptr_t base = segment_base(&segment->segment), old_end = segment_end(&segment->segment);
	struct debris debris = {0};
	struct handle *handle, *next;

	host_as_unload(space->host, start, end - start);
	for (handle = devmap_segment_from(segment, start); handle != NULL && handle_base(handle) < end; handle = next) {
		next = handle_next(handle);
		handle_cut(segment, handle, start, end, &debris);
	}
	if (start == base && end == old_end)
		address_space_remove(&segment->segment);
	else if (start == base)
		address_space_resize(&segment->segment, end, old_end - end);
	else if (end == old_end)
		address_space_resize(&segment->segment, base, start - base);
	else
		segment_split(segment, start, end);
	space_release(space, start, end);
	debris_clear(&debris);
}

struct devmap_segment *
unmap_range(struct address_space *space, uintptr_t addr, size_t len)
{
	uintptr_t end = addr + len;
	struct segment *segment;
	struct devmap_segment *dead = NULL;

	if (!address_space_layout_held(space))
		host_panic("unmap outside a layout change");
	while ((segment = address_space_find(space, addr)) != NULL && segment_base(segment) < end) {
		uintptr_t start = segment_base(segment) > addr ? segment_base(segment) : addr;
		uintptr_t stop = segment_end(segment) < end ? segment_end(segment) : end;

		segment_unmap((struct devmap_segment *)segment, start, stop);
		addr = stop;
		if (((struct devmap_segment *)segment)->handles.count == 0) {
			segment->public.s_next = (struct seg *)dead;
			dead = (struct devmap_segment *)segment;
		}
	}
	return dead;
}

void unmap_finish(struct devmap_segment *dead)
{
	while (dead != NULL) {
		struct devmap_segment *next = (struct devmap_segment *)dead->segment.public.s_next;

		devmap_segment_destroy(dead);
		dead = next;
	}
}

/* ---- system calls ---- */

/* A lock may come between the wait for locks and the begin of the layout change, but not after that. */
int devmap_layout_begin(struct address_space *space, uintptr_t addr, size_t len)
{
	int error;

	for (;;) {
		error = pinned_range_settle(space, addr, len);
		if (error != 0)
			return error;
		address_space_layout_begin(space);
		address_space_layout_covers(space, addr, len);
		if (!pinned_range_overlaps(space, addr, len))
			return 0;
		address_space_layout_end(space);
	}
}

int devmap_unmap(struct address_space *space, uintptr_t addr, size_t len)
{
	struct devmap_segment *dead;
	int error;

	if (!address_space_overlaps(space, addr, len))
		return pinned_range_settle(space, addr, len);
	error = devmap_layout_begin(space, addr, len);
	if (error != 0)
		return error;
	dead = unmap_range(space, addr, len);
	address_space_layout_end(space);
	unmap_finish(dead);
	return 0;
}

void devmap_unmap_all(struct address_space *space)
{
	struct devmap_segment *dead;

	address_space_layout_begin(space);
	dead = unmap_range(space, 0, UINTPTR_MAX);
	address_space_layout_end(space);
	unmap_finish(dead);
}
