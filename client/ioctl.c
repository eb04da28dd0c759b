/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "client/client.h"

#include <sys/ioctl.h>

static int device_ioctl(const struct device *d, unsigned long cmd, void *arg)
{
	struct wire_message m = {.op = WIRE_IOCTL, .a = d->id, .b = (uint32_t)cmd, .c = (uintptr_t)arg};
	int error = call_simple(&m);

	return error ? fail(error) : (int)m.a;
}

#define IOCTL(name)                                                                                               \
	int name(int fd, unsigned long cmd, ...);                                                                 \
	EXPORT int name(int fd, unsigned long cmd, ...)                                                           \
	{                                                                                                         \
		struct device d;                                                                                  \
		va_list ap;                                                                                       \
		va_start(ap, cmd);                                                                                \
		void *arg = va_arg(ap, void *);                                                                   \
		va_end(ap);                                                                                       \
		return unlikely(descriptor_get(fd, &d)) ? device_ioctl(&d, cmd, arg) : REAL(name)(fd, cmd, arg);  \
	}

IOCTL(ioctl)
#ifndef __x86_64__
IOCTL(__ioctl_time64)
#endif
