/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * frames: two pages of memory that applications map by way of other addresses.  FRAMES_COOKIE: a cookie of the driver's own making
 * over addresses of heap_arena, where hat_devload(9F) shows the pages one by one, by the frame numbers that FRAMES_DMA's
 * device has for them, or the kernel.  Without it: mmap(9E), which returns those.
 */
#include <sys/types.h>
#include <sys/mman.h>
#include <sys/vmem.h>
#include <sys/ddi_impldefs.h>
#include <vm/as.h>
#include <vm/hat.h>
#include <vm/seg_kmem.h>

#define SMALL_NAME "frames"
#ifdef FRAMES_COOKIE
#define SMALL_CB .cb_devmap = frames_devmap, .cb_mmap = nodev, .cb_segmap = nodev, .cb_flag = D_NEW | D_MP | D_DEVMAP
#else
#define SMALL_CB .cb_devmap = nodev, .cb_mmap = frames_mmap, .cb_segmap = nodev, .cb_flag = D_NEW | D_MP
#endif
#define SMALL_ATTACH \
	if (frames_begin(dip) != DDI_SUCCESS) \
		return (DDI_FAILURE);
#define SMALL_DETACH \
	ddi_remove_minor_node(dip, NULL); \
	frames_end();

#include <sys/conf.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

#define SIZE ptob(2)

static dev_info_t *frames_dip;
static char *memory;
static ddi_umem_cookie_t umem;

#ifdef FRAMES_DMA
static ddi_dma_handle_t dma;
static ddi_dma_cookie_t cookie;

static int
dma_begin(void)
{
	static ddi_dma_attr_t attr = { DMA_ATTR_V0, 0, 0xffffffff, 0xffffffff, 4096, 1, 1, 0xffffffff, 0xffffffff, 1, 1, 0 };
	uint_t n;

	if (ddi_dma_alloc_handle(frames_dip, &attr, DDI_DMA_SLEEP, NULL, &dma) != DDI_SUCCESS)
		return (DDI_FAILURE);
	return (ddi_dma_addr_bind_handle(dma, NULL, memory, SIZE, DDI_DMA_RDWR | DDI_DMA_CONSISTENT, DDI_DMA_SLEEP, NULL,
	    &cookie, &n) == DDI_DMA_MAPPED && n == 1 ? DDI_SUCCESS : DDI_FAILURE);
}

static void
dma_end(void)
{
	ddi_dma_unbind_handle(dma);
	ddi_dma_free_handle(&dma);
}

static pfn_t
frame_of(int page)
{
	return (btop(cookie.dmac_laddress) + page);
}
#else
static int
dma_begin(void)
{
	return (DDI_SUCCESS);
}

static void
dma_end(void)
{
}

static pfn_t
frame_of(int page)
{
	return (hat_getpfnum(kas.a_hat, memory + ptob(page)));
}
#endif

#ifdef FRAMES_COOKIE
static caddr_t va;
static struct ddi_umem_cookie handmade;

static int
frames_devmap(dev_t dev, devmap_cookie_t handle, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	*maplen = ptob(btopr(len));
	return (devmap_umem_setup(handle, frames_dip, NULL, (ddi_umem_cookie_t)&handmade, off, *maplen, PROT_ALL, 0, NULL));
}

static void
show(void)
{
	va = vmem_alloc(heap_arena, SIZE, VM_SLEEP);
	for (int i = 0; i < 2; i++)
		hat_devload(kas.a_hat, va + ptob(i), ptob(1), frame_of(i), PROT_READ | PROT_WRITE, HAT_LOAD_LOCK);
	handmade.cvaddr = va;
	handmade.type = KMEM_NON_PAGEABLE;
	handmade.size = SIZE;
}

static void
hide(void)
{
	hat_unload(kas.a_hat, va, SIZE, HAT_UNLOAD_UNLOCK);
	vmem_free(heap_arena, va, SIZE);
}
#else
static int
frames_mmap(dev_t dev, off_t off, int prot)
{
	return (off >= 0 && off < SIZE ? (int)frame_of(btop(off)) : -1);
}

static void
show(void)
{
}

static void
hide(void)
{
}
#endif

static int
frames_begin(dev_info_t *dip)
{
	frames_dip = dip;
	memory = ddi_umem_alloc(SIZE, DDI_UMEM_SLEEP, &umem);
	(void) strcpy(memory, "the first page");
	(void) strcpy(memory + ptob(1), "the second page");
	if (dma_begin() != DDI_SUCCESS)
		return (DDI_FAILURE);
	show();
	return (DDI_SUCCESS);
}

static void
frames_end(void)
{
	cmn_err(CE_CONT, "at the end: %s, %s\n", memory, memory + ptob(1));
	hide();
	dma_end();
	ddi_umem_free(umem);
}

#include "small.h"
