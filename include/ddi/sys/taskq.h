/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/taskq.h>: queues of work for system threads. */
#ifndef _SYS_TASKQ_H
#define _SYS_TASKQ_H

#include <sys/types.h>

struct _kthread;
struct proc;

typedef struct taskq taskq_t;
typedef uintptr_t taskqid_t; /* 0: not dispatched */
typedef void (task_func_t)(void *);

#define TASKQ_NAMELEN 31

/* Flags of taskq_create(). */
#define TASKQ_PREPOPULATE 0x0001
#define TASKQ_CPR_SAFE 0x0002
#define TASKQ_DYNAMIC 0x0004
#define TASKQ_THREADS_CPU_PCT 0x0008
#define TASKQ_DC_BATCH 0x0010

/* Flags of taskq_dispatch(). */
#define TQ_SLEEP 0x00
#define TQ_NOSLEEP 0x01
#define TQ_NOQUEUE 0x02
#define TQ_NOALLOC 0x04
#define TQ_FRONT 0x08

extern taskq_t *system_taskq SUNDOG_LINK(system_taskq);

/*
 * name, threads (at least one; made when there is work), priority, entries kept at least, at most, TASKQ_*: of the last
 * ones only TASKQ_THREADS_CPU_PCT (threads: percent of the CPUs) means anything here.  Never NULL.  User, kernel context.
 */
taskq_t *taskq_create(const char *, int, pri_t, int, int, uint_t) SUNDOG_LINK(taskq_create);
taskq_t *taskq_create_instance(const char *, int, int, pri_t, int, int, uint_t) SUNDOG_LINK(taskq_create_instance);
taskq_t *taskq_create_proc(const char *, int, pri_t, int, int, struct proc *, uint_t)
	SUNDOG_ABSENT(taskq_create_proc);
/*
 * fn(arg) in a thread of the queue, in order as far as one thread goes; TQ_FRONT: first; TQ_NOQUEUE: only if a thread is
 * free.  0: not dispatched: that, or no memory now with TQ_NOSLEEP (any context).
 */
taskqid_t taskq_dispatch(taskq_t *, task_func_t, void *, uint_t) SUNDOG_LINK(taskq_dispatch);
/* Waits until everything dispatched so far is done, and frees the queue. */
void taskq_destroy(taskq_t *) SUNDOG_LINK(taskq_destroy);
/* Until nothing is queued and nothing runs; not from a task of the queue.  suspend: what runs goes on, nothing begins. */
void taskq_wait(taskq_t *) SUNDOG_LINK(taskq_wait);
void taskq_suspend(taskq_t *) SUNDOG_LINK(taskq_suspend);
void taskq_resume(taskq_t *) SUNDOG_LINK(taskq_resume);
int taskq_suspended(taskq_t *) SUNDOG_LINK(taskq_suspended);
/* 1: it is a thread of the queue. */
int taskq_member(taskq_t *, struct _kthread *) SUNDOG_LINK(taskq_member);

/* What comes along with it. */
#include <sys/thread.h>

#endif
