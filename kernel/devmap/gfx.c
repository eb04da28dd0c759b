/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory for graphics: <sys/pmem.h>, <sys/gfx_private.h>.  All of it is exported by a hand-made cookie, devmap_umem_setup(9F). */
#include "kernel/ddi/core/leak.h"
#include "kernel/ddi/mem/hat.h"
#include "kernel/ddi/mem/kmem.h"
#include "kernel/lib/message.h"
#include "kernel/vm/page_object.h"
#include <sys/ddi_impldefs.h>
#include <sys/gfx_private.h>
#include <sys/mman.h>
#include <sys/pmem.h>
#include <sys/sunddi.h>
#include <vm/as.h>
#include <vm/hat.h>

/* ---- pmem ---- */

struct __devmap_pmem_cookie {
	struct ddi_umem_cookie umem; /* hand-made, over the object's kernel address */
	struct page_object *object;
};

static void pmem_free(void *key, size_t bytes)
{
	struct __devmap_pmem_cookie *c = key;

	page_object_release(c->object);
	host_free(c, sizeof(*c));
}

static const struct leak_kind pmem_leak = {"pmem cookie", pmem_free};

int devmap_pmem_alloc(size_t size, uint_t flags, devmap_pmem_cookie_t *out)
{
	unsigned how = HOST_PAGES_LOCKED | (flags & PMEM_NOSLEEP ? HOST_PAGES_NOWAIT : 0);
	struct __devmap_pmem_cookie *c;
	struct page_object *object;

	if (size == 0 || out == NULL || page_object_create(ptob(btopr(size)), how, &object) != 0)
		return DDI_FAILURE;
	c = host_alloc(sizeof(*c), true);
	c->object = object;
	c->umem = (struct ddi_umem_cookie){.size = object->size, .cvaddr = object->address, .type = KMEM_NON_PAGEABLE};
	leak_add(&pmem_leak, c, object->size, CALLER());
	*out = c;
	return DDI_SUCCESS;
}

void devmap_pmem_free(devmap_pmem_cookie_t c)
{
	if (!leak_remove(&pmem_leak, c, NULL))
		driver_bug(CALLER(), "devmap_pmem_free: %p is not a pmem cookie", (void *)c);
	pmem_free(c, 0);
}

/* pages of the cookie from number start on: their frames. */
int devmap_pmem_getpfns(devmap_pmem_cookie_t c, uint_t start, pgcnt_t n, pfn_t *frames)
{
	if (c == NULL || frames == NULL || n > btop(c->umem.size) || start > btop(c->umem.size) - n)
		return DDI_FAILURE;
	for (pgcnt_t i = 0; i < n; i++)
		frames[i] = c->object->frame + start + i;
	return DDI_SUCCESS;
}

int devmap_pmem_setup(devmap_cookie_t handle, dev_info_t *dip, struct devmap_callback_ctl *callbacks, devmap_pmem_cookie_t c,
		      offset_t offset, size_t len, uint_t maxprot, uint_t flags, const ddi_device_acc_attr_t *attr)
{
	if (c == NULL)
		return DDI_FAILURE;
	return devmap_umem_setup(handle, dip, callbacks, &c->umem, offset, len, maxprot, flags, (ddi_device_acc_attr_t *)(uintptr_t)attr);
}

int devmap_pmem_remap(devmap_cookie_t handle, dev_info_t *dip, devmap_pmem_cookie_t c, offset_t offset, size_t len, uint_t maxprot,
		      uint_t flags, const ddi_device_acc_attr_t *attr)
{
	if (c == NULL)
		return DDI_FAILURE;
	return devmap_umem_remap(handle, dip, &c->umem, offset, len, maxprot, flags, (ddi_device_acc_attr_t *)(uintptr_t)attr);
}

/* ---- cookies over the driver's own memory ---- */

static void cookie_free(void *key, size_t bytes)
{
	host_free(key, sizeof(struct ddi_umem_cookie));
}

static const struct leak_kind cookie_leak = {"gfxp umem cookie", cookie_free};

ddi_umem_cookie_t gfxp_umem_cookie_init(caddr_t address, size_t size)
{
	struct ddi_umem_cookie *c;

	if (address == NULL || size == 0)
		return NULL;
	c = host_alloc(sizeof(*c), true);
	*c = (struct ddi_umem_cookie){.size = ptob(btopr(size)), .cvaddr = address, .type = KMEM_NON_PAGEABLE};
	leak_add(&cookie_leak, c, 0, CALLER());
	return c;
}

void gfxp_umem_cookie_destroy(ddi_umem_cookie_t cookie)
{
	if (!leak_remove(&cookie_leak, cookie, NULL))
		driver_bug(CALLER(), "gfxp_umem_cookie_destroy: %p did not come from gfxp_umem_cookie_init", cookie);
	cookie_free(cookie, 0);
}

int gfxp_devmap_umem_setup(devmap_cookie_t handle, dev_info_t *dip, struct devmap_callback_ctl *callbacks, ddi_umem_cookie_t cookie,
			   offset_t offset, size_t len, uint_t maxprot, uint_t flags, ddi_device_acc_attr_t *attr)
{
	return devmap_umem_setup(handle, dip, callbacks, cookie, offset, len, maxprot, flags, attr);
}

/* ---- frames at kernel addresses ---- */

caddr_t gfxp_alloc_kernel_space(size_t size)
{
	return size == 0 ? NULL : kmem_get(ptob(btopr(size)), KM_SLEEP, CALLER());
}

void gfxp_free_kernel_space(caddr_t address, size_t size)
{
	vmem_free(heap_arena, address, ptob(btopr(size)));
}

/* start: a physical address at the begin of a page. */
void gfxp_load_kernel_space(uint64_t start, size_t size, uint32_t mode, caddr_t address)
{
	hat_devload(kas.a_hat, address, ptob(btopr(size)), btop(start), PROT_READ | PROT_WRITE, HAT_LOAD_LOCK);
}

void gfxp_unload_kernel_space(caddr_t address, size_t size)
{
	hat_unload(kas.a_hat, address, ptob(btopr(size)), HAT_UNLOAD_UNLOCK);
}

/*
 *	frames      |         |         |         |
 *	              start |---- size ----|
 *	addresses   |         |         |         |   kernel space, whole pages
 */
gfxp_kva_t gfxp_map_kernel_space(uint64_t start, size_t size, uint32_t mode)
{
	size_t offset = start & PAGEOFFSET, bytes = ptob(btopr(offset + size));
	caddr_t space;

	if (size == 0)
		return NULL;
	space = kmem_get(bytes, KM_SLEEP, CALLER());
	gfxp_load_kernel_space(start - offset, bytes, mode, space);
	if (hat_is_loaded((uintptr_t)space, bytes))
		return space + offset;
	gfxp_free_kernel_space(space, bytes);
	return NULL;
}

void gfxp_unmap_kernel_space(gfxp_kva_t address, size_t size)
{
	size_t offset = (uintptr_t)address & PAGEOFFSET, bytes = ptob(btopr(offset + size));

	if (size == 0 || address == NULL)
		return;
	gfxp_unload_kernel_space(address - offset, bytes);
	gfxp_free_kernel_space(address - offset, bytes);
}

/* ---- physical addresses ---- */

pfn_t va_to_pfn(void *address)
{
	return hat_getpfnum(kas.a_hat, address);
}

/* All ones: nothing that has one. */
uint64_t va_to_pa(void *address)
{
	pfn_t frame = va_to_pfn(address);

	return frame == PFN_INVALID ? UINT64_MAX : ((uint64_t)frame << PAGESHIFT) + ((uintptr_t)address & PAGEOFFSET);
}

/* The kernel's addresses only.  0, or 1: it has none. */
int gfxp_va2pa(struct as *as, caddr_t address, uint64_t *physical)
{
	uint64_t found = as == &kas ? va_to_pa(address) : UINT64_MAX;

	if (found == UINT64_MAX)
		return 1;
	*physical = found;
	return 0;
}
