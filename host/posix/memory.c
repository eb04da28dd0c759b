/* SPDX-License-Identifier: BSD-2-Clause */
#include "host/posix/internal.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Memory that "wait" asked for may come back when another part of the machine lets go of some. */
static const struct timespec memory_retry = {.tv_nsec = 10 * 1000 * 1000};

#define SMALL 1024u /* bytes */

/* What the C library keeps for each thread is small, and glibc's calloc passes it by. */
static void *alloc_zero(size_t size)
{
	void *p;

	if (size > SMALL)
		return calloc(1, size);
	p = malloc(size);
	__asm__(""
		: "+r"(p)); /* compilers know that this is calloc */
	return p != NULL ? memset(p, 0, size) : NULL;
}

void *host_alloc(size_t size, bool wait)
{
	void *p;

	while ((p = alloc_zero(size)) == NULL && wait)
		nanosleep(&memory_retry, NULL);
	return p;
}

void host_free(void *p, size_t size)
{
	(void)size;
	free(p);
}
