/* SPDX-License-Identifier: BSD-2-Clause */
/* DMA handles and what is bound to them: ddi_dma_alloc_handle(9F), ddi_dma_buf_bind_handle(9F). */
#include "kernel/ddi/mem/buf.h"
#include "kernel/ddi/dma/dma.h"
#include "kernel/ddi/mem/io_memory.h"
#include "kernel/ddi/core/leak.h"
#include "kernel/lib/message.h"
#include "kernel/vm/page_object.h"
#include <sys/atomic.h>
#include <sys/sunddi.h>
#include <sys/sysmacros.h>
#include <vm/as.h>

/* ---- handles ---- */

/* What no device can have meant. */
static const char *attr_error(const ddi_dma_attr_t *attr)
{
	if (attr->dma_attr_version != DMA_ATTR_V0)
		return "dma_attr_version";
	if (attr->dma_attr_addr_lo > attr->dma_attr_addr_hi)
		return "dma_attr_addr_lo is above dma_attr_addr_hi";
	if (attr->dma_attr_sgllen == 0)
		return "dma_attr_sgllen is 0";
	if (attr->dma_attr_align > 1 && !ISP2(attr->dma_attr_align))
		return "dma_attr_align is no power of two";
	if (attr->dma_attr_granular == 0 || !ISP2(attr->dma_attr_granular))
		return "dma_attr_granular is no power of two";
	if (!ISP2(attr->dma_attr_seg + 1))
		return "dma_attr_seg is no power of two less one";
	if (attr->dma_attr_maxxfer < attr->dma_attr_granular)
		return "dma_attr_maxxfer is less than dma_attr_granular";
	return NULL;
}

static void binding_end(struct __ddi_dma_handle *handle)
{
	dma_space_give(handle);
	dma_stat_add(DMA_STAT_BOUND, -1);
	dma_layout_free(handle);
	io_memory_release(handle->memory);
	handle->memory = NULL;
}

static void handle_free(void *key, size_t bytes)
{
	struct __ddi_dma_handle *handle = key;

	if (handle->memory != NULL)
		binding_end(handle);
	host_free(handle, bytes);
}

static const struct leak_kind handle_leak = {"dma handle", handle_free};

/* NULL: there is no memory, and waitfp will be called if it is a function. */
static struct __ddi_dma_handle *handle_alloc(int (*waitfp)(caddr_t), caddr_t arg, const void *caller)
{
	for (;;) {
		uint64_t seen = dma_freed_count();
		struct __ddi_dma_handle *handle = host_alloc(sizeof(*handle), waitfp == DDI_DMA_SLEEP);

		if (handle != NULL || dma_callback(waitfp, arg, seen, caller))
			return handle;
	}
}

int ddi_dma_alloc_handle(dev_info_t *dip, const ddi_dma_attr_t *attr, int (*waitfp)(caddr_t), caddr_t arg,
			 ddi_dma_handle_t *handlep)
{
	const char *wrong = attr_error(attr);
	struct __ddi_dma_handle *handle;

	if (wrong != NULL) {
		driver_warning(CALLER(), "ddi_dma_alloc_handle: %s", wrong);
		return DDI_DMA_BADATTR;
	}
	handle = handle_alloc(waitfp, arg, CALLER());
	if (handle == NULL)
		return DDI_DMA_NORESOURCES;
	handle->dip = dip;
	handle->attr = *attr;
	leak_add(&handle_leak, handle, sizeof(*handle), CALLER());
	*handlep = handle;
	return DDI_SUCCESS;
}

void ddi_dma_free_handle(ddi_dma_handle_t *handlep)
{
	struct __ddi_dma_handle *handle = *handlep;

	if (!leak_find(&handle_leak, handle, NULL, NULL))
		driver_bug(CALLER(), "ddi_dma_free_handle: %p is no handle, or has been freed before", (void *)handle);
	if (handle->memory != NULL)
		driver_bug(CALLER(), "ddi_dma_free_handle: an object of %lu bytes is still bound", handle->len);
	(void)leak_remove(&handle_leak, handle, NULL);
	host_free(handle, sizeof(*handle));
	*handlep = NULL;
	dma_freed();
}

int ddi_dma_burstsizes(ddi_dma_handle_t handle)
{
	return (int)handle->attr.dma_attr_burstsizes;
}

/* ---- binding ---- */

#define OBJECT_MAX ((size_t)1 << 41) /* bytes; half of the I/O address space */

/* Runs, addresses, cookies; all or nothing. */
static int lay_out(struct __ddi_dma_handle *handle, size_t skew, bool one_piece)
{
	enum dma_taken taken;

	dma_layout_runs(handle, skew, one_piece);
	taken = dma_space_take(handle, dma_layout_align(handle), skew);
	if (taken != DMA_TAKEN) {
		dma_layout_free(handle);
		return taken == DMA_NEVER ? DDI_DMA_NOMAPPING : DDI_DMA_NORESOURCES;
	}
	if (dma_layout_cookies(handle))
		return handle->nwindows > 1 ? DDI_DMA_PARTIAL_MAP : DDI_DMA_MAPPED;
	dma_space_give(handle);
	dma_layout_free(handle);
	return DDI_DMA_TOOBIG;
}

/* Scattered, as pages of a machine are; in one piece where that is more than the device can take. */
static int lay_out_best(struct __ddi_dma_handle *handle, size_t skew)
{
	int result = lay_out(handle, skew, handle->memory->one_piece);

	if (result == DDI_DMA_MAPPED || handle->memory->one_piece)
		return result;
	if (result == DDI_DMA_PARTIAL_MAP) {
		dma_space_give(handle);
		dma_layout_free(handle);
	}
	return lay_out(handle, skew, true);
}

/* Too big for the device's reach rather than out of it. */
static int why_never(const struct __ddi_dma_handle *handle)
{
	return handle->len - 1 > handle->attr.dma_attr_addr_hi - handle->attr.dma_attr_addr_lo ? DDI_DMA_TOOBIG
											       : DDI_DMA_NOMAPPING;
}

static int bind_try(struct __ddi_dma_handle *handle)
{
	int result = lay_out_best(handle, (handle->memory->skew + handle->offset) & PAGE_OFFSET);

	if (result == DDI_DMA_NOMAPPING)
		return why_never(handle);
	if (result == DDI_DMA_PARTIAL_MAP && (handle->flags & DDI_DMA_PARTIAL) == 0) {
		dma_space_give(handle);
		dma_layout_free(handle);
		return DDI_DMA_TOOBIG;
	}
	return result;
}

static int bind_wait(struct __ddi_dma_handle *handle, int (*waitfp)(caddr_t), caddr_t arg, const void *caller)
{
	for (;;) {
		uint64_t seen = dma_freed_count();
		int result = bind_try(handle);

		if (result != DDI_DMA_NORESOURCES)
			return result;
		if (waitfp == DDI_DMA_SLEEP)
			dma_freed_wait(seen);
		else if (dma_callback(waitfp, arg, seen, caller))
			return result;
	}
}

/* Takes over the hold of memory. */
static int bind(struct __ddi_dma_handle *handle, struct io_memory *memory, size_t offset, size_t len, uint_t flags,
		int (*waitfp)(caddr_t), caddr_t arg, ddi_dma_cookie_t *cookie, uint_t *count, const void *caller)
{
	int result = len > OBJECT_MAX ? DDI_DMA_TOOBIG : DDI_DMA_NOMAPPING;

	handle->memory = memory;
	handle->offset = offset;
	handle->len = len;
	handle->flags = flags;
	if (len > 0 && len <= OBJECT_MAX && (flags & DDI_DMA_RDWR) != 0)
		result = bind_wait(handle, waitfp, arg, caller);
	if (result != DDI_DMA_MAPPED && result != DDI_DMA_PARTIAL_MAP) {
		io_memory_release(memory);
		handle->memory = NULL;
		return result;
	}
	dma_stat_add(DMA_STAT_BOUND, 1);
	dma_space_open(handle, 0);
	handle->next = 1;
	*cookie = handle->cookies[0];
	*count = handle->windows[0].count;
	return result;
}

int ddi_dma_addr_bind_handle(ddi_dma_handle_t handle, struct as *as, caddr_t addr, size_t len, uint_t flags,
			     int (*waitfp)(caddr_t), caddr_t arg, ddi_dma_cookie_t *cookie, uint_t *count)
{
	if (handle->memory != NULL)
		return DDI_DMA_INUSE;
	if (as != NULL && as != &kas) {
		driver_warning(CALLER(), "ddi_dma_addr_bind_handle: an application's address %p: only kernel memory can be "
					 "bound by address; lock it and bind a buf",
			       (void *)addr);
		return DDI_DMA_NOMAPPING;
	}
	return bind(handle, io_memory_kernel(addr, len), 0, len, flags, waitfp, arg, cookie, count, CALLER());
}

int ddi_dma_buf_bind_handle(ddi_dma_handle_t handle, struct buf *bp, uint_t flags, int (*waitfp)(caddr_t), caddr_t arg,
			    ddi_dma_cookie_t *cookie, uint_t *count)
{
	struct io_memory *memory;
	size_t offset;

	if (handle->memory != NULL)
		return DDI_DMA_INUSE;
	memory = buf_memory(bp, &offset);
	return bind(handle, memory, offset, bp->b_bcount, flags, waitfp, arg, cookie, count, CALLER());
}

int ddi_dma_unbind_handle(ddi_dma_handle_t handle)
{
	if (handle->memory == NULL)
		return DDI_FAILURE;
	binding_end(handle);
	dma_freed();
	return DDI_SUCCESS;
}

/* Device and driver look at the same bytes: only their order matters. */
int ddi_dma_sync(ddi_dma_handle_t handle, off_t offset, size_t len, uint_t type)
{
	if (handle->memory == NULL || offset < 0 || (size_t)offset > handle->len ||
	    len > handle->len - (size_t)offset || type > DDI_DMA_SYNC_FORKERNEL)
		return DDI_FAILURE;
	membar_enter();
	return DDI_SUCCESS;
}
