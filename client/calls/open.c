/* SPDX-License-Identifier: BSD-2-Clause */
/* open.c: open(2) and its relatives, fopen(3) aside (stream.c). */
#define _GNU_SOURCE
#include "client/calls/calls.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/core/quiet.h"

/* Ours have the sys.h values: FREAD 1, FWRITE 2, FNDELAY 4, FNONBLOCK 0x80, FEXCL 0x400. */
unsigned sys_flags(int flags)
{
	static const unsigned access[4] = {1, 2, 3, 3};

	return access[flags & O_ACCMODE] | (flags & O_NONBLOCK ? 0x84 : 0) | (flags & O_EXCL ? 0x400 : 0);
}

/* A descriptor that names the node and does nothing: to Linux it is another device's, of the same kind. */
static int place_open(const struct node *n, int flags)
{
	int fd = REAL(open)("/dev/null", O_PATH | (flags & O_CLOEXEC));

	if (fd < 0 || descriptor_add_place(fd, n->dev))
		return fd;
	quiet_close(fd);
	return fail(ENOMEM);
}

int device_open(const struct node *n, int flags)
{
	if (n->slash || (flags & O_DIRECTORY))
		return fail(ENOTDIR);
	if (flags & O_PATH)
		return place_open(n, flags);
	if ((flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		return fail(EEXIST);
	struct call *c = call_begin();
	if (c == NULL)
		return -1;
	call_cancellable(c);
	struct wire_message m = {.op = WIRE_OPEN, .a = n->dev, .b = sys_flags(flags) | (S_ISBLK(n->mode) ? 0x10000 : 0)};
	int error = call_run(c, &m, NULL);
	int received = error ? -1 : call_take_fd(c, 0);
	call_end(c);
	if (error)
		return fail(error == EIO ? ENXIO : error);
	if (received < 0) { /* Linux has closed it, for there was no room: the driver hears of it now */
		struct wire_message closed = {.op = WIRE_CLOSED, .a = m.a};
		(void)call_simple(&closed);
		return fail(EMFILE);
	}
	/* The descriptor came close-on-exec and at the lowest free number. */
	if (!(flags & O_CLOEXEC))
		(void)REAL(fcntl)(received, F_SETFD, 0);
	struct device d = {.id = m.a, .dev = m.b, .flags = flags & (O_ACCMODE | O_NONBLOCK | O_APPEND)};
	if (!descriptor_add(received, &d)) {
		quiet_close(received);
		return fail(ENOMEM);
	}
	stream_after_change(received);
	return received;
}

static int opened(int fd)
{
	if (fd >= 0)
		descriptor_is_other(fd);
	return fd;
}

#define MODE(flags, last) \
	mode_t mode = 0; \
	if ((flags) & (O_CREAT | __O_TMPFILE)) { \
		va_list ap; \
		va_start(ap, last); \
		mode = va_arg(ap, mode_t); \
		va_end(ap); \
	}

#define OPEN(name) \
	EXPORT int name(const char *path, int flags, ...) \
	{ \
		struct node n; \
		MODE(flags, flags) \
		if (unlikely(node_find(AT_FDCWD, path, &n))) \
			return device_open(&n, flags); \
		return opened(REAL(name)(path, flags, mode)); \
	}
#define OPENAT(name) \
	EXPORT int name(int dirfd, const char *path, int flags, ...) \
	{ \
		struct node n; \
		MODE(flags, flags) \
		if (unlikely(node_find(dirfd, path, &n))) \
			return device_open(&n, flags); \
		return opened(REAL(name)(dirfd, path, flags, mode)); \
	}
#define OPEN_2(name) \
	int name(const char *path, int flags); \
	EXPORT int name(const char *path, int flags) \
	{ \
		struct node n; \
		if (unlikely(node_find(AT_FDCWD, path, &n))) \
			return device_open(&n, flags); \
		return opened(REAL(name)(path, flags)); \
	}
#define OPENAT_2(name) \
	int name(int dirfd, const char *path, int flags); \
	EXPORT int name(int dirfd, const char *path, int flags) \
	{ \
		struct node n; \
		if (unlikely(node_find(dirfd, path, &n))) \
			return device_open(&n, flags); \
		return opened(REAL(name)(dirfd, path, flags)); \
	}
#define CREAT(name) \
	EXPORT int name(const char *path, mode_t mode) \
	{ \
		struct node n; \
		if (unlikely(node_find(AT_FDCWD, path, &n))) \
			return device_open(&n, O_CREAT | O_WRONLY | O_TRUNC); \
		return opened(REAL(name)(path, mode)); \
	}

OPEN(open)
OPEN(open64)
ALIAS(__open, open);
ALIAS(__open64, open64);
OPENAT(openat)
OPENAT(openat64)
OPEN_2(__open_2)
OPEN_2(__open64_2)
OPENAT_2(__openat_2)
OPENAT_2(__openat64_2)
CREAT(creat)
CREAT(creat64)
