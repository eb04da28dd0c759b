/* SPDX-License-Identifier: BSD-2-Clause */
/* kmem.h: kernel memory on behalf of a driver's call from elsewhere in the kernel part. */
#ifndef KERNEL_DDI_MEM_KMEM_H
#define KERNEL_DDI_MEM_KMEM_H

#include <sys/kmem.h>

/* As kmem_zalloc(9F), accounted to caller. */
void *kmem_get(size_t size, int flags, const void *caller);

#endif
