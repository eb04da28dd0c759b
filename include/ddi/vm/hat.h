/* SPDX-License-Identifier: BSD-2-Clause */
/* <vm/hat.h>: hardware address translations. */
#ifndef _VM_HAT_H
#define _VM_HAT_H

#include <sys/types.h>

struct as;
struct hat;
struct page;

#define HAT_STRICTORDER 0x0000
#define HAT_UNORDERED_OK 0x0100
#define HAT_MERGING_OK 0x0200
#define HAT_LOADCACHING_OK 0x0300
#define HAT_STORECACHING_OK 0x0400
#define HAT_ORDER_MASK 0x0700
#define HAT_NEVERSWAP 0x0000
#define HAT_STRUCTURE_BE 0x1000
#define HAT_STRUCTURE_LE 0x2000
#define HAT_ENDIAN_MASK 0x3000
#define HAT_NOSYNC 0x20

#define HAT_LOAD 0x0000
#define HAT_LOAD_LOCK 0x0001
#define HAT_LOAD_ADV 0x0004
#define HAT_LOAD_CONTIG 0x0010
#define HAT_LOAD_NOCONSIST 0x0020
#define HAT_LOAD_SHARE 0x0040
#define HAT_LOAD_REMAP 0x0080

#define HAT_UNLOAD 0x00
#define HAT_UNLOAD_NOSYNC 0x02
#define HAT_UNLOAD_UNLOCK 0x04
#define HAT_UNLOAD_OTHER 0x08
#define HAT_UNLOAD_UNMAP 0x10

/* The frame, and the physical address, of kernel memory that can be mapped; PFN_INVALID, and all ones: of none. */
pfn_t va_to_pfn(void *) SUNDOG_LINK(va_to_pfn);
uint64_t va_to_pa(void *) SUNDOG_LINK(va_to_pa);
pfn_t hat_getpfnum(struct hat *, caddr_t) SUNDOG_LINK(hat_getpfnum);
void hat_devload(struct hat *, caddr_t, size_t, pfn_t, uint_t, int) SUNDOG_LINK(hat_devload);
void hat_unload(struct hat *, caddr_t, size_t, uint_t) SUNDOG_LINK(hat_unload);
void hat_unlock(struct hat *, caddr_t, size_t) SUNDOG_LINK(hat_unlock);

/* What comes along with it. */
#include <sys/avl_impl.h>
#include <sys/vnode.h>
#include <vm/seg.h>

#endif
