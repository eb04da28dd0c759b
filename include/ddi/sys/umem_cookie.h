/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/umem_cookie.h>: what a ddi_umem_cookie_t points to.  Part of <sys/ddidevmap.h>. */
#ifndef _SYS_UMEM_COOKIE_H
#define _SYS_UMEM_COOKIE_H

#include <sys/ddidevmap.h>
#include <sys/ksynch.h>
#include <sys/types.h>
#include <vm/seg_enum.h>

struct as;
struct proc;
struct page;

/*
 * Drivers read size, cvaddr and type, count with cook_refcnt, and sometimes fill in a cookie of their own
 * (type, cvaddr, size) over page-aligned kernel memory: these fields are ABI.
 */
struct ddi_umem_cookie {
	size_t size;            /* bytes, whole pages */
	caddr_t cvaddr;         /* kernel address; UMEM_LOCKED: the user address */
	kmutex_t lock;
	uint_t type;            /* KMEM_PAGEABLE, KMEM_NON_PAGEABLE, UMEM_LOCKED or UMEM_TRASH */
	struct page **pparray;  /* UMEM_LOCKED: its pages */
	void *procp;            /* UMEM_LOCKED: the process whose memory is locked */
	struct as *asp;         /* UMEM_LOCKED: its address space */
	enum seg_rw s_flags;
	uint_t locked;
	struct umem_callback_ops callbacks;
	ulong_t cook_refcnt;    /* the driver's to use in kernel-memory and trash cookies */
	struct ddi_umem_cookie *unl_forw; /* the framework's, from here on */
	ulong_t upd_max_lock_rctl;
	void *lockmem_proj;     /* project that is charged */
	void *lockmem_zone;
	void *pages_;
	void *list_[2];
	void *caller_;
	uint64_t internal_[8];
};

#endif
