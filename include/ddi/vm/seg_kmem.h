/* SPDX-License-Identifier: BSD-2-Clause */
/* <vm/seg_kmem.h>: the kernel's own address space. */
#ifndef _VM_SEG_KMEM_H
#define _VM_SEG_KMEM_H

#include <sys/types.h>
#include <sys/vmem.h>
#include <vm/as.h>
#include <vm/hat.h>
#include <vm/page.h>
#include <vm/seg.h>

extern struct seg kvseg SUNDOG_ABSENT(kvseg);

#endif
