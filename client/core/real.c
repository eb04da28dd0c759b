/* SPDX-License-Identifier: BSD-2-Clause */
/* real.c: the functions behind ours. */
#define _GNU_SOURCE
#include "client/core/core.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

void *real_find(const char *name)
{
	void *f = dlsym(RTLD_NEXT, name);

	if (f == NULL) {
		static const char message[] = "sundog: libc has no function: ";
		size_t n = 0;
		while (name[n] != '\0')
			n++;
		(void)!REAL(write)(2, message, sizeof(message) - 1);
		(void)!REAL(write)(2, name, n);
		(void)!REAL(write)(2, "\n", 1);
		abort();
	}
	return f;
}
