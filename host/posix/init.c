/* SPDX-License-Identifier: BSD-2-Clause */
#include "host/posix/internal.h"
#include <sys/resource.h>

struct posix_config posix_config;

/* A page object is a descriptor: their number ends at the limit of open files. */
static void files_raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

uint64_t posix_limit(int resource)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

	(void)getrlimit(resource, &limit);
	return limit.rlim_cur;
}

void posix_init(const struct posix_config *config)
{
	posix_config = *config;
	files_raise_limit();
}
