/* SPDX-License-Identifier: BSD-2-Clause */
/* syscall.c: syscall(3) for the library's own use, which compiles it under that name: the program's is interposed. */
#define _GNU_SOURCE
#include "client/core/core.h"

#include <unistd.h>

#include "client/core/raw.h"

long syscall(long number, ...)
{
	long a[6];
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	long r = raw_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	return is_error(r) ? fail((int)-r) : r;
}
