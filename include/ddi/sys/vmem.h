/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/vmem.h>: arenas of addresses or numbers, vmem(9F). */
#ifndef _SYS_VMEM_H
#define _SYS_VMEM_H

#include <sys/types.h>

#define VM_SLEEP 0x00000000
#define VM_NOSLEEP 0x00000001
#define VM_PANIC 0x00000002
#define VM_PUSHPAGE 0x00000004
#define VM_NORMALPRI 0x00000008
#define VM_KMFLAGS 0x000000ff
#define VM_BESTFIT 0x00000100
#define VM_FIRSTFIT 0x00000200
#define VM_NEXTFIT 0x00000400
#define VM_MEMLOAD 0x00000800
#define VM_NORELOC 0x00001000
#define VM_ABORT 0x00002000
#define VM_ENDALLOC 0x00004000
#define VM_FLAGS 0x0000ffff

#define VMC_POPULATOR 0x00010000
#define VMC_NO_QCACHE 0x00020000
#define VMC_IDENTIFIER 0x00040000

#define VMEM_ALLOC 0x01
#define VMEM_FREE 0x02
#define VMEM_SPAN 0x10

typedef struct vmem vmem_t;
typedef void *vmem_alloc_t(vmem_t *, size_t, int);
typedef void vmem_free_t(vmem_t *, void *, size_t);

extern vmem_t *heap_arena SUNDOG_LINK(heap_arena);

vmem_t *vmem_create(const char *, void *, size_t, size_t, vmem_alloc_t *, vmem_free_t *, vmem_t *, size_t, int)
	SUNDOG_LINK(vmem_create);
void vmem_destroy(vmem_t *) SUNDOG_LINK(vmem_destroy);
void *vmem_alloc(vmem_t *, size_t, int) SUNDOG_LINK(vmem_alloc);
void *vmem_xalloc(vmem_t *, size_t, size_t, size_t, size_t, void *, void *, int) SUNDOG_LINK(vmem_xalloc);
void vmem_free(vmem_t *, void *, size_t) SUNDOG_LINK(vmem_free);
void vmem_xfree(vmem_t *, void *, size_t) SUNDOG_LINK(vmem_xfree);
void *vmem_add(vmem_t *, void *, size_t, int) SUNDOG_LINK(vmem_add);
int vmem_contains(vmem_t *, void *, size_t) SUNDOG_LINK(vmem_contains);
void vmem_walk(vmem_t *, int, void (*)(void *, void *, size_t), void *) SUNDOG_ABSENT(vmem_walk);
size_t vmem_size(vmem_t *, int) SUNDOG_LINK(vmem_size);

#endif
