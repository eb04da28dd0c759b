/* SPDX-License-Identifier: BSD-2-Clause */
/* dup.c: copies of descriptors, and fcntl(2). */
#define _GNU_SOURCE
#include "client/calls/calls.h"

#include <fcntl.h>
#include <unistd.h>

static int copied(int oldfd, int newfd)
{
	if (newfd >= 0) {
		descriptor_dup(oldfd, newfd);
		stream_after_change(newfd);
	}
	return newfd;
}

EXPORT int dup(int fd)
{
	return unlikely(own_has(fd)) ? fail(EBADF) : copied(fd, REAL(dup)(fd));
}

static void make_room(int fd)
{
	if (unlikely(own_has(fd)))
		connection_yield(fd);
	stream_before_change(fd);
	epoll_closing((unsigned)fd, (unsigned)fd);
}

EXPORT int dup2(int oldfd, int newfd)
{
	if (likely(!client_active()) || oldfd == newfd)
		return REAL(dup2)(oldfd, newfd);
	if (REAL(fcntl)(oldfd, F_GETFD) < 0 || own_has(oldfd))
		return fail(EBADF);
	make_room(newfd);
	uint64_t before = descriptor_closing(newfd);
	int fd = copied(oldfd, REAL(dup2)(oldfd, newfd));
	descriptor_closed(before);
	return fd;
}

EXPORT int dup3(int oldfd, int newfd, int flags)
{
	if (likely(!client_active()) || oldfd == newfd)
		return REAL(dup3)(oldfd, newfd, flags);
	if (REAL(fcntl)(oldfd, F_GETFD) < 0 || own_has(oldfd))
		return fail(EBADF);
	make_room(newfd);
	uint64_t before = descriptor_closing(newfd);
	int fd = copied(oldfd, REAL(dup3)(oldfd, newfd, flags));
	descriptor_closed(before);
	return fd;
}

ALIAS(__dup2, dup2);

int pidfd_getfd(int pidfd, int theirs, unsigned flags);
EXPORT int pidfd_getfd(int pidfd, int theirs, unsigned flags)
{
	int fd = REAL(pidfd_getfd)(pidfd, theirs, flags);

	if (fd >= 0)
		descriptor_forget(fd);
	return fd;
}

static int device_setfl(int fd, struct device *d, int flags)
{
	int kept = d->flags & O_ACCMODE;
	struct wire_message m = {.op = WIRE_SETFL, .a = d->id, .b = sys_flags(kept | (flags & O_NONBLOCK))};
	int error = call_simple(&m);

	if (error)
		return fail(error);
	descriptor_setflags(fd, kept | (flags & (O_NONBLOCK | O_APPEND)));
	return 0;
}

static int do_fcntl(int fd, int cmd, void *arg, int (*real)(int, int, ...))
{
	struct device d;

	if (likely(!client_active()))
		return real(fd, cmd, arg);
	if (unlikely(own_has(fd)))
		return fail(EBADF);
	switch (cmd) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		return copied(fd, real(fd, cmd, arg));
	case F_GETFL:
		return descriptor_get(fd, &d) ? d.flags : real(fd, cmd, arg);
	case F_SETFL:
		return descriptor_get(fd, &d) ? device_setfl(fd, &d, (int)(intptr_t)arg) : real(fd, cmd, arg);
	default:
		return real(fd, cmd, arg);
	}
}

#define FCNTL(name) \
	int name(int fd, int cmd, ...); \
	EXPORT int name(int fd, int cmd, ...) \
	{ \
		va_list ap; \
		va_start(ap, cmd); \
		void *arg = va_arg(ap, void *); \
		va_end(ap); \
		return do_fcntl(fd, cmd, arg, REAL(name)); \
	}

FCNTL(fcntl)
FCNTL(fcntl64)
ALIAS(__fcntl, fcntl);
#ifndef __x86_64__
FCNTL(__fcntl_time64)
#endif
