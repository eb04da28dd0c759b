/* SPDX-License-Identifier: BSD-2-Clause */
/* internal.h: shared by the files of host/posix only. */
#ifndef HOST_POSIX_INTERNAL_H
#define HOST_POSIX_INTERNAL_H

#include "host/posix/posix.h"
#include <stdatomic.h>

extern struct posix_config posix_config;

struct posix_thread {
	/* Event count: raised after each change that a sleeping thread must look at; its futex. */
	atomic_uint events;
	atomic_bool interrupted; /* a signal is pending */
	atomic_bool dying;

	/* The thread's own. */
	void *local;
	void (*before_block)(void *, bool);
	void *before_block_arg;
	bool in_before_block;

	struct posix_thread *free_next; /* protected by the pool's lock */
};

/* Runs the thread's before_block hook. */
void thread_before_block(struct posix_thread *t, bool announced);
/* Raises the event count of t and wakes it. */
void thread_event(struct posix_thread *t);

/* size bytes of a memfd that only its user may open, of that size for good; more seals with it.  0 or errno. */
int memfd_sealed(const char *name, uint64_t size, unsigned seals, int *out);

#endif
