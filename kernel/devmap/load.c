/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/devmap/load.h"

#include <sys/ddidevmap.h>
#include <sys/errno.h>
#include <sys/mman.h>
#include <sys/proc.h>

#include "kernel/lib/message.h"
#include "kernel/devmap/handle.h"
#include "kernel/devmap/protection.h"
#include "kernel/devmap/window.h"

/* ---- the range that a driver names ---- */

/*
 *	dh_uoff                        dh_uoff + dh_len
 *	  |------------- handle -------------|
 *	        |off    + len|                     in user offsets
 *	       |start       end|                   user addresses, whole pages
 *
 * len 0: to the handle's end; off 0 and len 0: all of the handle.  Under handle->lock.
 */
static bool
range_locate(const struct handle *handle, offset_t off, size_t len, uintptr_t *start, uintptr_t *end)
{
	size_t skip;

	*start = handle_base(handle);
	*end = handle_end(handle);
	if (off == 0 && len == 0)
		return true;
	off &= PAGEMASK;
	if (off < handle->public.dh_uoff)
		return false;
	skip = (size_t)off - (size_t)handle->public.dh_uoff;
	if (skip >= handle->public.dh_len || len > handle->public.dh_len)
		return false;
	*start += skip;
	if (len == 0)
		return true;
	if (page_ceil(len) > handle->public.dh_len - skip)
		return false;
	*end = *start + page_ceil(len);
	return true;
}

/* ---- load ---- */

/* 0, or why no access to the handle succeeds. */
static int
backing_fault(const struct handle *handle)
{
	switch (handle->backing) {
	case BACKING_PAGES:
	case BACKING_TRASH:
	case BACKING_OLD_MMAP:
		return 0;
	case BACKING_INVALID_DEVMEM:
		return FC_NOMAP;
	default:
		return FC_MAKE_ERR(EFAULT);
	}
}

static bool
range_allows(const struct handle *handle, uintptr_t start, uintptr_t end, unsigned rw)
{
	while (start < end) {
		if (!protection_allows(protection_at(handle, start, &start), rw))
			return false;
	}
	return true;
}

/* The innermost access of this thread in the handle's process learns what became of its page. */
static void
access_note(struct handle *handle, uintptr_t start, uintptr_t end, int code)
{
	struct access *access = address_space_access(handle->space);

	if (access == NULL)
		return;
	if (code == FC_PROT)
		access->denied = true;
	if (code != 0 || (!access->kernel && access->type != DEVMAP_LOCK))
		return;
	if (start <= access->page && (access->type == DEVMAP_LOCK ? access->end : access->page + 1) <= end) {
		access->loaded = true;
		access->unloads = handle->unloads;
	}
}

/* A translation carries the page's full protection, not only what the access asked for. */
static int
host_load(struct handle *handle, uintptr_t start, uintptr_t end)
{
	int error = 0;

	while (start < end && error == 0) {
		uintptr_t run_end;
		unsigned prot = protection_host(protection_at(handle, start, &run_end));

		if (run_end > end)
			run_end = end;
		if (prot != 0)
			error = host_as_load(handle->space->host, start, run_end - start, prot);
		start = run_end;
	}
	return error;
}

int load_range(struct handle *handle, uintptr_t start, uintptr_t end, unsigned rw, bool translate)
{
	int code = backing_fault(handle), error;

	if (code == 0 && !range_allows(handle, start, end, rw))
		code = FC_PROT;
	if (code == 0 && translate) {
		error = window_reveal(handle, start, end);
		if (error == 0)
			error = host_load(handle, start, end);
		/* EFAULT: the window is gone since the process is dying or unmapping, and its retry will find out. */
		if (error != 0 && error != EFAULT) {
			message(HOST_LOG_WARN, "pages of a mapping at %p cannot be loaded: error %d", (void *)start, error);
			code = FC_MAKE_ERR(error);
		}
	}
	access_note(handle, start, end, code);
	return code;
}

/* Loaded together on a fault where no driver wants to see each page. */
#define LOAD_CLUSTER ((size_t)2 << 20)

/*
 *	   |---- handle ----------------------|
 *	|------ cluster ------|------ cluster ------|
 *	        | run of one protection |
 *	        |<-- loaded ->| for a fault here
 */
int load_around(struct handle *handle, uintptr_t page, unsigned rw, bool kernel)
{
	uintptr_t start, end, run_end;
	int code;

	host_mutex_lock(&handle->lock);
	start = page & ~(LOAD_CLUSTER - 1);
	end = start + LOAD_CLUSTER;
	if (start < handle_base(handle))
		start = handle_base(handle);
	(void)protection_at(handle, page, &run_end);
	if (end > run_end)
		end = run_end;
	if (!range_allows(handle, start, end, rw))
		start = page;
	window_clamp(handle, page, &start, &end);
	/* The kernel itself needs no translation. */
	code = load_range(handle, start, end, rw, !kernel);
	host_mutex_unlock(&handle->lock);
	return code;
}

int load_whole(struct handle *handle, uintptr_t start, uintptr_t end, unsigned rw)
{
	uintptr_t from = start, to = end;

	window_clamp(handle, start, &from, &to);
	if (from != start || to != end)
		return FC_MAKE_ERR(ENOMEM); /* more windows than a host can lay at once */
	return load_range(handle, start, end, rw, handle_intercepts(handle));
}

/*
 * LOCK and UNLOCK come from a callback of the same type, for all of its range.  What they pin, and let go, is the
 * range lock's whose callback it is.  Under handle->lock.
 */
static int
load_locked(struct handle *handle, const struct access *access, uintptr_t start, uintptr_t end, unsigned type,
	    unsigned rw)
{
	if (access == NULL || access->type != type || access->start != start || access->end != end)
		return FC_MAKE_ERR(EINVAL);
	if (type == DEVMAP_UNLOCK)
		return 0; /* it stays loaded */
	return load_whole(handle, start, end, rw);
}

int devmap_load(devmap_cookie_t dhp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	struct handle *handle = handle_of(dhp);
	uintptr_t start, end;
	int code = FC_MAKE_ERR(EINVAL);

	if (&handle->space->public != curproc->p_as) {
		driver_warning(CALLER(), "devmap_load: handle %p is a mapping of another process", dhp);
		return code;
	}
	host_mutex_lock(&handle->lock);
	if (range_locate(handle, off, len, &start, &end)) {
		const struct access *access = address_space_access(handle->space);

		if (type == DEVMAP_LOCK || type == DEVMAP_UNLOCK) {
			code = load_locked(handle, access, start, end, type, rw);
		} else {
			window_clamp(handle, access == NULL ? start : access->page, &start, &end);
			code = load_range(handle, start, end, rw, true);
		}
	}
	host_mutex_unlock(&handle->lock);
	return code;
}

int devmap_default_access(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	return devmap_load(dhp, off, len, type, rw);
}

/* ---- unload ---- */

void unload_range(struct handle *handle, uintptr_t start, uintptr_t end)
{
	host_as_unload(handle->space->host, start, end - start);
	handle->unloads++;
}

void unload_handle(struct handle *handle)
{
	unload_range(handle, handle_base(handle), handle_end(handle));
}

int devmap_unload(devmap_cookie_t dhp, offset_t off, size_t len)
{
	struct handle *handle = handle_of(dhp);
	uintptr_t start, end;
	int code = FC_MAKE_ERR(EINVAL);

	host_mutex_lock(&handle->lock);
	if (range_locate(handle, off, len, &start, &end)) {
		unload_range(handle, start, end);
		code = 0;
	}
	host_mutex_unlock(&handle->lock);
	return code;
}
