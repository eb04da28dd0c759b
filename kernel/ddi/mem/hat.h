/* SPDX-License-Identifier: BSD-2-Clause */
/* hat.h: pages that drivers show at kernel addresses of their own, hat_devload(9F). */
#ifndef KERNEL_DDI_MEM_HAT_H
#define KERNEL_DDI_MEM_HAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct page_object;

/* Does a driver show pages in [addr, addr + len)?  Such memory must not be freed. */
bool hat_is_loaded(uintptr_t addr, size_t len);
/*
 * The pages that are seen at [address, address + len), held for the caller: what hat_devload(9F) shows there, else the address's
 * own; *offset: of address in the object.  NULL: nothing that can be mapped, or not one piece.
 */
struct page_object *hat_pages(const void *address, size_t len, size_t *offset);

#endif
