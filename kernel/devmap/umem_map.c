/* SPDX-License-Identifier: BSD-2-Clause */
/* What a driver says about a handle: devmap_umem_setup(9F), devmap_umem_remap(9F) and their register siblings. */
#include <sys/ddidevmap.h>
#include <sys/sunddi.h>

#include "kernel/ddi/message.h"
#include "kernel/devmap/handle.h"
#include "kernel/devmap/load.h"
#include "kernel/devmap/trash.h"
#include "kernel/devmap/umem.h"

/*
 *	cookie  |----------------- size -------------------|
 *	               koff|--- len ---|
 *	        |  whole pages |=========== ... |              dh_roff, dh_len
 */
static bool
range_fits(const struct ddi_umem_cookie *cookie, offset_t koff, size_t len)
{
	return koff >= 0 && (size_t)koff <= cookie->size && len <= cookie->size - (size_t)koff;
}

/* Does the driver grant all that the process asked for? */
static bool
protection_granted(const devmap_handle_t *dh, unsigned maxprot)
{
	return (dh->dh_prot & dh->dh_orig_maxprot & maxprot) == dh->dh_prot;
}

static bool
cache_attributes_valid(unsigned flags)
{
	unsigned attributes = flags & IOMEM_DATA_MASK;

	return (attributes & (attributes - 1)) == 0;
}

/* Puts the cookie's pages behind the handle.  false: it has none that can be mapped. */
static bool
handle_back_umem(struct handle *handle, struct ddi_umem_cookie *cookie, offset_t koff, size_t len)
{
	size_t roff = page_floor((size_t)koff), in_object = 0;
	struct page_object *object;

	if (cookie->type == UMEM_TRASH) {
		handle_back(handle, BACKING_TRASH, trash_hold(), 0);
		handle->public.dh_cvaddr = NULL;
	} else {
		object = umem_pages(cookie, roff, len, &in_object);
		if (object == NULL)
			return false;
		handle_back(handle, BACKING_PAGES, object, in_object);
		handle->public.dh_cvaddr = object->address + in_object;
	}
	handle->public.dh_cookie = cookie;
	handle->public.dh_roff = (offset_t)roff;
	return true;
}

/* ---- setup ---- */

int
devmap_umem_setup(devmap_cookie_t dhp, dev_info_t *dip, struct devmap_callback_ctl *callbackops,
		  ddi_umem_cookie_t umem, offset_t koff, size_t len, uint_t maxprot, uint_t flags,
		  ddi_device_acc_attr_t *accattr)
{
	struct handle *handle = handle_of(dhp);
	devmap_handle_t *dh = &handle->public;
	struct ddi_umem_cookie *cookie = umem;

	if (cookie == NULL || (dh->dh_flags & DEVMAP_SETUP_DONE) || !range_fits(cookie, koff, len) ||
	    !cache_attributes_valid(flags) || !protection_granted(dh, maxprot))
		return DDI_FAILURE;
	if ((flags & DEVMAP_MAPPING_INVALID) && !(flags & DEVMAP_ALLOW_REMAP))
		return DDI_FAILURE;
	if (!handle_back_umem(handle, cookie, koff, page_ceil(len))) {
		driver_warning(CALLER(), "devmap_umem_setup: cookie %p of type 0x%x has no memory that can be mapped", umem,
			       cookie->type);
		return DDI_FAILURE;
	}
	if (flags & DEVMAP_MAPPING_INVALID)
		handle_back(handle, BACKING_INVALID_UMEM, NULL, 0);
	dh->dh_len = page_ceil(len);
	dh->dh_maxprot = maxprot & dh->dh_orig_maxprot;
	dh->dh_hat_attr = flags & IOMEM_DATA_MASK;
	dh->dh_flags |= (flags & DEVMAP_SETUP_FLAGS) | DEVMAP_SETUP_DONE;
	if (callbackops != NULL)
		dh->dh_callbackops = *callbackops;
	return DDI_SUCCESS;
}

int
devmap_devmem_setup(devmap_cookie_t dhp, dev_info_t *dip, struct devmap_callback_ctl *callbackops, uint_t rnumber,
		    offset_t roff, size_t len, uint_t maxprot, uint_t flags, ddi_device_acc_attr_t *accattr)
{
	message(HOST_LOG_WARN, "devmap_devmem_setup: the device has no register set %u", rnumber);
	return DDI_FAILURE;
}

/* ---- remap ---- */

/* Under handle->lock. */
static bool
remap_allowed(const devmap_handle_t *dh, unsigned maxprot)
{
	return (dh->dh_flags & DEVMAP_ALLOW_REMAP) != 0 && protection_granted(dh, maxprot);
}

/* Under handle->lock: the next access of every page faults, and finds what is behind the handle then. */
static void
handle_unload(struct handle *handle)
{
	unload_range(handle, handle_base(handle), handle_end(handle));
}

int
devmap_umem_remap(devmap_cookie_t dhp, dev_info_t *dip, ddi_umem_cookie_t umem, offset_t koff, size_t len,
		  uint_t maxprot, uint_t flags, ddi_device_acc_attr_t *accattr)
{
	struct handle *handle = handle_of(dhp);
	devmap_handle_t *dh = &handle->public;
	struct ddi_umem_cookie *cookie = umem;
	int result = DDI_FAILURE;

	if (cookie == NULL || flags != 0 || !range_fits(cookie, koff, len))
		return DDI_FAILURE;
	host_mutex_lock(&handle->lock);
	if (remap_allowed(dh, maxprot)) {
		handle_unload(handle);
		if (handle_back_umem(handle, cookie, koff, dh->dh_len)) {
			dh->dh_maxprot = maxprot & dh->dh_orig_maxprot;
			dh->dh_flags &= ~(uint_t)DEVMAP_MAPPING_INVALID;
			result = DDI_SUCCESS;
		}
	}
	host_mutex_unlock(&handle->lock);
	return result;
}

int
devmap_devmem_remap(devmap_cookie_t dhp, dev_info_t *dip, uint_t rnumber, offset_t roff, size_t len, uint_t maxprot,
		    uint_t flags, ddi_device_acc_attr_t *accattr)
{
	struct handle *handle = handle_of(dhp);
	devmap_handle_t *dh = &handle->public;
	int result = DDI_FAILURE;

	/* There are no register sets to remap to yet; to nothing is what umem drivers use it for. */
	if (flags != DEVMAP_MAPPING_INVALID)
		return DDI_FAILURE;
	host_mutex_lock(&handle->lock);
	if (remap_allowed(dh, maxprot)) {
		handle_unload(handle);
		handle_back(handle, BACKING_INVALID_DEVMEM, NULL, 0);
		dh->dh_maxprot = maxprot & dh->dh_orig_maxprot;
		dh->dh_flags |= DEVMAP_MAPPING_INVALID;
		result = DDI_SUCCESS;
	}
	host_mutex_unlock(&handle->lock);
	return result;
}
