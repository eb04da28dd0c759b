/* SPDX-License-Identifier: BSD-2-Clause */
#include "host/posix/internal.h"
#include <stdlib.h>
#include <time.h>

/* Memory that "wait" asked for may come back when another part of the machine lets go of some. */
static const struct timespec memory_retry = {.tv_nsec = 10 * 1000 * 1000};

void *host_alloc(size_t size, bool wait)
{
	void *p;

	while ((p = calloc(1, size)) == NULL && wait)
		nanosleep(&memory_retry, NULL);
	return p;
}

void host_free(void *p, size_t size)
{
	(void)size;
	free(p);
}
