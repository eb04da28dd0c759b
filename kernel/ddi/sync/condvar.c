/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/lib/message.h"
#include "kernel/ddi/sync/mutex.h"
#include "kernel/ddi/core/ticks.h"
#include <sys/condvar.h>
#include <sys/int_limits.h>

_Static_assert(sizeof(struct host_cond) <= sizeof(kcondvar_t), "fits into the driver's kcondvar_t");

static struct host_cond *cond_of(kcondvar_t *cv)
{
	return (struct host_cond *)(void *)cv;
}

void cv_init(kcondvar_t *cv, char *name, kcv_type_t type, void *arg)
{
	host_cond_init(cond_of(cv));
}

void cv_destroy(kcondvar_t *cv)
{
	host_cond_destroy(cond_of(cv));
}

void cv_signal(kcondvar_t *cv)
{
	host_cond_signal(cond_of(cv));
}

void cv_broadcast(kcondvar_t *cv)
{
	host_cond_broadcast(cond_of(cv));
}

void cv_wait(kcondvar_t *cv, kmutex_t *m)
{
	(void)mutex_wait(m, cond_of(cv), HOST_FOREVER, false, CALLER());
}

/* 0: a signal; > 0: woken. */
int cv_wait_sig(kcondvar_t *cv, kmutex_t *m)
{
	return mutex_wait(m, cond_of(cv), HOST_FOREVER, true, CALLER()) == HOST_INTERRUPTED ? 0 : 1;
}

/* -1: time is up; 0: a signal; > 0: ticks left, at least 1. */
static clock_t cv_result(enum host_wake wake, uint64_t deadline)
{
	uint64_t now;
	clock_t left;

	if (wake == HOST_TIMEDOUT)
		return -1;
	if (wake == HOST_INTERRUPTED)
		return 0;
	if (deadline == HOST_FOREVER)
		return LONG_MAX;
	now = host_time_monotonic();
	left = deadline <= now ? 0 : (clock_t)((deadline - now) / ticks_nanoseconds());
	return left > 0 ? left : 1;
}

static clock_t cv_wait_until(kcondvar_t *cv, kmutex_t *m, uint64_t deadline, bool interruptible, const void *caller)
{
	return cv_result(mutex_wait(m, cond_of(cv), deadline, interruptible, caller), deadline);
}

clock_t cv_timedwait(kcondvar_t *cv, kmutex_t *m, clock_t when)
{
	return cv_wait_until(cv, m, ticks_deadline(when), false, CALLER());
}

clock_t cv_timedwait_sig(kcondvar_t *cv, kmutex_t *m, clock_t when)
{
	return cv_wait_until(cv, m, ticks_deadline(when), true, CALLER());
}

/* The resolution allows a later wake-up, it does not ask for one: ignored. */
clock_t cv_reltimedwait(kcondvar_t *cv, kmutex_t *m, clock_t delta, time_res_t res)
{
	return cv_wait_until(cv, m, ticks_deadline_in(delta), false, CALLER());
}

clock_t cv_reltimedwait_sig(kcondvar_t *cv, kmutex_t *m, clock_t delta, time_res_t res)
{
	return cv_wait_until(cv, m, ticks_deadline_in(delta), true, CALLER());
}
