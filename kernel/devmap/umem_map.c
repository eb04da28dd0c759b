/* SPDX-License-Identifier: BSD-2-Clause */
/* Kernel memory behind a handle: devmap_umem_setup(9F), devmap_umem_remap(9F). */
#include <sys/ddidevmap.h>
#include <sys/sunddi.h>

#include "kernel/ddi/message.h"
#include "kernel/devmap/grant.h"
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
	struct ddi_umem_cookie *cookie = umem;

	if (cookie == NULL || !range_fits(cookie, koff, len) || !grant_setup_allowed(&handle->public, maxprot, flags))
		return DDI_FAILURE;
	if (!handle_back_umem(handle, cookie, koff, page_ceil(len))) {
		driver_warning(CALLER(), "devmap_umem_setup: cookie %p of type 0x%x has no memory that can be mapped", umem,
			       cookie->type);
		return DDI_FAILURE;
	}
	if (flags & DEVMAP_MAPPING_INVALID)
		handle_back(handle, BACKING_INVALID_UMEM, NULL, 0);
	grant_setup(handle, callbackops, len, maxprot, flags);
	return DDI_SUCCESS;
}

/* ---- remap ---- */

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
	if (grant_remap_allowed(dh, maxprot)) {
		unload_handle(handle);
		if (handle_back_umem(handle, cookie, koff, dh->dh_len)) {
			grant_remap(handle, maxprot, false);
			result = DDI_SUCCESS;
		}
	}
	host_mutex_unlock(&handle->lock);
	return result;
}
