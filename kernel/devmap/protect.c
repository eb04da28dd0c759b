/* SPDX-License-Identifier: BSD-2-Clause */
/* mprotect(2). */
#include <sys/errno.h>
#include <sys/mman.h>

#include "kernel/devmap/devmap.h"
#include "kernel/devmap/handle.h"
#include "kernel/devmap/load.h"
#include "kernel/devmap/protection.h"
#include "kernel/vm/pinned_range.h"

/* The first handle in [addr, end). */
static struct handle *
handle_in(struct address_space *space, uintptr_t addr, uintptr_t end)
{
	struct handle *handle = addr < end ? handle_from(space, addr) : NULL;

	return handle != NULL && handle_base(handle) < end ? handle : NULL;
}

/* Only remaps change dh_maxprot, and they may come from anywhere. */
static bool
handle_grants(struct handle *handle, unsigned prot)
{
	bool grants;

	host_mutex_lock(&handle->lock);
	grants = (prot & ~handle->public.dh_maxprot) == 0;
	host_mutex_unlock(&handle->lock);
	return grants;
}

static int
handle_protect(struct handle *handle, uintptr_t start, uintptr_t end, unsigned prot)
{
	struct address_space *space = handle->space;
	int error;

	host_mutex_lock(&handle->lock);
	host_mutex_lock(&space->host_lock);
	error = host_as_protect(space->host, start, end - start, protection_host(prot));
	host_mutex_unlock(&space->host_lock);
	if (error == 0) {
		protection_set(handle, start, end, prot);
		if (protection_host(prot) == 0)
			unload_range(handle, start, end);
	}
	host_mutex_unlock(&handle->lock);
	return error;
}

static int
range_protect(struct address_space *space, uintptr_t addr, uintptr_t end, unsigned prot)
{
	struct handle *handle;
	int error = 0;

	for (uintptr_t at = addr; (handle = handle_in(space, at, end)) != NULL; at = handle_end(handle)) {
		if (!handle_grants(handle, prot))
			return EACCES;
	}
	while (error == 0 && addr < end && (handle = handle_in(space, addr, end)) != NULL) {
		uintptr_t start = handle_base(handle) > addr ? handle_base(handle) : addr;
		uintptr_t stop = handle_end(handle) < end ? handle_end(handle) : end;

		error = handle_protect(handle, start, stop, prot);
		addr = stop;
	}
	return error;
}

int devmap_protect(struct address_space *space, uintptr_t addr, size_t len, unsigned prot)
{
	int error;

	if (!address_space_overlaps(space, addr, len))
		return pinned_range_settle(space, addr, len);
	error = devmap_layout_begin(space, addr, len);
	if (error != 0)
		return error;
	error = range_protect(space, addr, addr + len, prot | PROT_USER);
	address_space_layout_end(space);
	return error;
}
