/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/ddi_intr.h>: interrupts, ddi_intr_alloc(9F). */
#ifndef _SYS_DDI_INTR_H
#define _SYS_DDI_INTR_H

#include <sys/dditypes.h>
#include <sys/types.h>

typedef struct __ddi_intr_handle *ddi_intr_handle_t;
typedef struct __ddi_softint_handle *ddi_softint_handle_t;
typedef uint_t (ddi_intr_handler_t)(caddr_t, caddr_t);

#define DDI_INTR_CLAIMED 1
#define DDI_INTR_UNCLAIMED 0

#define DDI_INTR_TYPE_FIXED 0x1
#define DDI_INTR_TYPE_MSI 0x2
#define DDI_INTR_TYPE_MSIX 0x4

#define DDI_INTR_FLAG_LEVEL 0x0001
#define DDI_INTR_FLAG_EDGE 0x0002
#define DDI_INTR_FLAG_MASKABLE 0x0010
#define DDI_INTR_FLAG_PENDING 0x0020
#define DDI_INTR_FLAG_BLOCK 0x0100

#define DDI_INTR_ALLOC_NORMAL 0
#define DDI_INTR_ALLOC_STRICT 1

#define DDI_INTR_NOTFOUND 1

#define DDI_INTR_PRI_MIN 1
#define DDI_INTR_PRI_MAX 12
#define DDI_INTR_SOFTPRI_MIN 1
#define DDI_INTR_SOFTPRI_MAX 9
#define DDI_INTR_SOFTPRI_DEFAULT DDI_INTR_SOFTPRI_MIN
#define DDI_INTR_PRI(pri) ((void *)((uintptr_t)(pri)))

/*
 * A device has as many interrupts as its property "interrupts" has elements, numbered from 0, each to be had as one of the
 * three types.  Its hardware side raises them with sim_interrupt() of <sundog/sim.h>.  A handler runs in a thread
 * of its own, in interrupt context: it takes mutexes, and should not wait for long.
 *
 * Unless stated otherwise: user or kernel context; DDI_SUCCESS, or DDI_EINVAL for NULL and for numbers out of range.
 */

/* *count: interrupts of the device.  Old: see ddi_intr_get_nintrs(). */
int ddi_dev_nintrs(dev_info_t *dip, int *count) SUNDOG_LINK(ddi_dev_nintrs);
/* *typesp: DDI_INTR_TYPE_* bits.  DDI_INTR_NOTFOUND: the device has no interrupts. */
int ddi_intr_get_supported_types(dev_info_t *dip, int *typesp) SUNDOG_LINK(ddi_intr_get_supported_types);
/* How many of one type there are, and how many of them are not allocated. */
int ddi_intr_get_nintrs(dev_info_t *dip, int type, int *nintrsp) SUNDOG_LINK(ddi_intr_get_nintrs);
int ddi_intr_get_navail(dev_info_t *dip, int type, int *navailp) SUNDOG_LINK(ddi_intr_get_navail);
/*
 * Up to count handles of one type into h_array, for the numbers from inum on; *actualp: how many.  DDI_EAGAIN: none is free,
 * or fewer than count with DDI_INTR_ALLOC_STRICT; DDI_INTR_NOTFOUND: no such number.
 */
int ddi_intr_alloc(dev_info_t *dip, ddi_intr_handle_t *h_array, int type, int inum, int count, int *actualp,
		   int behavior) SUNDOG_LINK(ddi_intr_alloc);
/* DDI_EINVAL: it still has a handler. */
int ddi_intr_free(ddi_intr_handle_t h) SUNDOG_LINK(ddi_intr_free);
/* *flagsp: DDI_INTR_FLAG_*; with BLOCK (MSI) the block functions work.  Nothing can be set: DDI_ENOTSUP. */
int ddi_intr_get_cap(ddi_intr_handle_t h, int *flagsp) SUNDOG_LINK(ddi_intr_get_cap);
int ddi_intr_set_cap(ddi_intr_handle_t h, int flags) SUNDOG_LINK(ddi_intr_set_cap);
/* Priorities DDI_INTR_PRI_MIN to _MAX are recorded only; they are set before the handler is added. */
uint_t ddi_intr_get_hilevel_pri(void) SUNDOG_LINK(ddi_intr_get_hilevel_pri);
int ddi_intr_get_pri(ddi_intr_handle_t h, uint_t *prip) SUNDOG_LINK(ddi_intr_get_pri);
int ddi_intr_set_pri(ddi_intr_handle_t h, uint_t pri) SUNDOG_LINK(ddi_intr_set_pri);
/* fn(arg1, arg2) for each interrupt, once it is enabled.  DDI_EINVAL: it has a handler. */
int ddi_intr_add_handler(ddi_intr_handle_t h, ddi_intr_handler_t *fn, void *arg1, void *arg2)
	SUNDOG_LINK(ddi_intr_add_handler);
/* MSI-X: number inum gets h's handler too, by a handle of its own.  DDI_EAGAIN: it is allocated. */
int ddi_intr_dup_handler(ddi_intr_handle_t h, int inum, ddi_intr_handle_t *dupp) SUNDOG_LINK(ddi_intr_dup_handler);
/* Returns when the handler runs no more; may block, so not from the handler.  DDI_EINVAL: it is enabled. */
int ddi_intr_remove_handler(ddi_intr_handle_t h) SUNDOG_LINK(ddi_intr_remove_handler);
/* DDI_EINVAL: it has no handler, or is so already.  A handler that has begun may go on after disable. */
int ddi_intr_enable(ddi_intr_handle_t h) SUNDOG_LINK(ddi_intr_enable);
int ddi_intr_disable(ddi_intr_handle_t h) SUNDOG_LINK(ddi_intr_disable);
/* The same for MSI handles: all count of them, or none. */
int ddi_intr_block_enable(ddi_intr_handle_t *h_array, int count) SUNDOG_LINK(ddi_intr_block_enable);
int ddi_intr_block_disable(ddi_intr_handle_t *h_array, int count) SUNDOG_LINK(ddi_intr_block_disable);
/* While masked an interrupt stays pending.  Any context; DDI_EINVAL: it is not enabled. */
int ddi_intr_set_mask(ddi_intr_handle_t h) SUNDOG_LINK(ddi_intr_set_mask);
int ddi_intr_clr_mask(ddi_intr_handle_t h) SUNDOG_LINK(ddi_intr_clr_mask);
int ddi_intr_get_pending(ddi_intr_handle_t h, int *pendingp) SUNDOG_LINK(ddi_intr_get_pending);

/* ---- soft interrupts ---- */

/* pri: DDI_INTR_SOFTPRI_MIN to _MAX. */
int ddi_intr_add_softint(dev_info_t *dip, ddi_softint_handle_t *hp, int pri, ddi_intr_handler_t *fn, void *arg1)
	SUNDOG_LINK(ddi_intr_add_softint);
int ddi_intr_remove_softint(ddi_softint_handle_t h) SUNDOG_LINK(ddi_intr_remove_softint);
/* fn(arg1, arg2), soon.  Any context.  DDI_EPENDING: it was triggered before and has not begun; arg2 is not used. */
int ddi_intr_trigger_softint(ddi_softint_handle_t h, void *arg2) SUNDOG_LINK(ddi_intr_trigger_softint);
int ddi_intr_get_softint_pri(ddi_softint_handle_t h, uint_t *prip) SUNDOG_LINK(ddi_intr_get_softint_pri);

/* ---- the older interface: a handler is enabled as it is added ---- */

/* DDI_INTR_NOTFOUND: no such interrupt. */
int ddi_get_iblock_cookie(dev_info_t *dip, uint_t inum, ddi_iblock_cookie_t *iblockp) SUNDOG_LINK(ddi_get_iblock_cookie);
/* iblockp and idevp may be NULL.  DDI_FAILURE: fn is NULL, or no thread can be had for it. */
int ddi_add_intr(dev_info_t *dip, uint_t inum, ddi_iblock_cookie_t *iblockp, ddi_idevice_cookie_t *idevp,
		 uint_t (*fn)(caddr_t), caddr_t arg) SUNDOG_LINK(ddi_add_intr);
/* Returns when the handler runs no more.  One that was not added is a driver's bug. */
void ddi_remove_intr(dev_info_t *dip, uint_t inum, ddi_iblock_cookie_t iblock) SUNDOG_LINK(ddi_remove_intr);
/* Always 0: no interrupt is of high level. */
int ddi_intr_hilevel(dev_info_t *dip, uint_t inum) SUNDOG_LINK(ddi_intr_hilevel);
#define DDI_SOFTINT_FIXED 0
#define DDI_SOFTINT_LOW 8
#define DDI_SOFTINT_MED 128
#define DDI_SOFTINT_HIGH 256
/* preference DDI_SOFTINT_LOW, _MED or _HIGH; else DDI_FAILURE. */
int ddi_get_soft_iblock_cookie(dev_info_t *dip, int preference, ddi_iblock_cookie_t *iblockp)
	SUNDOG_LINK(ddi_get_soft_iblock_cookie);
int ddi_add_softintr(dev_info_t *dip, int preference, ddi_softintr_t *idp, ddi_iblock_cookie_t *iblockp,
		     ddi_idevice_cookie_t *idevp, uint_t (*fn)(caddr_t), caddr_t arg) SUNDOG_LINK(ddi_add_softintr);
void ddi_remove_softintr(ddi_softintr_t id) SUNDOG_LINK(ddi_remove_softintr);
void ddi_trigger_softintr(ddi_softintr_t id) SUNDOG_LINK(ddi_trigger_softintr);

/* What comes along with it. */
#include <sys/ddipropdefs.h>
#include <sys/list_impl.h>
#include <sys/processor.h>

#endif
