/* SPDX-License-Identifier: BSD-2-Clause */
/* system_thread.h: threads of the system's own: for thread_create(9F), task queues, timeouts. */
#ifndef KERNEL_DDI_SYNC_SYSTEM_THREAD_H
#define KERNEL_DDI_SYNC_SYSTEM_THREAD_H

#include <stdbool.h>

#include "kernel/ddi/core/kthread.h"

struct system_thread;

/* name: at most 15 bytes.  *out is set before fn runs.  Errors are the host's. */
int system_thread_create(void (*fn)(void *), void *arg, const char *name, struct system_thread **out);
/* Waits until fn has returned or called thread_exit(9F); frees t. */
void system_thread_join(struct system_thread *t);
/* Instead: t runs a driver's function that does not return, and is nobody's from now on. */
void system_thread_abandon(struct system_thread *t);
/* Has that been done since the last question? */
bool system_threads_abandoned(void);
/* What drivers see; until it is joined: they read its t_did when the thread may be over already. */
kthread_t *system_thread_public(struct system_thread *t);

/* At the halt: drivers' threads that have ended are joined, others are reported as leaked.  True: there are others. */
bool driver_threads_halt(void);

#endif
