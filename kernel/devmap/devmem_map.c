/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers behind a handle: devmap_devmem_setup(9F), devmap_devmem_remap(9F). */
#include <sys/ddidevmap.h>
#include <sys/sunddi.h>

#include "kernel/ddi/device/regs.h"
#include "kernel/devmap/grant.h"
#include "kernel/devmap/handle.h"
#include "kernel/devmap/load.h"

/*
 *	register set  |---------------- size -----------------|......|    whole pages
 *	                     roff|------- len -------|
 *	              |          |======= handle ========|                 low bits of roff are dropped
 *
 * The pages behind [roff, roff + len), held, and the page-aligned offset; NULL: the set does not have them.  What
 * follows size in the set's last page belongs to the mapping: len may have been rounded up by the driver.
 */
static struct page_object *
registers_hold(const dev_info_t *dip, unsigned rnumber, offset_t roff, size_t len, size_t *offset)
{
	size_t size;
	struct page_object *object = regs_hold(dip, rnumber, &size);

	if (object == NULL)
		return NULL;
	*offset = page_floor((size_t)roff);
	if (roff >= 0 && (size_t)roff < size && len <= object->size - *offset)
		return object;
	page_object_release(object);
	return NULL;
}

/* Takes over the hold of object. */
static void
handle_back_registers(struct handle *handle, struct page_object *object, size_t offset)
{
	devmap_handle_t *dh = &handle->public;

	handle_back(handle, BACKING_PAGES, object, offset);
	dh->dh_cookie = NULL;
	dh->dh_roff = (offset_t)offset;
	dh->dh_cvaddr = object->address + offset;
	dh->dh_pfn = object->frame + offset / PAGE_SIZE;
}

int devmap_devmem_setup(devmap_cookie_t dhp, dev_info_t *dip, struct devmap_callback_ctl *callbackops, uint_t rnumber,
			offset_t roff, size_t len, uint_t maxprot, uint_t flags, const ddi_device_acc_attr_t *accattr)
{
	struct handle *handle = handle_of(dhp);
	struct page_object *object;
	size_t offset;

	if (len == 0 || !grant_setup_allowed(&handle->public, maxprot, flags))
		return DDI_FAILURE;
	object = registers_hold(dip, rnumber, roff, len, &offset);
	if (object == NULL)
		return DDI_FAILURE;
	handle_back_registers(handle, object, offset);
	if (flags & DEVMAP_MAPPING_INVALID)
		handle_back(handle, BACKING_INVALID_DEVMEM, NULL, 0);
	grant_setup(handle, callbackops, len, maxprot, flags);
	return DDI_SUCCESS;
}

/* ---- remap ---- */

/* To nothing: whatever the handle was before. */
static bool
remap_invalid(struct handle *handle, unsigned maxprot)
{
	if (!grant_remap_allowed(handle, maxprot))
		return false;
	unload_handle(handle);
	handle_back(handle, BACKING_INVALID_DEVMEM, NULL, 0);
	grant_remap(handle, maxprot, true);
	return true;
}

/* The length of the handle stays: all of it must be in the set. */
static bool
remap_registers(struct handle *handle, struct page_object *object, size_t offset, unsigned maxprot)
{
	if (!grant_remap_allowed(handle, maxprot) || handle->public.dh_len > object->size - offset)
		return false;
	unload_handle(handle);
	page_object_hold(object);
	handle_back_registers(handle, object, offset);
	grant_remap(handle, maxprot, false);
	return true;
}

int devmap_devmem_remap(devmap_cookie_t dhp, dev_info_t *dip, uint_t rnumber, offset_t roff, size_t len, uint_t maxprot,
			uint_t flags, const ddi_device_acc_attr_t *accattr)
{
	struct handle *handle = handle_of(dhp);
	struct page_object *object = NULL;
	size_t offset;
	bool done;

	if (flags != 0 && flags != DEVMAP_MAPPING_INVALID)
		return DDI_FAILURE;
	if (flags == 0 && (object = registers_hold(dip, rnumber, roff, len, &offset)) == NULL)
		return DDI_FAILURE;
	host_mutex_lock(&handle->lock);
	if (object == NULL)
		done = remap_invalid(handle, maxprot);
	else
		done = remap_registers(handle, object, offset, maxprot);
	host_mutex_unlock(&handle->lock);
	page_object_release(object);
	return done ? DDI_SUCCESS : DDI_FAILURE;
}
