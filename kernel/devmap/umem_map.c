/* SPDX-License-Identifier: BSD-2-Clause */
/* Kernel memory behind a handle: devmap_umem_setup(9F), devmap_umem_remap(9F). */
#include <sys/ddidevmap.h>
#include <sys/proc.h>
#include <sys/sunddi.h>

#include "kernel/lib/message.h"
#include "kernel/devmap/grant.h"
#include "kernel/devmap/handle.h"
#include "kernel/devmap/load.h"
#include "kernel/devmap/trash.h"
#include "kernel/devmap/umem.h"
#include "kernel/devmap/umem_lock.h"

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

/* What is to be behind a handle.  Found without locks: pages that a process has locked may have to be shared first. */
struct found {
	struct page_object *object; /* held */
	size_t in_object;
};

/* false: the cookie has no memory there that can be mapped. */
static bool
memory_find(const struct ddi_umem_cookie *cookie, offset_t koff, size_t len, struct found *found)
{
	found->in_object = 0;
	if (cookie->type == UMEM_TRASH)
		found->object = trash_hold();
	else
		found->object = umem_pages(cookie, page_floor((size_t)koff), len, &found->in_object);
	return found->object != NULL;
}

static void
handle_back_umem(struct handle *handle, struct ddi_umem_cookie *cookie, offset_t koff, const struct found *found)
{
	bool trash = cookie->type == UMEM_TRASH;

	handle_back(handle, trash ? BACKING_TRASH : BACKING_PAGES, found->object, found->in_object);
	handle->public.dh_cvaddr = trash ? NULL : found->object->address + found->in_object;
	handle->public.dh_cookie = cookie;
	handle->public.dh_roff = (offset_t)page_floor((size_t)koff);
}

/* Some kinds of user memory cannot be shared, which is nobody's mistake. */
static void
no_memory_report(const void *caller, const struct ddi_umem_cookie *cookie)
{
	if (umem_is_locked(cookie))
		message(HOST_LOG_WARN, "process %d: %lu locked bytes at %p cannot be exported; -v says why",
			((const struct proc *)cookie->procp)->p_pid, cookie->size, (void *)cookie->cvaddr);
	else
		driver_warning(caller, "devmap_umem_setup: cookie %p of type 0x%x has no memory that can be mapped",
			       (const void *)cookie, cookie->type);
}

/* ---- setup ---- */

int devmap_umem_setup(devmap_cookie_t dhp, dev_info_t *dip, struct devmap_callback_ctl *callbackops,
		      ddi_umem_cookie_t umem, offset_t koff, size_t len, uint_t maxprot, uint_t flags,
		      const ddi_device_acc_attr_t *accattr)
{
	struct handle *handle = handle_of(dhp);
	struct ddi_umem_cookie *cookie = umem;
	struct found found;

	if (cookie == NULL || !range_fits(cookie, koff, len) || !grant_setup_allowed(&handle->public, maxprot, flags))
		return DDI_FAILURE;
	if (!memory_find(cookie, koff, page_ceil(len), &found)) {
		no_memory_report(CALLER(), cookie);
		return DDI_FAILURE;
	}
	handle_back_umem(handle, cookie, koff, &found);
	if (flags & DEVMAP_MAPPING_INVALID)
		handle_back(handle, BACKING_INVALID_UMEM, NULL, 0);
	grant_setup(handle, callbackops, len, maxprot, flags);
	return DDI_SUCCESS;
}

/* ---- remap ---- */

/* It may only become shorter. */
static size_t
handle_length(struct handle *handle)
{
	size_t len;

	host_mutex_lock(&handle->lock);
	len = handle->public.dh_len;
	host_mutex_unlock(&handle->lock);
	return len;
}

int devmap_umem_remap(devmap_cookie_t dhp, dev_info_t *dip, ddi_umem_cookie_t umem, offset_t koff, size_t len,
		      uint_t maxprot, uint_t flags, const ddi_device_acc_attr_t *accattr)
{
	struct handle *handle = handle_of(dhp);
	struct ddi_umem_cookie *cookie = umem;
	struct found found;
	bool allowed;

	if (cookie == NULL || flags != 0 || !range_fits(cookie, koff, len) ||
	    !memory_find(cookie, koff, handle_length(handle), &found))
		return DDI_FAILURE;
	host_mutex_lock(&handle->lock);
	allowed = grant_remap_allowed(handle, maxprot);
	if (allowed) {
		unload_handle(handle);
		handle_back_umem(handle, cookie, koff, &found);
		grant_remap(handle, maxprot, false);
	}
	host_mutex_unlock(&handle->lock);
	if (!allowed)
		page_object_release(found.object);
	return allowed ? DDI_SUCCESS : DDI_FAILURE;
}
