/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/ddidmareq.h>: direct memory access, ddi_dma_alloc_handle(9F). */
#ifndef _SYS_DDIDMAREQ_H
#define _SYS_DDIDMAREQ_H

#include <sys/dditypes.h>
#include <sys/types.h>

struct as;
struct buf;

/* A range that a device may use: ddi_dma_cookie(9S). */
typedef struct ddi_dma_cookie {
	union {
		uint64_t _dmac_ll;
		uint32_t _dmac_la[2];
	} _dmu;
	size_t dmac_size; /* bytes */
	uint_t dmac_type;
} ddi_dma_cookie_t;
#define dmac_laddress _dmu._dmac_ll
#define dmac_address _dmu._dmac_la[0]
#define dmac_notused _dmu._dmac_la[1]

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

/* ddi_dma_sync(9F): who looks next. */
#define DDI_DMA_SYNC_FORDEV 0x0
#define DDI_DMA_SYNC_FORCPU 0x1
#define DDI_DMA_SYNC_FORKERNEL 0x2

#define DDI_DMA_BURSTSIZES_ANY 0xffffffffu

int ddi_dma_alloc_handle(dev_info_t *, ddi_dma_attr_t *, int (*)(caddr_t), caddr_t, ddi_dma_handle_t *)
	SUNDOG_LINK(ddi_dma_alloc_handle);
void ddi_dma_free_handle(ddi_dma_handle_t *) SUNDOG_LINK(ddi_dma_free_handle);
/*
 * length, access attributes, DDI_DMA_CONSISTENT or _STREAMING, wait, argument; address, length, handle
 * out.
 */
int ddi_dma_mem_alloc(ddi_dma_handle_t, size_t, ddi_device_acc_attr_t *, uint_t, int (*)(caddr_t), caddr_t,
		      caddr_t *, size_t *, ddi_acc_handle_t *) SUNDOG_LINK(ddi_dma_mem_alloc);
void ddi_dma_mem_free(ddi_acc_handle_t *) SUNDOG_LINK(ddi_dma_mem_free);
int ddi_dma_addr_bind_handle(ddi_dma_handle_t, struct as *, caddr_t, size_t, uint_t, int (*)(caddr_t), caddr_t,
			     ddi_dma_cookie_t *, uint_t *) SUNDOG_LINK(ddi_dma_addr_bind_handle);
int ddi_dma_buf_bind_handle(ddi_dma_handle_t, struct buf *, uint_t, int (*)(caddr_t), caddr_t, ddi_dma_cookie_t *,
			    uint_t *) SUNDOG_LINK(ddi_dma_buf_bind_handle);
int ddi_dma_unbind_handle(ddi_dma_handle_t) SUNDOG_LINK(ddi_dma_unbind_handle);
void ddi_dma_nextcookie(ddi_dma_handle_t, ddi_dma_cookie_t *) SUNDOG_LINK(ddi_dma_nextcookie);
uint_t ddi_dma_ncookies(ddi_dma_handle_t) SUNDOG_LINK(ddi_dma_ncookies);
const ddi_dma_cookie_t *ddi_dma_cookie_iter(ddi_dma_handle_t, const ddi_dma_cookie_t *)
	SUNDOG_LINK(ddi_dma_cookie_iter);
const ddi_dma_cookie_t *ddi_dma_cookie_get(ddi_dma_handle_t, uint_t) SUNDOG_LINK(ddi_dma_cookie_get);
const ddi_dma_cookie_t *ddi_dma_cookie_one(ddi_dma_handle_t) SUNDOG_LINK(ddi_dma_cookie_one);
int ddi_dma_numwin(ddi_dma_handle_t, uint_t *) SUNDOG_LINK(ddi_dma_numwin);
int ddi_dma_getwin(ddi_dma_handle_t, uint_t, off_t *, size_t *, ddi_dma_cookie_t *, uint_t *)
	SUNDOG_LINK(ddi_dma_getwin);
int ddi_dma_sync(ddi_dma_handle_t, off_t, size_t, uint_t) SUNDOG_LINK(ddi_dma_sync);
int ddi_dma_set_sbus64(ddi_dma_handle_t, ulong_t) SUNDOG_LINK(ddi_dma_set_sbus64);
int ddi_dma_burstsizes(ddi_dma_handle_t) SUNDOG_LINK(ddi_dma_burstsizes);

#endif
