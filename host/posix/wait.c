/* SPDX-License-Identifier: BSD-2-Clause */
/* wait.c: waits with an end, on the clock that nobody sets. */
#define _GNU_SOURCE
#include "host/posix/posix.h"
#include <time.h>

static struct timespec timespec_of(uint64_t ns)
{
	return (struct timespec){(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
}

int posix_wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex, uint64_t end)
{
	struct timespec t = timespec_of(end);

	return pthread_cond_clockwait(cond, mutex, CLOCK_MONOTONIC, &t);
}
