/* SPDX-License-Identifier: BSD-2-Clause */
/* as.h: simulated address spaces: the host_as of host.h, and what the embedded host does with them. */
#ifndef HOST_EMBED_AS_H
#define HOST_EMBED_AS_H

#include "host/embed/ranges.h"

#define AS_PAGE 4096u
#define AS_PAGE_MASK (~(uintptr_t)(AS_PAGE - 1))

/* below_4g: addresses of an ILP32 process. */
struct host_as *as_create(bool below_4g);
void as_destroy(struct host_as *as);
/* Who gets the signals that the kernel part sends; before anybody uses the address space. */
void as_signal_to(struct host_as *as, void (*signal)(void *arg, int signo), void *arg);
/* fork: copies the ordinary memory.  ENOMEM. */
int as_copy_memory(struct host_as *from, struct host_as *to);

/* Ordinary zero-filled memory; len is rounded up to pages.  addr: 0, or where (replaces what is there). */
int as_map_memory(struct host_as *as, uintptr_t *addr, size_t len, unsigned prot);
/* data of the caller appears at *addr, until as_unmap_memory(). */
int as_lend_memory(struct host_as *as, void *data, size_t len, uintptr_t *addr);
void as_unmap_memory(struct host_as *as, uintptr_t addr,
		     size_t len); /* passes over what is not ordinary memory */
void as_protect_memory(struct host_as *as, uintptr_t addr, size_t len, unsigned prot); /* likewise */
bool as_has_memory(struct host_as *as, uintptr_t addr, size_t len);

enum as_result {
	AS_DONE,
	AS_NO_TRANSLATION, /* a device mapping, to be asked for with sys_fault() */
	AS_NOT_MAPPED,
	AS_DENIED,
};
/*
 * Copies len bytes between the address space and data (WRITE: from data; READ, EXEC: to data, which may be
 * NULL to touch only).  The range lies within one page.  Memory of the device is reached while its
 * translation is held, so that host_as_unload() returns only after the copy.
 */
enum as_result as_access(struct host_as *as, uintptr_t addr, void *data, size_t len, unsigned prot);
/* Does the page have a translation that allows prot? */
bool as_loaded(struct host_as *as, uintptr_t addr, unsigned prot);

#endif
