/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/cyclic.h>: functions that are called at a time, and again at each interval after it.
 *
 * Each is called in a thread of its own, one call at a time; times that pass while it runs are left out.  Levels are not
 * looked at.
 * Locks: cpu_lock is held by who adds and removes.
 */
#ifndef _SYS_CYCLIC_H
#define _SYS_CYCLIC_H

#include <sys/cpuvar.h>
#include <sys/time.h>
#include <sys/types.h>

struct cpupart;

#define CY_LOW_LEVEL 0
#define CY_LOCK_LEVEL 1
#define CY_HIGH_LEVEL 2
#define CY_SOFT_LEVELS 2
#define CY_LEVELS 3

#define CY_INFINITY 0x7fffffffffffffff
#define CYCLIC_NONE ((cyclic_id_t)0)

typedef uintptr_t cyclic_id_t;
typedef int cyc_index_t;
typedef int cyc_cookie_t;
typedef uint16_t cyc_level_t;
typedef void (*cyc_func_t)(void *);
typedef void *cyb_arg_t;

typedef struct cyc_handler {
	cyc_func_t cyh_func;
	void *cyh_arg;
	cyc_level_t cyh_level; /* CY_*_LEVEL */
} cyc_handler_t;

/* Nanoseconds of gethrtime(9F). */
typedef struct cyc_time {
	hrtime_t cyt_when;     /* 0: the next multiple of the interval; CY_INFINITY: not before cyclic_reprogram() */
	hrtime_t cyt_interval; /* > 0; CY_INFINITY: once, unless it is programmed again */
} cyc_time_t;

typedef struct cyc_omni_handler {
	void (*cyo_online)(void *, cpu_t *, cyc_handler_t *, cyc_time_t *);
	void (*cyo_offline)(void *, cpu_t *, void *);
	void *cyo_arg;
} cyc_omni_handler_t;

/* An interval of 0 is a driver's bug: panic.  What is left when its driver is unloaded is reported, and called no more. */
cyclic_id_t cyclic_add(cyc_handler_t *, cyc_time_t *) SUNDOG_LINK(cyclic_add);
/* Waits for a call that runs, which therefore may not wait for cpu_lock.  Within it: panic. */
void cyclic_remove(cyclic_id_t) SUNDOG_LINK(cyclic_remove);
/* Its next time.  1.  Also within its function; cpu_lock is not needed. */
int cyclic_reprogram(cyclic_id_t, hrtime_t) SUNDOG_LINK(cyclic_reprogram);
cyclic_id_t cyclic_add_omni(cyc_omni_handler_t *) SUNDOG_ABSENT(cyclic_add_omni);
void cyclic_bind(cyclic_id_t, cpu_t *, struct cpupart *) SUNDOG_ABSENT(cyclic_bind);

/* What comes along with it. */
#include <sys/cpupart.h>

#endif
