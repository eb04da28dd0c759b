/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory for DMA, ddi_dma_mem_alloc(9F); and the device's way to what is bound, <sundog/sim.h>. */
#include "kernel/ddi/device/access.h"
#include "kernel/ddi/device/devinfo.h"
#include "kernel/ddi/dma/dma.h"
#include "kernel/ddi/mem/io_memory.h"
#include "kernel/ddi/core/leak.h"
#include "kernel/lib/message.h"
#include "kernel/vm/page_object.h"
#include <sundog/sim.h>
#include <sys/sunddi.h>
#include <sys/sysmacros.h>

static void memory_free(void *key, size_t bytes)
{
	access_destroy(key);
}

static const struct leak_kind memory_leak = {"dma memory", memory_free};

/* What ddi_dma_mem_alloc(9F) makes of a length; 0: too long. */
static size_t length_rounded(size_t len, const ddi_dma_attr_t *attr)
{
	size_t unit = attr->dma_attr_granular > 8 ? attr->dma_attr_granular : 8;

	return len > SIZE_MAX - unit ? 0 : P2ROUNDUP(len, unit);
}

/*
 *	object  |----- up to align ------|----- len -----|    the kernel's address is aligned too
 */
static int memory_create(size_t len, uint64_t align, bool wait, struct page_object **object, char **address)
{
	size_t slack = align > PAGE_SIZE ? align - PAGE_SIZE : 0;
	int error;

	if (len > SIZE_MAX - slack - PAGE_SIZE)
		return ENOMEM;
	error = page_object_create(page_ceil(len + slack), HOST_PAGES_LOCKED | (wait ? 0 : HOST_PAGES_NOWAIT), object);
	if (error != 0)
		return error;
	(*object)->one_piece = true;
	*address = (char *)P2ROUNDUP((uintptr_t)(*object)->address, align > 1 ? align : 1);
	return 0;
}

/* false: there is no memory, and waitfp will be called if it is a function. */
static bool memory_create_or_wait(size_t len, uint64_t align, int (*waitfp)(caddr_t), caddr_t arg, const void *caller,
				  struct page_object **object, char **address)
{
	for (;;) {
		uint64_t seen = dma_freed_count();

		if (memory_create(len, align, waitfp == DDI_DMA_SLEEP, object, address) == 0)
			return true;
		if (dma_callback(waitfp, arg, seen, caller))
			return false;
	}
}

int ddi_dma_mem_alloc(ddi_dma_handle_t handle, size_t length, const ddi_device_acc_attr_t *attr, uint_t flags,
		      int (*waitfp)(caddr_t), caddr_t arg, caddr_t *addressp, size_t *real_length,
		      ddi_acc_handle_t *handlep)
{
	size_t len = length_rounded(length, &handle->attr);
	struct page_object *object;
	char *address;

	if (len == 0 || !access_attr_valid(attr))
		return DDI_FAILURE;
	if (!memory_create_or_wait(len, handle->attr.dma_attr_align, waitfp, arg, CALLER(), &object, &address))
		return DDI_FAILURE;
	*handlep = access_create(object, address, len, attr);
	leak_add(&memory_leak, *handlep, len, CALLER());
	*addressp = address;
	*real_length = len;
	return DDI_SUCCESS;
}

void ddi_dma_mem_free(ddi_acc_handle_t *handlep)
{
	if (!leak_remove(&memory_leak, *handlep, NULL))
		driver_bug(CALLER(), "ddi_dma_mem_free: %p is no memory for DMA, or has been freed before", (void *)*handlep);
	access_destroy(*handlep);
	*handlep = NULL;
	dma_freed();
}

/* ---- the device ---- */

static int refuse(const dev_info_t *dip, const char *what, uint64_t address, size_t len, const char *why)
{
	dma_stat_add(DMA_STAT_REFUSED, 1);
	message(HOST_LOG_WARN, "%s%d: DMA %s of %lu bytes at I/O address 0x%lx: %s", dip->name, dip->instance, what, len,
		(unsigned long)address, why);
	return DDI_FAILURE;
}

/* A part in one window, of a device that is allowed to. */
static void part_move(struct __ddi_dma_handle *handle, size_t offset, char *buffer, size_t len, bool write)
{
	int error;

	if (write)
		error = io_memory_write(handle->memory, handle->offset + offset, buffer, len);
	else
		error = io_memory_read(handle->memory, handle->offset + offset, buffer, len);
	dma_stat_add(error != 0 ? DMA_STAT_DISCARDED : write ? DMA_STAT_WRITTEN
							     : DMA_STAT_READ,
		     (int64_t)len);
	/* Its process is dead, or has hidden it since it was locked: what is written is nobody's, what is read anything. */
	if (error != 0)
		message(HOST_LOG_DEBUG, "%s%d: DMA of %lu bytes discarded: its process has ended, or does not let its memory be read", handle->dip->name,
			handle->dip->instance, len);
	if (error != 0 && !write)
		bzero(buffer, len);
}

static int device_move(dev_info_t *dip, uint64_t address, char *buffer, size_t len, bool write)
{
	const char *what = write ? "write" : "read";

	while (len > 0) {
		size_t part = len, offset;
		struct __ddi_dma_handle *handle = dma_space_enter(dip, address, &part, &offset);
		bool allowed;

		if (handle == NULL)
			return refuse(dip, what, address, len, "nothing is bound there");
		allowed = (handle->flags & (write ? DDI_DMA_READ : DDI_DMA_WRITE)) != 0;
		if (allowed)
			part_move(handle, offset, buffer, part, write);
		dma_space_leave(handle);
		if (!allowed)
			return refuse(dip, what, address, len, "it was bound for the other direction only");
		address += part;
		buffer += part;
		len -= part;
	}
	return DDI_SUCCESS;
}

int sim_dma_read(dev_info_t *dip, uint64_t address, void *to, size_t len)
{
	return device_move(dip, address, to, len, false);
}

int sim_dma_write(dev_info_t *dip, uint64_t address, const void *from, size_t len)
{
	return device_move(dip, address, (char *)(uintptr_t)from, len, true);
}
