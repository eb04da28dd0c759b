/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <vm/as.h>: an address space.  Drivers compare pointers to it; the framework's own struct begins with
 * this.
 */
#ifndef _VM_AS_H
#define _VM_AS_H

#include <sys/ksynch.h>
#include <sys/types.h>
#include <vm/faultcode.h>
#include <vm/seg.h>

struct hat;
struct page;
struct proc;

struct as {
	struct hat *a_hat;
	struct proc *a_proc;
	size_t a_size;       /* bytes of device mappings */
	uint_t a_flags;
	caddr_t a_userlimit; /* first address that is not the process's */
	krwlock_t a_lock;    /* protects the segments */
};

extern struct as kas SUNDOG_LINK(kas); /* the kernel's own */

faultcode_t as_fault(struct hat *, struct as *, caddr_t, size_t, enum fault_type, enum seg_rw) SUNDOG_ABSENT(as_fault);
int as_unmap(struct as *, caddr_t, size_t) SUNDOG_ABSENT(as_unmap);
int as_pagelock(struct as *, struct page ***, caddr_t, size_t, enum seg_rw) SUNDOG_ABSENT(as_pagelock);
void as_pageunlock(struct as *, struct page **, caddr_t, size_t, enum seg_rw) SUNDOG_ABSENT(as_pageunlock);
struct seg *as_segat(struct as *, caddr_t) SUNDOG_ABSENT(as_segat);

/* What comes along with it. */
#include <sys/user.h>

#endif
