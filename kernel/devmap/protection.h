/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * protection.h: the protection of each page of a handle.  A handle begins with dh_prot; mprotect(2) of a part
 * makes runs of pages with another one.  All under handle->lock.
 */
#ifndef KERNEL_DEVMAP_PROTECTION_H
#define KERNEL_DEVMAP_PROTECTION_H

#include <stdbool.h>
#include <stdint.h>

struct handle;

/* PROT_* of the page at addr; *end: where its run ends. */
unsigned protection_at(const struct handle *handle, uintptr_t addr, uintptr_t *end);
/* Does it allow an access in direction rw (DEVMAP_*)? */
bool protection_allows(unsigned prot, unsigned rw);
/* [start, end) of the handle gets prot. */
void protection_set(struct handle *handle, uintptr_t start, uintptr_t end, unsigned prot);
/* The new handle, which shares no page yet with anything, takes the runs that lie in it over from another one. */
void protection_copy(struct handle *to, const struct handle *from);
/* The handle is [start, end) from now on. */
void protection_trim(struct handle *handle, uintptr_t start, uintptr_t end);
void protection_clear(struct handle *handle);

/* PROT_* as the host wants it. */
static inline unsigned
protection_host(unsigned prot)
{
	return prot & 7u;
}

#endif
