/* SPDX-License-Identifier: BSD-2-Clause */
/* proc.h: processes. */
#ifndef KERNEL_SYS_PROC_H
#define KERNEL_SYS_PROC_H

#include <sys/proc.h>

#include "kernel/ddi/core/process.h"
#include "kernel/sys/sys.h"
#include "kernel/vm/address_space.h"

struct sys_proc {
	struct proc public; /* first: what drivers see; p_cred is protected by its p_crlock */
	struct address_space space;
	struct process_entry entry;
};

/* The process that the calling thread has entered; not for system threads. */
static inline struct sys_proc *
proc_current(void)
{
	return (struct sys_proc *)curproc;
}

#endif
