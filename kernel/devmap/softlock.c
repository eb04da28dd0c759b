/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/devmap/softlock.h"

#include <sys/errno.h>
#include <sys/mman.h>

#include "kernel/lib/message.h"
#include "kernel/devmap/fault.h"
#include "kernel/devmap/load.h"
#include "kernel/devmap/old_mmap.h"
#include "kernel/devmap/protection.h"
#include "kernel/devmap/range_pin.h"
#include "kernel/devmap/window.h"

int softlock_check(struct handle *handle, uintptr_t start, uintptr_t end, unsigned rw)
{
	int error = 0;

	host_mutex_lock(&handle->lock);
	if ((handle->public.dh_flags & DEVMAP_ALLOW_REMAP) != 0)
		error = EFAULT;
	while (error == 0 && start < end) {
		if (!protection_allows(protection_at(handle, start, &start), rw))
			error = EACCES;
	}
	host_mutex_unlock(&handle->lock);
	return error;
}

/* The part's handle: a cut elsewhere may have moved the part to another one since it was locked. */
static struct handle *
part_handle(const struct access *access, const struct pin_part *part)
{
	struct handle *handle = handle_from(access->space, part->start);

	return handle != NULL && handle_base(handle) <= part->start ? handle : NULL;
}

static int
driver_access(struct handle *handle, struct access *access, const struct pin_part *part, unsigned type, unsigned rw)
{
	devmap_handle_t *dh = &handle->public;
	offset_t off = handle_offset(handle, part->start);

	access->type = type;
	access->page = access->start = part->start;
	access->end = part->end;
	access->loaded = access->denied = false;
	return dh->dh_callbackops.devmap_access(dh, dh->dh_pvtp, off, part->end - part->start, type, rw);
}

/* Without devmap_access. */
static int
direct_load(struct handle *handle, struct access *access, const struct pin_part *part, unsigned rw)
{
	int code;

	access->type = DEVMAP_LOCK;
	access->page = access->start = part->start;
	access->end = part->end;
	if (handle->backing == BACKING_OLD_MMAP)
		return old_mmap_load(handle, part->start, rw);
	host_mutex_lock(&handle->lock);
	code = load_whole(handle, part->start, part->end, rw);
	host_mutex_unlock(&handle->lock);
	return code;
}

static int
fault_error(const struct fault *fault)
{
	if (fault->code == FC_PROT && (!fault->by_driver || fault->denied))
		return EACCES;
	return fault_errno(fault);
}

/*
 * Takes hold of the pages, if they have been loaded.  No remap changes them; an unload in the meantime takes a
 * translation only, which the next access gets back.
 */
static bool
pages_capture(struct handle *handle, const struct access *access, struct pin_part *part)
{
	const char *kernel;

	host_mutex_lock(&handle->lock);
	kernel = handle_kernel_address(handle, part->start);
	if (access->loaded && kernel != NULL) {
		part->object = page_object_find(kernel, &part->offset);
		part->single = handle->backing == BACKING_TRASH;
	}
	host_mutex_unlock(&handle->lock);
	return part->object != NULL;
}

int softlock_begin(struct access *access, struct pin_part *part, unsigned rw)
{
	struct handle *handle = part_handle(access, part);
	struct fault fault = {.by_driver = handle_has_access(handle)};
	int error;

	for (;;) {
		fault.code = fault.by_driver ? driver_access(handle, access, part, DEVMAP_LOCK, rw) : direct_load(handle, access, part, rw);
		fault.denied = access->denied;
		error = fault_error(&fault);
		if (error != 0 || pages_capture(handle, access, part))
			break;
		/* The driver did not load it, on purpose perhaps: it is asked again, as for an access. */
		error = fault_pause();
		if (error != 0)
			break;
	}
	access->type = DEVMAP_ACCESS;
	return error;
}

void softlock_end(struct access *access, const struct pin_part *part, unsigned rw)
{
	struct handle *handle = part_handle(access, part);
	int code;

	if (handle == NULL || !handle_has_access(handle))
		return;
	code = driver_access(handle, access, part, DEVMAP_UNLOCK, rw);
	access->type = DEVMAP_ACCESS;
	if (code != 0)
		message(HOST_LOG_DEBUG,
			"devmap_access of a mapping at %p failed to unlock: %d; it is unlocked all the same",
			(void *)part->start, code);
}
