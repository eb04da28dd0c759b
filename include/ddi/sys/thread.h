/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/thread.h>: kernel threads, and the running one. */
#ifndef _SYS_THREAD_H
#define _SYS_THREAD_H

#include <sys/mutex.h>
#include <sys/types.h>

struct proc;
struct cred;
struct _klwp;

typedef struct _kthread {
	struct proc *t_procp;   /* the process on whose behalf it runs; p0 for a system thread */
	struct cred *t_cred;
	struct _klwp *t_lwp;    /* NULL for a system thread */
	uint64_t t_did;         /* for thread_join() */
	pri_t t_pri;
	void *t_tsd;
} kthread_t;
typedef kthread_t *kthread_id_t;
typedef uint64_t kt_did_t;

kthread_t *threadp(void) SUNDOG_LINK(threadp);

#define curthread (threadp())
#define ttolwp(t) ((t)->t_lwp)

/* States of thread_create(). */
#define TS_FREE 0x00
#define TS_SLEEP 0x01
#define TS_RUN 0x02
#define TS_ONPROC 0x04
#define TS_ZOMB 0x08
#define TS_STOPPED 0x10

/* The argument list is open on purpose: drivers pass functions of any arguments. */
SUNDOG_OPEN_BEGIN
#ifdef __cplusplus
typedef void (*sundog_thread_func_t)(void *);
#else
typedef void (*sundog_thread_func_t)();
#endif
kthread_t *thread_create(caddr_t, size_t, sundog_thread_func_t, void *, size_t, struct proc *, int, pri_t)
	SUNDOG_LINK(thread_create);
SUNDOG_OPEN_END
void thread_exit(void) SUNDOG_LINK(thread_exit) __attribute__((noreturn));
void thread_join(kt_did_t) SUNDOG_LINK(thread_join);

void tsd_create(uint_t *, void (*)(void *)) SUNDOG_ABSENT(tsd_create);
void tsd_destroy(uint_t *) SUNDOG_ABSENT(tsd_destroy);
void *tsd_get(uint_t) SUNDOG_ABSENT(tsd_get);
int tsd_set(uint_t, void *) SUNDOG_ABSENT(tsd_set);

/* Keeps processes that prfind() finds. */
extern kmutex_t pidlock SUNDOG_LINK(pidlock);

/* What comes along with it. */
#include <sys/t_lock.h>

#endif
