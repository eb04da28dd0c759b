/* SPDX-License-Identifier: BSD-2-Clause */
/* clock.c: one clock for all waits. */
#define _GNU_SOURCE
#include "client/core/core.h"

#define LONGEST INT64_C(0x3fffffffffffffff) /* as good as for ever, and its sum with the time does not overflow */

int64_t nanoseconds(int64_t seconds, int64_t rest)
{
	return seconds > LONGEST / SECOND_NS - 1 ? LONGEST : seconds * SECOND_NS + rest;
}

int64_t clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return nanoseconds(now.tv_sec, now.tv_nsec);
}
