/* SPDX-License-Identifier: BSD-2-Clause */
/* mutex.h: what is inside a kmutex_t. */
#ifndef KERNEL_DDI_SYNC_MUTEX_H
#define KERNEL_DDI_SYNC_MUTEX_H

#include "kernel/host.h"
#include <sys/mutex.h>
#include <sys/thread.h>

struct mutex_impl {
	struct host_mutex host;
	kthread_t *owner; /* atomic; set and cleared by the owner, anyone may compare it with himself */
	uint64_t state;   /* 0 or MUTEX_DESTROYED */
};
_Static_assert(sizeof(struct mutex_impl) <= sizeof(kmutex_t), "fits into the driver's kmutex_t");

#define MUTEX_DESTROYED 0x64656164u

static inline struct mutex_impl *mutex_impl_of(const kmutex_t *m)
{
	return (struct mutex_impl *)(uintptr_t)m;
}

/*
 * cv_wait(9F) and its kin: gives the mutex up, waits, and takes it again, with the owner kept right.
 * deadline and result as host_cond_wait().
 */
enum host_wake mutex_wait(kmutex_t *m, struct host_cond *c, uint64_t deadline, bool interruptible,
			  const void *caller);

#endif
