/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/core/ticks.h"
#include "kernel/host.h"
#include <sys/errno.h>
#include <sys/int_limits.h>
#include <sys/sunddi.h>

int hz = 100, tick_per_msec, msec_per_tick = 10, usec_per_tick = 10000, nsec_per_tick = 10000000;

/* Time 0 of lbolt: some ticks before the boot, so that lbolt is never 0. */
static uint64_t ticks_zero;

int ticks_boot(unsigned rate)
{
	if (rate == 0)
		rate = 100;
	if (rate > 1000000)
		return EINVAL;
	hz = (int)rate;
	tick_per_msec = hz / 1000;
	msec_per_tick = 1000 / hz;
	usec_per_tick = 1000000 / hz;
	nsec_per_tick = 1000000000 / hz;
	ticks_zero = host_time_monotonic() - ticks_nanoseconds();
	return 0;
}

uint64_t ticks_nanoseconds(void)
{
	return (uint64_t)nsec_per_tick;
}

static uint64_t ticks_after(uint64_t from, uint64_t ticks)
{
	uint64_t length;

	if (__builtin_mul_overflow(ticks, ticks_nanoseconds(), &length) || length >= HOST_FOREVER - from)
		return HOST_FOREVER;
	return from + length;
}

uint64_t ticks_deadline(clock_t when)
{
	return when <= 0 ? ticks_zero : ticks_after(ticks_zero, (uint64_t)when);
}

uint64_t ticks_deadline_in(clock_t delta)
{
	uint64_t now = host_time_monotonic();

	return delta <= 0 ? now : ticks_after(now, (uint64_t)delta);
}

clock_t ddi_get_lbolt(void)
{
	return (clock_t)((host_time_monotonic() - ticks_zero) / ticks_nanoseconds());
}

int64_t ddi_get_lbolt64(void)
{
	return ddi_get_lbolt();
}

hrtime_t gethrtime(void)
{
	return (hrtime_t)host_time_monotonic();
}

time_t ddi_get_time(void)
{
	return (time_t)(host_time_real() / 1000000000u);
}

void gethrestime(timespec_t *ts)
{
	uint64_t now = host_time_real();

	ts->tv_sec = (time_t)(now / 1000000000u);
	ts->tv_nsec = (long)(now % 1000000000u);
}

/* Microseconds to ticks, rounded up, at least one for a time > 0. */
clock_t drv_usectohz(clock_t usec)
{
	if (usec <= 0)
		return 0;
	return (usec - 1) / usec_per_tick + 1;
}

clock_t drv_hztousec(clock_t ticks)
{
	if (ticks <= 0)
		return 0;
	return ticks > LONG_MAX / usec_per_tick ? LONG_MAX : ticks * usec_per_tick;
}

void drv_usecwait(clock_t usec)
{
	if (usec > 0)
		host_time_spin((uint64_t)usec * 1000);
}

static void sleep_until(uint64_t deadline)
{
	struct host_mutex m;
	struct host_cond c;

	host_mutex_init(&m);
	host_cond_init(&c);
	host_mutex_lock(&m);
	while (host_cond_wait(&c, &m, deadline, false) != HOST_TIMEDOUT)
		;
	host_mutex_unlock(&m);
	host_cond_destroy(&c);
	host_mutex_destroy(&m);
}

/* At least that many ticks: the one under way does not count. */
void delay(clock_t ticks)
{
	if (ticks > 0)
		sleep_until(ticks_deadline_in(ticks));
}
