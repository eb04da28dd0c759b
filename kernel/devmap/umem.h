/* SPDX-License-Identifier: BSD-2-Clause */
/* umem.h: cookies of kernel memory: ddi_umem_alloc(9F). */
#ifndef KERNEL_DEVMAP_UMEM_H
#define KERNEL_DEVMAP_UMEM_H

#include <stddef.h>
#include <sys/umem_cookie.h>

struct page_object;

/*
 * The pages that [offset, offset + len) of a cookie names, held for the caller, and the range's offset in them.
 * The cookie may be a driver's own.  NULL: they are not memory that can be mapped.  Not for trash.
 */
struct page_object *umem_pages(const struct ddi_umem_cookie *cookie, size_t offset, size_t len, size_t *in_object);

#endif
