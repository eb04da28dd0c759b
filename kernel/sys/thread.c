/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/core/kthread.h"
#include "kernel/sys/sys.h"

/* A process begins with its proc_t. */
void sys_thread_enter(struct sys_proc *p)
{
	kthread_enter((struct proc *)(void *)p);
}

void sys_thread_leave(void)
{
	kthread_leave();
}
