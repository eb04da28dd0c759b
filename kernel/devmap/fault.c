/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/devmap/fault.h"

#include <sys/errno.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <sys/string.h>

#include "kernel/devmap/handle.h"
#include "kernel/devmap/load.h"
#include "kernel/devmap/old_mmap.h"
#include "kernel/devmap/order.h"
#include "kernel/devmap/protection.h"
#include "kernel/vm/pinned_range.h"

static struct handle *
handle_at(struct address_space *space, uintptr_t addr)
{
	struct segment *segment = address_space_find(space, addr);

	if (segment == NULL || segment_base(segment) > addr)
		return NULL;
	return devmap_segment_find((struct devmap_segment *)segment, addr);
}

static bool
page_allows(struct handle *handle, uintptr_t page, unsigned rw)
{
	uintptr_t end;
	unsigned prot;

	host_mutex_lock(&handle->lock);
	prot = protection_at(handle, page, &end);
	host_mutex_unlock(&handle->lock);
	return protection_allows(prot, rw);
}

static int
driver_access(struct handle *handle, uintptr_t page, unsigned rw)
{
	devmap_handle_t *dh = &handle->public;
	offset_t off = handle_offset(handle, page);

	return dh->dh_callbackops.devmap_access(dh, dh->dh_pvtp, off, PAGE_SIZE, DEVMAP_ACCESS, rw);
}

/* When no LOCK is in force. */
static void
fault_by_driver(struct access *access, struct handle *handle, uintptr_t page, unsigned rw, struct fault *fault)
{
	fault->by_driver = true;
	if (access_order_access(handle->order) != 0) {
		fault->code = FC_MAKE_ERR(EINTR);
		return;
	}
	fault->code = driver_access(handle, page, rw);
	fault->denied = access->denied;
	access_order_access_end(handle->order);
}

/* The page is loaded and locked: if its translation is missing, the host has dropped it. */
static int
load_pinned(struct handle *handle, uintptr_t page, unsigned rw, bool kernel)
{
	int code;

	host_mutex_lock(&handle->lock);
	code = load_range(handle, page, page + PAGE_SIZE, rw, !kernel);
	host_mutex_unlock(&handle->lock);
	return code;
}

struct fault
fault_serve(struct access *access, uintptr_t page, unsigned rw)
{
	struct handle *handle = handle_at(access->space, page);
	struct fault fault = {.code = 0};

	access->page = page;
	access->denied = access->loaded = false;
	if (handle == NULL) {
		fault.code = FC_NOMAP;
	} else if (!page_allows(handle, page, rw)) {
		fault.code = FC_PROT;
	} else if (pinned_range_pins(access->space, page)) {
		fault.code = load_pinned(handle, page, rw, access->kernel);
	} else if (handle_has_access(handle)) {
		fault_by_driver(access, handle, page, rw, &fault);
	} else if (handle->backing == BACKING_OLD_MMAP) {
		fault.code = old_mmap_load(handle, page, rw);
	} else {
		fault.code = load_around(handle, page, rw, access->kernel);
	}
	return fault;
}

/* ---- what a fault comes to ---- */

bool fault_interrupted(const struct fault *fault)
{
	if (!fault->by_driver || (fault->code == EINTR && fault->denied))
		return false;
	return fault->code == EINTR || fault->code == FC_MAKE_ERR(EINTR);
}

int fault_driver_error(int code)
{
	if (FC_CODE(code) == FC_OBJERR && code > FC_OBJERR)
		return (int)FC_ERRNO(code);
	return code & 0xffffff;
}

int fault_errno(const struct fault *fault)
{
	if (fault->code == 0)
		return 0;
	if (fault_interrupted(fault))
		return EINTR;
	if (FC_CODE(fault->code) == FC_OBJERR && fault->code > FC_OBJERR)
		return (int)FC_ERRNO(fault->code);
	return EFAULT;
}

/* ---- the kernel's own accesses ---- */

/* Copies if the page that was loaded has not been unloaded meanwhile. */
static bool
copy_loaded(struct handle *handle, const struct access *access, uintptr_t addr, void *buffer, size_t len,
	    bool write)
{
	char *kernel;
	bool copied = false;

	if (!access->loaded)
		return false;
	host_mutex_lock(&handle->lock);
	kernel = handle_kernel_address(handle, addr);
	if (handle->unloads == access->unloads && kernel != NULL) {
		if (write)
			memcpy(kernel, buffer, len);
		else
			memcpy(buffer, kernel, len);
		copied = true;
	}
	host_mutex_unlock(&handle->lock);
	return copied;
}

int fault_pause(void)
{
	struct host_mutex lock;
	struct host_cond never;
	enum host_wake wake;

	host_mutex_init(&lock);
	host_cond_init(&never);
	host_mutex_lock(&lock);
	wake = host_cond_wait(&never, &lock, host_time_monotonic() + 1000000, true);
	host_mutex_unlock(&lock);
	host_cond_destroy(&never);
	host_mutex_destroy(&lock);
	return wake == HOST_INTERRUPTED ? EINTR : 0;
}

int fault_copy(struct segment *segment, struct access *access, uintptr_t addr, void *buffer, size_t len, bool write)
{
	struct handle *handle = devmap_segment_find((struct devmap_segment *)segment, addr);
	int error;

	access->kernel = true;
	for (;;) {
		struct fault fault = fault_serve(access, page_floor(addr), write ? DEVMAP_WRITE : DEVMAP_READ);

		error = fault_errno(&fault);
		if (error != 0 || copy_loaded(handle, access, addr, buffer, len, write))
			return error;
		/* The driver did not load it, on purpose perhaps: the access is retried, as a process's would be. */
		error = fault_pause();
		if (error != 0)
			return error;
	}
}
