/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/devmap/old_mmap.h"

#include <sys/errno.h>
#include <vm/hat.h>

#include "kernel/lib/message.h"
#include "kernel/devmap/device.h"
#include "kernel/devmap/load.h"
#include "kernel/devmap/protection.h"
#include "kernel/devmap/setup.h"
#include "kernel/devmap/window.h"

#define FRAME_NONE (-1)

/* Every page must have a frame before anything is mapped. */
static bool
frames_valid(const struct cb_ops *entries, dev_t dev, offset_t off, size_t len, unsigned maxprot)
{
	for (size_t at = 0; at < len; at += PAGE_SIZE) {
		if (entries->cb_mmap(dev, (off_t)((uint64_t)off + at), (int)maxprot) == FRAME_NONE)
			return false;
	}
	return true;
}

int old_mmap_setup(dev_t dev, offset_t off, struct as *as, caddr_t *addrp, size_t len, unsigned prot,
		   unsigned maxprot, unsigned flags)
{
	struct mapping mapping = {.dev = dev, .off = off, .len = len, .prot = prot, .maxprot = maxprot, .flags = flags, .addr = (uintptr_t)*addrp};
	struct handle *handle;
	int error;

	error = mapping_begin(&mapping, address_space_of(as));
	if (error != 0)
		return error;
	if (!frames_valid(device_entries(dev), dev, off, mapping.size, maxprot)) {
		mapping_abandon(&mapping);
		return ENXIO;
	}
	handle = mapping_handle(&mapping, 0);
	handle->public.dh_len = mapping.size;
	handle->public.dh_flags = DEVMAP_SETUP_DONE;
	handle_back(handle, BACKING_OLD_MMAP, NULL, 0);
	mapping_add(&mapping, handle, 0);
	error = mapping_place(&mapping);
	if (error == 0)
		*addrp = (caddr_t)mapping.addr;
	return error;
}

/* What mmap(9E) returns for a page now. */
static int
driver_frame(struct handle *handle, uintptr_t page)
{
	const devmap_handle_t *dh = &handle->public;
	off_t off = (off_t)handle_offset(handle, page);
	uintptr_t end;
	unsigned prot;

	host_mutex_lock(&handle->lock);
	prot = protection_at(handle, page, &end);
	host_mutex_unlock(&handle->lock);
	return device_entries(dh->dh_dev)->cb_mmap(dh->dh_dev, off, (int)prot);
}

int old_mmap_load(struct handle *handle, uintptr_t page, unsigned rw)
{
	int frame = driver_frame(handle, page), code = 0;
	struct page_object *object;
	size_t offset;

	if (frame == FRAME_NONE)
		return FC_MAKE_ERR(EFAULT);
	object = page_object_find_frame((unsigned)frame, &offset);
	if (object == NULL) {
		message(HOST_LOG_WARN, "mmap(9E) of device %lx: no memory has page frame 0x%x",
			handle->public.dh_dev, (unsigned)frame);
		return FC_HWERR;
	}
	host_mutex_lock(&handle->lock);
	if (window_patch(handle, page, object, offset) != 0)
		code = FC_HWERR;
	else
		code = load_range(handle, page, page + PAGE_SIZE, rw, true);
	host_mutex_unlock(&handle->lock);
	return code;
}
