/* SPDX-License-Identifier: BSD-2-Clause */
#include "host/posix/internal.h"
#include <errno.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static uint64_t clock_read(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t host_time_monotonic(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

uint64_t host_time_real(void)
{
	return clock_read(CLOCK_REALTIME);
}

void host_time_spin(uint64_t nanoseconds)
{
	uint64_t start = host_time_monotonic();

	while (host_time_monotonic() - start < nanoseconds)
		__builtin_ia32_pause();
}

unsigned host_cpus(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : (unsigned)n;
}

uint64_t host_memory(void)
{
	return (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
}

bool host_random(void *to, size_t len)
{
	char *at = to;

	while (len > 0) {
		ssize_t n = getrandom(at, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}
