/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/gfx_private.h>: what graphics drivers ask of the kernel. */
#ifndef _SYS_GFX_PRIVATE_H
#define _SYS_GFX_PRIVATE_H

#include <sys/ddidevmap.h>
#include <sys/dditypes.h>
#include <sys/types.h>

/* mode of a kernel mapping: not looked at */
#define GFXP_MEMORY_CACHED 0
#define GFXP_MEMORY_UNCACHED 1
#define GFXP_MEMORY_WRITECOMBINED 2

#define GFXP_BITMAP 0
#define GFXP_VGATEXT 1

typedef uint64_t gfx_maddr_t;
typedef char *gfxp_acc_handle_t;
typedef char *gfxp_fb_softc_ptr_t;
typedef char *gfxp_kva_t;

struct gfxp_pmem_cookie {
	ulong_t a, b, c;
};

struct gfxp_bm_fb_info {
	uint16_t xres;
	uint16_t yres;
	uint8_t bpp;
	uint8_t depth;
};

struct gfxp_blt_ops {
	int (*blt)(void *);
	int (*copy)(void *);
	int (*clear)(void *);
	int (*setmode)(int);
};

/* A cookie over whole pages of the kernel's, for devmap_umem_setup(9F), which this one is, too; NULL: no address or size. */
ddi_umem_cookie_t gfxp_umem_cookie_init(caddr_t, size_t) SUNDOG_LINK(gfxp_umem_cookie_init);
void gfxp_umem_cookie_destroy(ddi_umem_cookie_t) SUNDOG_LINK(gfxp_umem_cookie_destroy);
int gfxp_devmap_umem_setup(devmap_cookie_t, dev_info_t *, struct devmap_callback_ctl *, ddi_umem_cookie_t, offset_t, size_t, uint_t,
			   uint_t, ddi_device_acc_attr_t *) SUNDOG_LINK(gfxp_devmap_umem_setup);

/* physical address, bytes, mode: the frames at a kernel address, as hat_devload(9F) shows them; NULL: 0 bytes, or no such memory (a warning). */
gfxp_kva_t gfxp_map_kernel_space(uint64_t, size_t, uint32_t) SUNDOG_LINK(gfxp_map_kernel_space);
void gfxp_unmap_kernel_space(gfxp_kva_t, size_t) SUNDOG_LINK(gfxp_unmap_kernel_space);
/* The same in steps: space, whole pages; frames in it. */
caddr_t gfxp_alloc_kernel_space(size_t) SUNDOG_LINK(gfxp_alloc_kernel_space);
void gfxp_free_kernel_space(caddr_t, size_t) SUNDOG_LINK(gfxp_free_kernel_space);
void gfxp_load_kernel_space(uint64_t, size_t, uint32_t, caddr_t) SUNDOG_LINK(gfxp_load_kernel_space);
void gfxp_unload_kernel_space(caddr_t, size_t) SUNDOG_LINK(gfxp_unload_kernel_space);

/* &kas, kernel address, *physical address.  0, or 1: it has none. */
int gfxp_va2pa(struct as *, caddr_t, uint64_t *) SUNDOG_LINK(gfxp_va2pa);

#endif
