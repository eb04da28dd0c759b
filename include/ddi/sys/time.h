/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/time.h>: clocks and units of time. */
#ifndef _SYS_TIME_H
#define _SYS_TIME_H

#include <sys/mutex.h>
#include <sys/param.h>
#include <sys/types.h>

typedef struct timespec {
	time_t tv_sec;
	long tv_nsec;
} timespec_t;
typedef timespec_t timestruc_t;
typedef timespec_t inode_timespec_t;

struct timeval {
	time_t tv_sec;
	suseconds_t tv_usec;
};

/* Resolution of a relative wait: cv_reltimedwait(9F). */
typedef enum {
	TR_NANOSEC,
	TR_MICROSEC,
	TR_MILLISEC,
	TR_SEC,
	TR_CLOCK_TICK,
	TR_COUNT
} time_res_t;

#define SEC 1
#define MILLISEC 1000
#define MICROSEC 1000000
#define NANOSEC 1000000000ll

#define MSEC2NSEC(m) ((hrtime_t)(m) * (NANOSEC / MILLISEC))
#define NSEC2MSEC(n) ((n) / (NANOSEC / MILLISEC))
#define USEC2NSEC(u) ((hrtime_t)(u) * (NANOSEC / MICROSEC))
#define NSEC2USEC(n) ((n) / (NANOSEC / MICROSEC))
#define SEC2NSEC(s) ((hrtime_t)(s) * (NANOSEC / SEC))
#define NSEC2SEC(n) ((n) / (NANOSEC / SEC))

#define TICK_TO_SEC(tick) ((tick) / hz)
#define SEC_TO_TICK(sec) ((sec) * hz)
#define TICK_TO_MSEC(tick) (msec_per_tick ? (tick) * msec_per_tick : (tick) / tick_per_msec)
#define MSEC_TO_TICK(msec) (msec_per_tick ? (msec) / msec_per_tick : (msec) * tick_per_msec)
#define MSEC_TO_TICK_ROUNDUP(msec) \
	(msec_per_tick ? ((msec) == 0 ? 0 : ((msec) - 1) / msec_per_tick + 1) : (msec) * tick_per_msec)
#define TICK_TO_USEC(tick) ((tick) * usec_per_tick)
#define USEC_TO_TICK(usec) ((usec) / usec_per_tick)
#define USEC_TO_TICK_ROUNDUP(usec) ((usec) == 0 ? 0 : USEC_TO_TICK((usec) - 1) + 1)
#define TICK_TO_NSEC(tick) ((hrtime_t)(tick) * nsec_per_tick)
#define NSEC_TO_TICK(nsec) ((nsec) / nsec_per_tick)
#define NSEC_TO_TICK_ROUNDUP(nsec) ((nsec) == 0 ? 0 : NSEC_TO_TICK((nsec) - 1) + 1)

/* Flags of cv_timedwait_hires() and timeout_generic(). */
#define CALLOUT_FLAG_ROUNDUP 0x1
#define CALLOUT_FLAG_ABSOLUTE 0x2
#define CALLOUT_FLAG_HRESTIME 0x4

clock_t ddi_get_lbolt(void) SUNDOG_LINK(ddi_get_lbolt);
int64_t ddi_get_lbolt64(void) SUNDOG_LINK(ddi_get_lbolt64);

hrtime_t gethrtime(void) SUNDOG_LINK(gethrtime);
hrtime_t gethrtime_unscaled(void) SUNDOG_ABSENT(gethrtime_unscaled);
void scalehrtime(hrtime_t *) SUNDOG_ABSENT(scalehrtime);
void gethrestime(timespec_t *) SUNDOG_LINK(gethrestime);
time_t gethrestime_sec(void) SUNDOG_LINK(gethrestime_sec);
/* Later than in any call before. */
void uniqtime(struct timeval *) SUNDOG_LINK(uniqtime);
void uniqtime32(struct timeval32 *) SUNDOG_LINK(uniqtime32);
/* The first becomes the sum, or difference, with 0 <= tv_usec < 1000000. */
void timevaladd(struct timeval *, struct timeval *) SUNDOG_LINK(timevaladd);
void timevalsub(struct timeval *, struct timeval *) SUNDOG_LINK(timevalsub);

/* A date of the Gregorian calendar, UTC. */
typedef struct todinfo {
	int tod_sec; /* 0 to 59 */
	int tod_min;
	int tod_hour;
	int tod_dow; /* day of the week, from 1: Sunday */
	int tod_day; /* of the month, from 1 */
	int tod_month; /* from 1 */
	int tod_year; /* since 1900 */
} todinfo_t;
/* tod_lock is held by who reads or sets a clock chip; these do not ask for it. */
extern kmutex_t tod_lock SUNDOG_LINK(tod_lock);
todinfo_t utc_to_tod(time_t) SUNDOG_LINK(utc_to_tod);
time_t tod_to_utc(todinfo_t) SUNDOG_LINK(tod_to_utc);
void hrt2ts(hrtime_t, timespec_t *) SUNDOG_ABSENT(hrt2ts);
hrtime_t ts2hrt(const timespec_t *) SUNDOG_ABSENT(ts2hrt);

#define TIMEVAL32_TO_TIMEVAL(tv, tv32) ((void)((tv)->tv_sec = (tv32)->tv_sec, (tv)->tv_usec = (tv32)->tv_usec))
#define TIMEVAL_OVERFLOW(tv) ((tv)->tv_sec < INT32_MIN || (tv)->tv_sec > INT32_MAX)
#define TIMEVAL_TO_TIMEVAL32(tv32, tv) \
	((void)((tv32)->tv_sec = (time32_t)(tv)->tv_sec, (tv32)->tv_usec = (int32_t)(tv)->tv_usec))
#define timercmp(tvp, uvp, cmp) \
	((tvp)->tv_sec cmp (uvp)->tv_sec || ((tvp)->tv_sec == (uvp)->tv_sec && (tvp)->tv_usec cmp (uvp)->tv_usec))

#endif
