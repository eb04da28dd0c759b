/* SPDX-License-Identifier: BSD-2-Clause */
/* kthread.h: threads of execution as drivers see them. */
#ifndef KERNEL_DDI_CORE_KTHREAD_H
#define KERNEL_DDI_CORE_KTHREAD_H

#include "kernel/host.h"
#include <sys/proc.h>
#include <sys/thread.h>

#define KTHREAD_DEPTH 8 /* processes that one thread may enter within each other */

struct kthread {
	kthread_t public; /* first; what drivers see.  All fields are its own thread's */
	struct proc *outer[KTHREAD_DEPTH];
	unsigned depth;
	dev_t serving;                   /* device whose open a call of it is for; 0: none */
	bool in_interrupt;               /* runs an interrupt handler: must not block for long */
	void **way_out;                  /* thread_exit(9F) goes there: threads of the system's own */
	struct kthread *next, *previous; /* of all threads, protected by the list's lock */
};

/* The running one; made at the first call in a thread of the host's.  Never NULL. */
kthread_t *kthread_self(void);

/* Binds the running thread to a process, within the one it is bound to.  p NULL: the system. */
void kthread_enter(struct proc *p);
void kthread_leave(void);
/* Takes over the current process's credentials of this moment: at the begin of each system call. */
void kthread_refresh(void);
/*
 * From now on the running thread is in a call on an open of dev, 0: in none.  Returns what it was in before, to be given
 * back at the call's end.
 */
dev_t kthread_serve(dev_t dev);
dev_t kthread_serving(void);
/* Does the running thread run an interrupt handler? */
bool kthread_in_interrupt(void);
void kthread_set_interrupt(bool in);
/* For a thread that does not run yet; kthread_destroy() if it never does. */
struct kthread *kthread_prepare(void);
void kthread_destroy(struct kthread *k);

/* p0's own fields; called by sys_boot(). */
void kthread_boot(void);

#endif
