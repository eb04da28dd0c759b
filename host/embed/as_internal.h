/* SPDX-License-Identifier: BSD-2-Clause */
/* as_internal.h: shared by as*.c only. */
#ifndef HOST_EMBED_AS_INTERNAL_H
#define HOST_EMBED_AS_INTERNAL_H

#include "host/embed/as.h"
#include <pthread.h>

/*
 * A simulated address space: numbers, with two sets of ranges.
 *
 *	map           |claimed|  |window----------|   |memory---|
 *	translations             |rw|   |r|
 *
 * Lock order: nothing is locked below an address space's lock, and two are never held at once.
 */
struct host_as {
	/* Protects the fields below.  Accesses hold it for reading while they copy, which makes taking a
	 * translation away synchronous; writers go first, or accesses in a loop would keep them out. */
	pthread_rwlock_t lock;
	struct ranges map, translations;
	uintptr_t low, high;                  /* where addresses are chosen; fixed */
	void (*signal)(void *arg, int signo); /* fixed */
	void *signal_arg;
	atomic_uint refs; /* the process, and locks on its memory */
};

/* Can [addr, addr + len) be addresses of this process at all?  The page at 0 is not. */
bool as_valid(const struct host_as *as, uintptr_t addr, size_t len);
/*
 * A place for len bytes: hint, or the first gap from low on; a free page stays between neighbours, so that an overrun faults.
 * ENOMEM: none.  The lock is held.
 */
int as_find(const struct host_as *as, uintptr_t hint, size_t len, uintptr_t *addr);

#endif
