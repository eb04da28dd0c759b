/* SPDX-License-Identifier: BSD-2-Clause */
/* as.h: simulated address spaces: the host_as of host.h, and what the embedded host does with them. */
#ifndef HOST_EMBED_AS_H
#define HOST_EMBED_AS_H

#include "host/embed/ranges.h"

#define AS_PAGE 4096u
#define AS_PAGE_MASK (~(uintptr_t)(AS_PAGE - 1))

/* below_4g: addresses of an ILP32 process. */
struct host_as *as_create(bool below_4g);
/* Its process is gone: it is empty. */
void as_destroy(struct host_as *as);
struct host_as *as_hold(struct host_as *as);
void as_drop(struct host_as *as);
/* Where signals that the kernel part sends go; called before the address space is used. */
void as_signal_to(struct host_as *as, void (*signal)(void *arg, int signo), void *arg);
/* fork: copies the ordinary memory.  ENOMEM. */
int as_copy_memory(struct host_as *from, struct host_as *to);

/* Ordinary zero-filled memory; len is rounded up to pages.  addr: 0, or where (replaces what is there). */
int as_map_memory(struct host_as *as, uintptr_t *addr, size_t len, unsigned prot);
/* data of the caller appears at *addr, until as_return_memory(). */
int as_lend_memory(struct host_as *as, void *data, size_t len, uintptr_t *addr);
void as_return_memory(struct host_as *as, uintptr_t addr);
void as_unmap_memory(struct host_as *as, uintptr_t addr,
		     size_t len);                                                      /* ignores what is not ordinary memory */
void as_protect_memory(struct host_as *as, uintptr_t addr, size_t len, unsigned prot); /* likewise */
bool as_has_memory(struct host_as *as, uintptr_t addr, size_t len);

/* A part of locked memory. */
struct as_piece {
	struct as_memory *memory; /* held */
	uint64_t offset;
	size_t len;
};
struct as_pieces {
	struct as_piece *v;
	size_t n, room;
};
/* What lies in [addr, addr + len), whole pages: EFAULT: not all of it is ordinary memory; EACCES: prot. */
int as_hold_memory(struct host_as *as, uintptr_t addr, size_t len, unsigned prot, struct as_pieces *out);
/* See memory_share(); memory of this address space, whose process may be gone. */
int as_share_memory(struct host_as *as, struct as_memory *memory);

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
