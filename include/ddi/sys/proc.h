/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/proc.h>: a process.  Drivers read p_as (the identity of its address space), p_pid, p_model, p_cred and
 * p_user; everything else is the framework's.
 */
#ifndef _SYS_PROC_H
#define _SYS_PROC_H

#include <sys/cred.h>
#include <sys/ksynch.h>
#include <sys/model.h>
#include <sys/thread.h>
#include <sys/types.h>
#include <sys/user.h>

struct as;
struct task;
struct zone;
struct kproject;

typedef struct proc {
	struct as *p_as;
	pid_t p_pid;
	pid_t p_ppid;
	model_t p_model;         /* DATAMODEL_LP64 or DATAMODEL_ILP32 */
	struct cred *p_cred;
	struct proc *p_parent;
	struct task *p_task;
	struct zone *p_zone;
	kmutex_t p_lock;
	kmutex_t p_crlock;
	uint_t p_flag;
	char p_stat;
	user_t p_user;
} proc_t;

extern proc_t p0 SUNDOG_LINK(p0); /* the system itself */

#define SSYS 0x00000001u

#define ttoproc(t) ((t)->t_procp)
#define curproc (ttoproc(curthread))

/* The living process of that number, 0: p0; NULL: none.  pidlock is held (else panic), and until the caller has done with it. */
proc_t *prfind(pid_t) SUNDOG_LINK(prfind);
/*
 * Sends a signal of Linux's number to a living process; nothing happens to the system itself.  Context: user, kernel.
 * differs: there are no signals of the original's own (SIGXRES, SIGLWP ...).  Source: proc_signal(9F).
 */
void psignal(proc_t *, int) SUNDOG_LINK(psignal);
void *proc_ref(void) SUNDOG_ABSENT(proc_ref);
void proc_unref(void *) SUNDOG_ABSENT(proc_unref);
int proc_signal(void *, int) SUNDOG_ABSENT(proc_signal);

#define CTXOP_TPL_REV 1
#define JUSTLOOKING 1

/* What comes along with it. */
#include <sys/aio_req.h>
#include <sys/auxv.h>
#include <sys/avl_impl.h>
#include <sys/errno.h>
#include <sys/list_impl.h>
#include <sys/rctl.h>
#include <vm/seg_enum.h>

#endif
