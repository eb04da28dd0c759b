/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/condvar.h>: condition variables, condvar(9F). */
#ifndef _SYS_CONDVAR_H
#define _SYS_CONDVAR_H

#include <sys/mutex.h>
#include <sys/time.h>
#include <sys/types.h>

typedef enum { CV_DEFAULT, CV_DRIVER } kcv_type_t;

typedef struct _kcondvar {
	uint64_t _opaque[4];
} kcondvar_t;

void cv_init(kcondvar_t *, char *, kcv_type_t, void *) SUNDOG_LINK(cv_init);
void cv_destroy(kcondvar_t *) SUNDOG_LINK(cv_destroy);
/* The mutex is held; it is dropped during the wait and taken again.  There are no spurious wake-ups. */
void cv_wait(kcondvar_t *, kmutex_t *) SUNDOG_LINK(cv_wait);
/* 0: a signal is pending or the process is dying; > 0: woken. */
int cv_wait_sig(kcondvar_t *, kmutex_t *) SUNDOG_LINK(cv_wait_sig);
/* Deadline in ticks of ddi_get_lbolt(9F).  -1: it has passed; _sig: 0 for a signal; else ticks left, > 0. */
clock_t cv_timedwait(kcondvar_t *, kmutex_t *, clock_t) SUNDOG_LINK(cv_timedwait);
clock_t cv_timedwait_sig(kcondvar_t *, kmutex_t *, clock_t) SUNDOG_LINK(cv_timedwait_sig);
/* The same, counted from now, in ticks; resolution: TR_*. */
clock_t cv_reltimedwait(kcondvar_t *, kmutex_t *, clock_t, time_res_t) SUNDOG_LINK(cv_reltimedwait);
clock_t cv_reltimedwait_sig(kcondvar_t *, kmutex_t *, clock_t, time_res_t) SUNDOG_LINK(cv_reltimedwait_sig);
clock_t cv_timedwait_hires(kcondvar_t *, kmutex_t *, hrtime_t, hrtime_t, int) SUNDOG_ABSENT(cv_timedwait_hires);
void cv_signal(kcondvar_t *) SUNDOG_LINK(cv_signal);
void cv_broadcast(kcondvar_t *) SUNDOG_LINK(cv_broadcast);

#endif
