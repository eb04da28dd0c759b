/* SPDX-License-Identifier: BSD-2-Clause */
/* file.c: what a character device answers to calls that are about files on a disk. */
#define _GNU_SOURCE
#include "client/calls/calls.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- of a descriptor ---- */

static bool is_device(int fd)
{
	return unlikely(descriptor_get(fd, &(struct device){0}));
}

/* Nothing is kept back: a write is with the driver when it returns. */
EXPORT int fsync(int fd)
{
	return is_device(fd) ? 0 : REAL(fsync)(fd);
}

EXPORT int fdatasync(int fd)
{
	return is_device(fd) ? 0 : REAL(fdatasync)(fd);
}

#define FTRUNCATE(name, off) \
	EXPORT int name(int fd, off length) \
	{ \
		return is_device(fd) ? fail(EINVAL) : REAL(name)(fd, length); \
	}
FTRUNCATE(ftruncate, off_t)
FTRUNCATE(ftruncate64, off64_t)

#define FALLOCATE(name, off) \
	EXPORT int name(int fd, int mode, off offset, off length) \
	{ \
		return is_device(fd) ? fail(ENODEV) : REAL(name)(fd, mode, offset, length); \
	}
FALLOCATE(fallocate, off_t)
FALLOCATE(fallocate64, off64_t)

#define POSIX_FALLOCATE(name, off) \
	EXPORT int name(int fd, off offset, off length) \
	{ \
		return is_device(fd) ? ENODEV : REAL(name)(fd, offset, length); \
	}
POSIX_FALLOCATE(posix_fallocate, off_t)
POSIX_FALLOCATE(posix_fallocate64, off64_t)

/* ---- of a path ---- */

#define TRUNCATE(name, off) \
	EXPORT int name(const char *path, off length) \
	{ \
		struct node n; \
		if (likely(!node_find(AT_FDCWD, path, &n))) \
			return REAL(name)(path, length); \
		return fail(n.slash ? ENOTDIR : EINVAL); \
	}
TRUNCATE(truncate, off_t)
TRUNCATE(truncate64, off64_t)

/* The name of the device behind /proc/self/fd/N; -2: it is none. */
static ssize_t link_of_descriptor(const char *path, char *buffer, size_t size)
{
	char name[PATH_MAX];
	struct node n;

	if (!node_is_descriptor(path) || !node_find(AT_FDCWD, path, &n) || !node_name(n.dev, name))
		return -2;
	size_t len = strlen(name) < size ? strlen(name) : size;
	memcpy(buffer, name, len);
	return (ssize_t)len;
}

static ssize_t device_link(int dirfd, const char *path, char *buffer, size_t size)
{
	struct node n;
	ssize_t len = path ? link_of_descriptor(path, buffer, size) : -2;

	if (likely(len == -2) && unlikely(node_find(dirfd, path, &n)))
		return fail(n.slash ? ENOTDIR : EINVAL); /* a node is no link */
	return len;
}

EXPORT ssize_t readlink(const char *restrict path, char *restrict buffer, size_t size)
{
	ssize_t len = likely(!client_active()) ? -2 : device_link(AT_FDCWD, path, buffer, size);

	return likely(len == -2) ? REAL(readlink)(path, buffer, size) : len;
}

EXPORT ssize_t readlinkat(int dirfd, const char *restrict path, char *restrict buffer, size_t size)
{
	ssize_t len = likely(!client_active()) ? -2 : device_link(dirfd, path, buffer, size);

	return likely(len == -2) ? REAL(readlinkat)(dirfd, path, buffer, size) : len;
}

ssize_t __readlink_chk(const char *path, char *buffer, size_t n, size_t size);
EXPORT ssize_t __readlink_chk(const char *path, char *buffer, size_t n, size_t size)
{
	return n <= size ? readlink(path, buffer, n) : REAL(__readlink_chk)(path, buffer, n, size);
}

ssize_t __readlinkat_chk(int dirfd, const char *path, char *buffer, size_t n, size_t size);
EXPORT ssize_t __readlinkat_chk(int dirfd, const char *path, char *buffer, size_t n, size_t size)
{
	return n <= size ? readlinkat(dirfd, path, buffer, n) : REAL(__readlinkat_chk)(dirfd, path, buffer, n, size);
}

/* ---- the name itself ---- */

/* NULL with errno, or what realpath(3) returns. */
static char *device_realpath(const char *path, const struct node *n, char *resolved)
{
	if (n->slash) {
		errno = ENOTDIR;
		return NULL;
	}
	char *to = resolved ? resolved : malloc(PATH_MAX); /* the program's: realpath(3) promises that it can be freed */
	if (to != NULL && !node_full_path(path, to)) {
		if (!resolved)
			free(to);
		errno = ENAMETOOLONG;
		return NULL;
	}
	return to;
}

EXPORT char *realpath(const char *restrict path, char *restrict resolved)
{
	struct node n;

	return unlikely(node_find(AT_FDCWD, path, &n)) ? device_realpath(path, &n, resolved) : REAL(realpath)(path, resolved);
}

EXPORT char *canonicalize_file_name(const char *path)
{
	struct node n;

	return unlikely(node_find(AT_FDCWD, path, &n)) ? device_realpath(path, &n, NULL) : REAL(canonicalize_file_name)(path);
}

char *__realpath_chk(const char *path, char *resolved, size_t size);
EXPORT char *__realpath_chk(const char *path, char *resolved, size_t size)
{
	return size >= PATH_MAX ? realpath(path, resolved) : REAL(__realpath_chk)(path, resolved, size);
}
