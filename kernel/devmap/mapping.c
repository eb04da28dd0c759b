/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/errno.h>
#include <sys/mman.h>

#include "kernel/devmap/devmap.h"
#include "kernel/devmap/setup.h"
#include "kernel/devmap/unmap.h"
#include "kernel/devmap/window.h"
#include "kernel/vm/pinned_range.h"

int mapping_begin(struct mapping *mapping, struct address_space *space)
{
	if (mapping->len == 0)
		return EINVAL;
	if (mapping->len > SIZE_MAX / 2)
		return ENOMEM;
	mapping->size = page_ceil(mapping->len);
	mapping->segment = devmap_segment_create(space, mapping->dev);
	if (mapping->segment == NULL)
		return EINVAL;
	mapping->segment->segment.public.s_size = mapping->size;
	return 0;
}

struct handle *
mapping_handle(const struct mapping *mapping, size_t at)
{
	struct handle *handle = handle_create(mapping->segment->segment.space);

	handle->public.dh_seg = &mapping->segment->segment.public;
	handle->public.dh_dev = mapping->dev;
	handle->public.dh_uoff = (offset_t)((uint64_t)mapping->off + at);
	handle->public.dh_prot = mapping->prot;
	handle->public.dh_maxprot = mapping->maxprot;
	handle->public.dh_orig_maxprot = mapping->maxprot;
	return handle;
}

void mapping_add(struct mapping *mapping, struct handle *handle, size_t at)
{
	handle->public.dh_uvaddr = (caddr_t)at;
	devmap_segment_add(mapping->segment, handle);
}

void mapping_abandon(struct mapping *mapping)
{
	struct handle *handle;

	while ((handle = devmap_segment_first(mapping->segment)) != NULL) {
		devmap_segment_take(mapping->segment, handle);
		handle_destroy(handle);
	}
	devmap_segment_destroy(mapping->segment);
	mapping->segment = NULL;
}

/* ---- the place ---- */

static int
mapping_check_fixed(const struct mapping *mapping)
{
	if (!(mapping->flags & MAP_FIXED))
		return 0;
	if ((mapping->addr & PAGE_OFFSET) != 0)
		return EINVAL;
	return mapping->addr > UINTPTR_MAX - mapping->size ? ENOMEM : 0;
}

/*
 * The range becomes the mapping's: in the host's view, and among the claims, so that two threads that map over each
 * other never have both their segments in one place.  A fixed one has its claim, and is cleared of device mappings.
 */
static int
mapping_reserve(struct mapping *mapping, struct claim *claim)
{
	struct address_space *space = mapping->segment->segment.space;
	bool fixed = (mapping->flags & MAP_FIXED) != 0;
	int error;

	host_mutex_lock(&space->host_lock);
	error = host_as_reserve(space->host, &mapping->addr, mapping->size, fixed ? HOST_AS_FIXED : 0);
	if (error == 0 && !fixed && !address_space_claim(space, claim, mapping->addr, mapping->size)) {
		host_as_release(space->host, mapping->addr, mapping->size);
		error = ENOMEM;
	}
	host_mutex_unlock(&space->host_lock);
	return error;
}

static void
mapping_release(struct mapping *mapping)
{
	struct address_space *space = mapping->segment->segment.space;

	host_mutex_lock(&space->host_lock);
	host_as_release(space->host, mapping->addr, mapping->size);
	host_mutex_unlock(&space->host_lock);
}

/* From offsets in the mapping to addresses; their order stays. */
static void
mapping_settle(struct mapping *mapping)
{
	mapping->segment->segment.public.s_base = (caddr_t)mapping->addr;
	for (struct handle *handle = devmap_segment_first(mapping->segment); handle != NULL;
	     handle = handle_next(handle)) {
		handle->public.dh_uvaddr += mapping->addr;
		handle->node.key = handle_base(handle);
	}
}

/* ---- devmap_map ---- */

static int
handle_map(struct handle *handle, const struct mapping *mapping)
{
	devmap_handle_t *dh = &handle->public;
	void *pvtp = NULL;

	if (dh->dh_callbackops.devmap_map == NULL)
		return 0;
	if (dh->dh_callbackops.devmap_map(dh, dh->dh_dev, mapping->flags, dh->dh_uoff, dh->dh_len, &pvtp) != 0)
		return ENXIO;
	dh->dh_pvtp = pvtp;
	return 0;
}

/* devmap_unmap for the handles before end, whose devmap_map succeeded. */
static void
mapping_unmap(struct mapping *mapping, const struct handle *end)
{
	for (struct handle *handle = devmap_segment_first(mapping->segment); handle != end;
	     handle = handle_next(handle))
		unmap_whole(handle);
}

static int
mapping_map(struct mapping *mapping)
{
	struct handle *handle;
	int error = 0;

	for (handle = devmap_segment_first(mapping->segment); handle != NULL; handle = handle_next(handle)) {
		error = handle_map(handle, mapping);
		if (error != 0)
			break;
	}
	if (error != 0)
		mapping_unmap(mapping, handle);
	return error;
}

static int
mapping_show(struct mapping *mapping)
{
	int error = 0;

	for (struct handle *handle = devmap_segment_first(mapping->segment); handle != NULL && error == 0;
	     handle = handle_next(handle)) {
		host_mutex_lock(&handle->lock);
		error = window_show(handle);
		host_mutex_unlock(&handle->lock);
	}
	return error;
}

/*
 * With the range claimed.  A driver may hold its mutex over devmap_setup(9F), and what its devmap_map has made is undone by
 * its devmap_unmap, which may want that mutex: where the host cannot show the mapping, it stands all the same and goes
 * as others do, in a munmap or in the process's end.
 */
static int
mapping_finish(struct mapping *mapping)
{
	struct devmap_segment *segment = mapping->segment;
	int error;

	mapping_settle(mapping);
	error = mapping_map(mapping);
	if (error != 0)
		return error;
	segment->unshown = mapping_show(mapping);
	if (segment->unshown != 0)
		atomic_store(&segment->segment.space->unshown, true);
	address_space_insert(&segment->segment);
	return 0;
}

/*
 * What a fixed mapping replaces goes; *replaces: in a layout change, which stays until the new one stands, so that
 * accesses to the range wait.  EINTR: some of it is locked for a device.
 */
static int
mapping_clear(const struct mapping *mapping, bool *replaces, struct devmap_segment **dead)
{
	struct address_space *space = mapping->segment->segment.space;
	int error;

	if (!address_space_overlaps(space, mapping->addr, mapping->size))
		return pinned_range_settle(space, mapping->addr, mapping->size);
	error = devmap_layout_begin(space, mapping->addr, mapping->size);
	if (error != 0)
		return error;
	*replaces = true;
	*dead = unmap_range(space, mapping->addr, mapping->size);
	return 0;
}

/* With its claim, if it is fixed, which it keeps.  The others have got theirs on success. */
static int
mapping_settle_in(struct mapping *mapping, struct claim *claim)
{
	struct address_space *space = mapping->segment->segment.space;
	struct devmap_segment *dead = NULL;
	bool fixed = (mapping->flags & MAP_FIXED) != 0, replaces = false;
	int error = fixed ? mapping_clear(mapping, &replaces, &dead) : 0;

	if (error == 0)
		error = mapping_reserve(mapping, claim);
	if (error == 0) {
		error = mapping_finish(mapping);
		if (error != 0)
			mapping_release(mapping);
		if (!fixed)
			address_space_unclaim(space, claim);
	}
	if (replaces)
		address_space_layout_end(space);
	unmap_finish(dead);
	return error;
}

int mapping_place(struct mapping *mapping)
{
	struct address_space *space = mapping->segment->segment.space;
	bool fixed = (mapping->flags & MAP_FIXED) != 0;
	struct claim claim;
	int error = mapping_check_fixed(mapping);

	if (error == 0 && fixed && !address_space_claim(space, &claim, mapping->addr, mapping->size))
		error = ENOMEM;
	if (error == 0) {
		error = mapping_settle_in(mapping, &claim);
		if (fixed)
			address_space_unclaim(space, &claim);
	}
	if (error != 0)
		mapping_abandon(mapping);
	return error;
}

/* ---- what the host could not show ---- */

static int
unshown_at(struct address_space *space, uintptr_t addr)
{
	const struct segment *segment;
	int error = 0;

	address_space_layout_begin(space);
	segment = address_space_find(space, addr);
	if (segment != NULL && segment_base(segment) == addr)
		error = ((const struct devmap_segment *)segment)->unshown;
	address_space_layout_end(space);
	return error;
}

int devmap_confirm(struct address_space *space, uintptr_t addr, size_t len)
{
	int error = atomic_load(&space->unshown) ? unshown_at(space, addr) : 0;

	if (error != 0 && error != EFAULT)
		(void)devmap_unmap(space, addr, page_ceil(len)); /* EINTR: it is locked for a device, and stays till the end */
	return error;
}
