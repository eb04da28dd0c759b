/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "client/calls/calls.h"

#include <fcntl.h>
#include <sys/ioctl.h>

/* A few commands never reach a driver on Linux: its file layer answers them. */
static bool file_ioctl(int fd, unsigned long cmd, void *arg, int *result)
{
	int flags;

	switch ((unsigned)cmd) {
	case FIOCLEX:
	case FIONCLEX:
		*result = fcntl(fd, F_SETFD, (unsigned)cmd == FIOCLEX ? FD_CLOEXEC : 0);
		return true;
	case FIONBIO:
		flags = fcntl(fd, F_GETFL);
		*result = fcntl(fd, F_SETFL, *(const int *)arg ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
		return true;
	default:
		return false;
	}
}

static int device_ioctl(int fd, const struct device *d, unsigned long cmd, void *arg)
{
	int result;

	if (file_ioctl(fd, cmd, arg, &result))
		return result;
	struct wire_message m = {.op = WIRE_IOCTL, .a = d->id, .b = (uint32_t)cmd, .c = (uintptr_t)arg};
	int error = call_simple(&m);

	return error ? fail(error) : (int)m.a;
}

#define IOCTL(name) \
	int name(int fd, unsigned long cmd, ...); \
	EXPORT int name(int fd, unsigned long cmd, ...) \
	{ \
		struct device d; \
		va_list ap; \
		va_start(ap, cmd); \
		void *arg = va_arg(ap, void *); \
		va_end(ap); \
		return unlikely(descriptor_get(fd, &d)) ? device_ioctl(fd, &d, cmd, arg) \
							: REAL(name)(fd, cmd, arg); \
	}

IOCTL(ioctl)
#ifndef __x86_64__
IOCTL(__ioctl_time64)
#endif
