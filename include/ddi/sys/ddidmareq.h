/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/ddidmareq.h>: direct memory access, ddi_dma_alloc_handle(9F). */
#ifndef _SYS_DDIDMAREQ_H
#define _SYS_DDIDMAREQ_H

#include <sys/dditypes.h>
#include <sys/types.h>

struct as;
struct buf;

/* What a device can address: ddi_dma_attr(9S). */
typedef struct ddi_dma_attr {
	uint_t dma_attr_version;       /* DMA_ATTR_V0 */
	uint64_t dma_attr_addr_lo;     /* first address */
	uint64_t dma_attr_addr_hi;     /* last address */
	uint64_t dma_attr_count_max;   /* largest count, less one */
	uint64_t dma_attr_align;       /* bytes */
	uint_t dma_attr_burstsizes;
	uint32_t dma_attr_minxfer;
	uint64_t dma_attr_maxxfer;
	uint64_t dma_attr_seg;         /* boundary that no cookie crosses, less one */
	int dma_attr_sgllen;           /* cookies per window at most; -1: any */
	uint32_t dma_attr_granular;
	uint_t dma_attr_flags;
} ddi_dma_attr_t;
/* cache attributes of ddi_dma_mem_alloc(9F), devmap_umem_setup(9F) and others: one of them at most */
#define IOMEM_DATA_CACHED 0x10000
#define IOMEM_DATA_UC_WR_COMBINE 0x20000
#define IOMEM_DATA_UNCACHED 0x40000
#define IOMEM_DATA_MASK 0xf0000

#define DMA_ATTR_V0 0
#define DMA_ATTR_VERSION DMA_ATTR_V0
#define DDI_DMA_FORCE_PHYSICAL 0x0100
#define DDI_DMA_FLAGERR 0x200
#define DDI_DMA_RELAXED_ORDERING 0x400

/* Callbacks for want of resources: wait, do not wait, or a function. */
#define DDI_DMA_DONTWAIT ((int (*)(caddr_t))0)
#define DDI_DMA_SLEEP ((int (*)(caddr_t))1)
#define DDI_DMA_CALLBACK_RUNOUT 0
#define DDI_DMA_CALLBACK_DONE 1

/* Flags of the bind functions. */
#define DDI_DMA_WRITE 0x0001 /* memory to device */
#define DDI_DMA_READ 0x0002  /* device to memory */
#define DDI_DMA_RDWR (DDI_DMA_READ | DDI_DMA_WRITE)
#define DDI_DMA_REDZONE 0x0004
#define DDI_DMA_PARTIAL 0x0008 /* windows are allowed */
#define DDI_DMA_CONSISTENT 0x0010
#define DDI_DMA_EXCLUSIVE 0x0020
#define DDI_DMA_STREAMING 0x0040
#define DDI_DMA_SBUS_64BIT 0x2000

/* Results of the bind functions. */
#define DDI_DMA_MAPPED 0
#define DDI_DMA_MAPOK 0
#define DDI_DMA_PARTIAL_MAP 1
#define DDI_DMA_DONE 2
#define DDI_DMA_NORESOURCES (-1)
#define DDI_DMA_NOMAPPING (-2)
#define DDI_DMA_TOOBIG (-3)
#define DDI_DMA_TOOSMALL (-4)
#define DDI_DMA_LOCKED (-5)
#define DDI_DMA_BADLIMITS (-6)
#define DDI_DMA_STALE (-7)
#define DDI_DMA_BADATTR (-8)
#define DDI_DMA_INUSE (-9)

/* ddi_dma_sync(9F): which side looks next. */
#define DDI_DMA_SYNC_FORDEV 0x0
#define DDI_DMA_SYNC_FORCPU 0x1
#define DDI_DMA_SYNC_FORKERNEL 0x2


/*
 * A handle for binding one object at a time for the device dip.  attr is copied; waitfp, here and below: DDI_DMA_SLEEP
 * (user, kernel context), DDI_DMA_DONTWAIT, or a function that is called with arg when something that was wanted may be
 * there, until it returns other than DDI_DMA_CALLBACK_RUNOUT.
 * DDI_SUCCESS; DDI_DMA_BADATTR: attr contradicts itself (reported); DDI_DMA_NORESOURCES.
 */
int ddi_dma_alloc_handle(dev_info_t *dip, const ddi_dma_attr_t *attr, int (*waitfp)(caddr_t), caddr_t arg,
			 ddi_dma_handle_t *handlep) SUNDOG_LINK(ddi_dma_alloc_handle);
/* *handlep becomes NULL.  differs: with an object bound, or a second time, is a panic.  Any context. */
void ddi_dma_free_handle(ddi_dma_handle_t *handlep) SUNDOG_LINK(ddi_dma_free_handle);
/*
 * length bytes that the handle's device can take: zero-filled, resident, aligned to dma_attr_align, rounded up to
 * dma_attr_granular and 8 (*real_length).  The device sees them in one piece as far as its attributes permit.  accattr:
 * how ddi_get8(9F) and its family see them through *accp.  flags: DDI_DMA_CONSISTENT or DDI_DMA_STREAMING; here all
 * memory is consistent.  DDI_SUCCESS, or DDI_FAILURE: no memory, length 0, or an unknown version of accattr.
 */
int ddi_dma_mem_alloc(ddi_dma_handle_t handle, size_t length, const ddi_device_acc_attr_t *accattr, uint_t flags,
		      int (*waitfp)(caddr_t), caddr_t arg, caddr_t *kaddrp, size_t *real_length, ddi_acc_handle_t *accp)
	SUNDOG_LINK(ddi_dma_mem_alloc);
/* *accp becomes NULL. */
void ddi_dma_mem_free(ddi_acc_handle_t *accp) SUNDOG_LINK(ddi_dma_mem_free);
/*
 * Gives the device addresses for an object: [addr, addr + len) of the kernel (as: NULL or &kas), or the memory of a buf,
 * b_bcount bytes of it.  flags: DDI_DMA_READ (device to memory), DDI_DMA_WRITE, or both; DDI_DMA_PARTIAL: in windows if
 * it must be; the rest is ignored.  *cookiep: the first cookie of the first window, *ccountp: how many it has.  Cookies
 * cover exactly the object, in order, within addr_lo and addr_hi, count_max, seg, sgllen and maxxfer; each window but the
 * last is a multiple of granular.  What the object is in stays until it is unbound.
 * DDI_DMA_MAPPED       all of it
 * DDI_DMA_PARTIAL_MAP  its first window; ddi_dma_getwin(9F) moves on
 * DDI_DMA_INUSE        the handle has an object already
 * DDI_DMA_NORESOURCES  no addresses now (waitfp: what happens then)
 * DDI_DMA_NOMAPPING    len is 0, no direction, an application's address (differs: reported), or nothing between addr_lo
 *                      and addr_hi is ever given out (page 0, and all from 2^48 on)
 * DDI_DMA_TOOBIG       more than the device can take, without DDI_DMA_PARTIAL; or than it has addresses for
 */
int ddi_dma_addr_bind_handle(ddi_dma_handle_t handle, struct as *as, caddr_t addr, size_t len, uint_t flags,
			     int (*waitfp)(caddr_t), caddr_t arg, ddi_dma_cookie_t *cookiep, uint_t *ccountp)
	SUNDOG_LINK(ddi_dma_addr_bind_handle);
int ddi_dma_buf_bind_handle(ddi_dma_handle_t handle, struct buf *bp, uint_t flags, int (*waitfp)(caddr_t), caddr_t arg,
			    ddi_dma_cookie_t *cookiep, uint_t *ccountp) SUNDOG_LINK(ddi_dma_buf_bind_handle);
/* When the device's accesses in progress have ended.  DDI_SUCCESS, or DDI_FAILURE: nothing is bound. */
int ddi_dma_unbind_handle(ddi_dma_handle_t handle) SUNDOG_LINK(ddi_dma_unbind_handle);
/* The cookie after the last one given of this window; beyond its last one *cookiep stays as it is, with a note at -v. */
void ddi_dma_nextcookie(ddi_dma_handle_t handle, ddi_dma_cookie_t *cookiep) SUNDOG_LINK(ddi_dma_nextcookie);
/* Cookies of the active window; 0: nothing is bound. */
int ddi_dma_ncookies(ddi_dma_handle_t handle) SUNDOG_LINK(ddi_dma_ncookies);
/* The one after cookie (NULL: the first); NULL: there are no more. */
const ddi_dma_cookie_t *ddi_dma_cookie_iter(ddi_dma_handle_t handle, const ddi_dma_cookie_t *cookie)
	SUNDOG_LINK(ddi_dma_cookie_iter);
/* Number 0, 1, ...; NULL: there is none. */
const ddi_dma_cookie_t *ddi_dma_cookie_get(ddi_dma_handle_t handle, uint_t number) SUNDOG_LINK(ddi_dma_cookie_get);
/* The only one; if it is not, that is a panic. */
const ddi_dma_cookie_t *ddi_dma_cookie_one(ddi_dma_handle_t handle) SUNDOG_LINK(ddi_dma_cookie_one);
/* *nwinp: windows of the bound object, 1 if all of it is mapped.  DDI_SUCCESS, or DDI_FAILURE: nothing is bound. */
int ddi_dma_numwin(ddi_dma_handle_t handle, uint_t *nwinp) SUNDOG_LINK(ddi_dma_numwin);
/*
 * Window number win (0, 1, ...) becomes the one that the device reaches: bytes [*offp, *offp + *lenp) of the object, with
 * *ccountp cookies from *cookiep on.  DDI_SUCCESS, or DDI_FAILURE: no such window, and nothing has changed.
 */
int ddi_dma_getwin(ddi_dma_handle_t handle, uint_t win, off_t *offp, size_t *lenp, ddi_dma_cookie_t *cookiep,
		   uint_t *ccountp) SUNDOG_LINK(ddi_dma_getwin);
/*
 * Before the device (DDI_DMA_SYNC_FORDEV) or the CPU (_FORCPU, _FORKERNEL) looks at [off, off + len) of the object.  Both
 * see the same bytes here: it is a barrier.  DDI_SUCCESS, or DDI_FAILURE: outside of the object, or nothing is bound.
 */
int ddi_dma_sync(ddi_dma_handle_t handle, off_t off, size_t len, uint_t type) SUNDOG_LINK(ddi_dma_sync);
int ddi_dma_set_sbus64(ddi_dma_handle_t, ulong_t) SUNDOG_ABSENT(ddi_dma_set_sbus64);
/* dma_attr_burstsizes, as it was given. */
int ddi_dma_burstsizes(ddi_dma_handle_t handle) SUNDOG_LINK(ddi_dma_burstsizes);

#define DDI_DMA_FREE 0
#define DDI_DMA_MOVWIN 4
#define DDI_DMA_NEXTWIN 8
#define DDI_DMA_RESERVE 11
#define DDI_DMA_RELEASE 12

#define DMA_OTYP_VADDR 0
#define DMA_OTYP_PAGES 1
#define DMA_OTYP_PADDR 2
#define DMA_OTYP_BUFVADDR 3

#endif
