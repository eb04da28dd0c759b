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

#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#endif

/* The ThreadSanitizer of gcc 12 does not know pthread_mutex_clocklock(3), and takes the mutex for free. */
int posix_lock_until(pthread_mutex_t *mutex, uint64_t end)
{
#ifdef __SANITIZE_THREAD__
	uint64_t now = host_time_monotonic();
	struct timespec t = timespec_of(host_time_real() + (end > now ? end - now : 0));

	return pthread_mutex_timedlock(mutex, &t);
#else
	struct timespec t = timespec_of(end);

	return pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &t);
#endif
}
