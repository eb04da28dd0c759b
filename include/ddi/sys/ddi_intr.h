/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/ddi_intr.h>: interrupts, ddi_intr_alloc(9F). */
#ifndef _SYS_DDI_INTR_H
#define _SYS_DDI_INTR_H

#include <sys/dditypes.h>
#include <sys/types.h>

typedef struct ddi_intr_handle_impl *ddi_intr_handle_t;
typedef struct ddi_softint_hdl_impl *ddi_softint_handle_t;
typedef uint_t (ddi_intr_handler_t)(caddr_t, caddr_t);

#define DDI_INTR_CLAIMED 1
#define DDI_INTR_UNCLAIMED 0

#define DDI_INTR_TYPE_FIXED 0x1
#define DDI_INTR_TYPE_MSI 0x2
#define DDI_INTR_TYPE_MSIX 0x4

#define DDI_INTR_FLAG_LEVEL 0x0001
#define DDI_INTR_FLAG_EDGE 0x0002
#define DDI_INTR_FLAG_RETARGETABLE 0x0008
#define DDI_INTR_FLAG_MASKABLE 0x0010
#define DDI_INTR_FLAG_PENDING 0x0020
#define DDI_INTR_FLAG_BLOCK 0x0100

#define DDI_INTR_ALLOC_NORMAL 0
#define DDI_INTR_ALLOC_STRICT 1

#define DDI_INTR_SUCCESS 0
#define DDI_INTR_FAILURE (-1)
#define DDI_INTR_NOTFOUND 1

#define DDI_INTR_PRI_MIN 1
#define DDI_INTR_PRI_MAX 12
#define DDI_INTR_SOFTPRI_MIN 1
#define DDI_INTR_SOFTPRI_MAX 9
#define DDI_INTR_SOFTPRI_DEFAULT DDI_INTR_SOFTPRI_MIN
#define DDI_INTR_PRI(pri) ((void *)((uintptr_t)(pri)))

int ddi_intr_get_supported_types(dev_info_t *, int *) SUNDOG_LINK(ddi_intr_get_supported_types);
int ddi_intr_get_nintrs(dev_info_t *, int, int *) SUNDOG_LINK(ddi_intr_get_nintrs);
int ddi_intr_get_navail(dev_info_t *, int, int *) SUNDOG_LINK(ddi_intr_get_navail);
/* handles out, type, first number, count, actual out, DDI_INTR_ALLOC_*. */
int ddi_intr_alloc(dev_info_t *, ddi_intr_handle_t *, int, int, int, int *, int) SUNDOG_LINK(ddi_intr_alloc);
int ddi_intr_free(ddi_intr_handle_t) SUNDOG_LINK(ddi_intr_free);
int ddi_intr_get_cap(ddi_intr_handle_t, int *) SUNDOG_LINK(ddi_intr_get_cap);
int ddi_intr_set_cap(ddi_intr_handle_t, int) SUNDOG_LINK(ddi_intr_set_cap);
uint_t ddi_intr_get_hilevel_pri(void) SUNDOG_LINK(ddi_intr_get_hilevel_pri);
int ddi_intr_get_pri(ddi_intr_handle_t, uint_t *) SUNDOG_LINK(ddi_intr_get_pri);
int ddi_intr_set_pri(ddi_intr_handle_t, uint_t) SUNDOG_LINK(ddi_intr_set_pri);
int ddi_intr_add_handler(ddi_intr_handle_t, ddi_intr_handler_t *, void *, void *) SUNDOG_LINK(ddi_intr_add_handler);
int ddi_intr_dup_handler(ddi_intr_handle_t, int, ddi_intr_handle_t *) SUNDOG_LINK(ddi_intr_dup_handler);
int ddi_intr_remove_handler(ddi_intr_handle_t) SUNDOG_LINK(ddi_intr_remove_handler);
int ddi_intr_enable(ddi_intr_handle_t) SUNDOG_LINK(ddi_intr_enable);
int ddi_intr_disable(ddi_intr_handle_t) SUNDOG_LINK(ddi_intr_disable);
int ddi_intr_block_enable(ddi_intr_handle_t *, int) SUNDOG_LINK(ddi_intr_block_enable);
int ddi_intr_block_disable(ddi_intr_handle_t *, int) SUNDOG_LINK(ddi_intr_block_disable);
int ddi_intr_set_mask(ddi_intr_handle_t) SUNDOG_LINK(ddi_intr_set_mask);
int ddi_intr_clr_mask(ddi_intr_handle_t) SUNDOG_LINK(ddi_intr_clr_mask);
int ddi_intr_get_pending(ddi_intr_handle_t, int *) SUNDOG_LINK(ddi_intr_get_pending);
int ddi_intr_add_softint(dev_info_t *, ddi_softint_handle_t *, int, ddi_intr_handler_t *, void *)
	SUNDOG_LINK(ddi_intr_add_softint);
int ddi_intr_remove_softint(ddi_softint_handle_t) SUNDOG_LINK(ddi_intr_remove_softint);
int ddi_intr_trigger_softint(ddi_softint_handle_t, void *) SUNDOG_LINK(ddi_intr_trigger_softint);
int ddi_intr_get_softint_pri(ddi_softint_handle_t, uint_t *) SUNDOG_LINK(ddi_intr_get_softint_pri);

/* The older interface. */
int ddi_get_iblock_cookie(dev_info_t *, uint_t, ddi_iblock_cookie_t *) SUNDOG_LINK(ddi_get_iblock_cookie);
int ddi_add_intr(dev_info_t *, uint_t, ddi_iblock_cookie_t *, ddi_idevice_cookie_t *, uint_t (*)(caddr_t), caddr_t)
	SUNDOG_LINK(ddi_add_intr);
void ddi_remove_intr(dev_info_t *, uint_t, ddi_iblock_cookie_t) SUNDOG_LINK(ddi_remove_intr);
int ddi_intr_hilevel(dev_info_t *, uint_t) SUNDOG_LINK(ddi_intr_hilevel);
#define DDI_SOFTINT_FIXED 0
#define DDI_SOFTINT_LOW 8
#define DDI_SOFTINT_MED 128
#define DDI_SOFTINT_HIGH 256
int ddi_add_softintr(dev_info_t *, int, ddi_softintr_t *, ddi_iblock_cookie_t *, ddi_idevice_cookie_t *,
		     uint_t (*)(caddr_t), caddr_t) SUNDOG_LINK(ddi_add_softintr);
void ddi_remove_softintr(ddi_softintr_t) SUNDOG_LINK(ddi_remove_softintr);
void ddi_trigger_softintr(ddi_softintr_t) SUNDOG_LINK(ddi_trigger_softintr);

#endif
