/* SPDX-License-Identifier: BSD-2-Clause */
/* <vm/page.h>: pages of memory. */
#ifndef _VM_PAGE_H
#define _VM_PAGE_H

#include <sys/types.h>

struct vnode;

typedef struct page {
	u_offset_t p_offset;
	struct vnode *p_vnode;
	pfn_t p_pagenum;
	uchar_t p_state;  /* P_* */
	ushort_t p_lckcnt;
	ushort_t p_cowcnt;
	int p_selock;     /* 0: not locked */
	void *p_internal[2];
} page_t;

#define P_FREE 0x80
#define P_NORELOC 0x40
#define P_MIGRATE 0x20
#define P_SWAP 0x10

#define PP_ISFREE(pp) ((pp)->p_state & P_FREE)
#define PP_ISNORELOC(pp) ((pp)->p_state & P_NORELOC)
#define PP_ISAGED(pp) (PP_ISFREE(pp) && (pp)->p_vnode == NULL)
#define PAGE_LOCKED(pp) ((pp)->p_selock != 0)
#define PAGE_EXCL(pp) ((pp)->p_selock < 0)
#define PAGE_SHARED(pp) ((pp)->p_selock > 0)

typedef enum { SE_SHARED, SE_EXCL } se_t;

page_t *page_numtopp_nolock(pfn_t) SUNDOG_LINK(page_numtopp_nolock);
page_t *page_numtopp(pfn_t, se_t) SUNDOG_ABSENT(page_numtopp);
pfn_t page_pptonum(page_t *) SUNDOG_LINK(page_pptonum);
int page_trylock(page_t *, se_t) SUNDOG_LINK(page_trylock);
void page_unlock(page_t *) SUNDOG_LINK(page_unlock);

/* What comes along with it. */
#include <vm/hat.h>

#endif
