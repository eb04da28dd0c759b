/* SPDX-License-Identifier: BSD-2-Clause */
/* Dates, and sums of times. */
#include "kernel/host.h"
#include <sys/ddi.h>
#include <sys/sunddi.h>
#include <sys/time.h>

kmutex_t tod_lock;

time_t gethrestime_sec(void)
{
	return (time_t)(host_time_real() / NANOSEC);
}

/* Each call returns a later time than the calls before: a microsecond if the clock has not moved. */
void uniqtime(struct timeval *now)
{
	static uint64_t last; /* microseconds */
	uint64_t before = __atomic_load_n(&last, __ATOMIC_RELAXED), next;

	do {
		next = host_time_real() / 1000;
		if (next <= before)
			next = before + 1;
	} while (!__atomic_compare_exchange_n(&last, &before, next, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	now->tv_sec = (time_t)(next / MICROSEC);
	now->tv_usec = (suseconds_t)(next % MICROSEC);
}

void uniqtime32(struct timeval32 *now)
{
	struct timeval wide;

	uniqtime(&wide);
	now->tv_sec = (time32_t)wide.tv_sec;
	now->tv_usec = (int32_t)wide.tv_usec;
}

/* After: 0 <= tv_usec < a second's. */
static void timeval_fix(struct timeval *t)
{
	if (t->tv_usec < 0) {
		t->tv_sec--;
		t->tv_usec += MICROSEC;
	}
	if (t->tv_usec >= MICROSEC) {
		t->tv_sec++;
		t->tv_usec -= MICROSEC;
	}
}

void timevaladd(struct timeval *to, struct timeval *other)
{
	to->tv_sec += other->tv_sec;
	to->tv_usec += other->tv_usec;
	timeval_fix(to);
}

void timevalsub(struct timeval *from, struct timeval *other)
{
	from->tv_sec -= other->tv_sec;
	from->tv_usec -= other->tv_usec;
	timeval_fix(from);
}

/* ---- dates of the Gregorian calendar ---- */

#define DAY ((time_t)86400)

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int month, int year)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Years since 1900, months and days from 1, days of the week from 1 (Sunday). */
todinfo_t utc_to_tod(time_t utc)
{
	time_t day = utc / DAY, second = utc % DAY;
	int year = 1970, month = 1;

	if (second < 0) {
		second += DAY;
		day--;
	}
	todinfo_t tod = {.tod_sec = (int)(second % 60), .tod_min = (int)(second / 60 % 60), .tod_hour = (int)(second / 3600), .tod_dow = (int)(((day + 4) % 7 + 7) % 7) + 1};
	/* 146,097 days are 400 years */
	year += (int)(day / 146097) * 400;
	day %= 146097;
	for (; day < 0; day += 365 + is_leap(year))
		year--;
	for (; day >= 365 + is_leap(year); year++)
		day -= 365 + is_leap(year);
	for (; day >= month_days(month, year); month++)
		day -= month_days(month, year);
	tod.tod_day = (int)day + 1;
	tod.tod_month = month;
	tod.tod_year = year - 1900;
	return tod;
}

time_t tod_to_utc(todinfo_t tod)
{
	int year = tod.tod_year + 1900, from = 1970;
	time_t days = tod.tod_day - 1;

	for (int month = 1; month < tod.tod_month; month++)
		days += month_days(month, year);
	for (; from < year; from++)
		days += 365 + is_leap(from);
	for (; from > year; from--)
		days -= 365 + is_leap(from - 1);
	return days * DAY + tod.tod_hour * 3600 + tod.tod_min * 60 + tod.tod_sec;
}
