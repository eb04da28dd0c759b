/* SPDX-License-Identifier: BSD-2-Clause */
/* stat.c: what a device looks like: a character device, with the node's owner and mode. */
#define _GNU_SOURCE
#include "client/calls/calls.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static dev_t linux_dev(uint64_t dev)
{
	return makedev((unsigned)(dev >> 32), (unsigned)dev);
}

static bool fd_node(int fd, struct node *n)
{
	struct device d;

	if (likely(!descriptor_get(fd, &d)) && likely(!descriptor_place(fd, &d.dev)))
		return false;
	if (!node_by_dev(d.dev, n)) /* a clone, or a node that is gone */
		*n = (struct node){.dev = d.dev, .slash = false, .mode = S_IFCHR | 0666};
	return true;
}

#define FILL(st, n) (unlikely((n)->slash) ? fail(ENOTDIR) : FILL_ALL(st, n))
#define FILL_ALL(st, n) \
	(memset(st, 0, sizeof(*(st))), (st)->st_mode = (n)->mode, (st)->st_rdev = linux_dev((n)->dev), \
	 (st)->st_uid = (n)->uid, (st)->st_gid = (n)->gid, (st)->st_nlink = 1, (st)->st_blksize = 4096, \
	 (st)->st_ino = (ino_t)((n)->dev + 1), 0)

#define STAT(name, type) \
	EXPORT int name(const char *path, struct type *st) \
	{ \
		struct node n; \
		return unlikely(node_find(AT_FDCWD, path, &n)) ? FILL(st, &n) : REAL(name)(path, st); \
	}
#define FSTAT(name, type) \
	EXPORT int name(int fd, struct type *st) \
	{ \
		struct node n; \
		return unlikely(fd_node(fd, &n)) ? FILL(st, &n) : REAL(name)(fd, st); \
	}
#define FSTATAT(name, type) \
	EXPORT int name(int dirfd, const char *path, struct type *st, int flags) \
	{ \
		struct node n; \
		bool is = (flags & AT_EMPTY_PATH) && *path == '\0' ? fd_node(dirfd, &n) \
								   : node_find(dirfd, path, &n); \
		return unlikely(is) ? FILL(st, &n) : REAL(name)(dirfd, path, st, flags); \
	}

/* As binaries from before glibc 2.33 call them. */
#define XSTAT(name, type) \
	int name(int version, const char *path, struct type *st); \
	EXPORT int name(int version, const char *path, struct type *st) \
	{ \
		struct node n; \
		return unlikely(node_find(AT_FDCWD, path, &n)) ? FILL(st, &n) : REAL(name)(version, path, st); \
	}
#define FXSTAT(name, type) \
	int name(int version, int fd, struct type *st); \
	EXPORT int name(int version, int fd, struct type *st) \
	{ \
		struct node n; \
		return unlikely(fd_node(fd, &n)) ? FILL(st, &n) : REAL(name)(version, fd, st); \
	}
#define FXSTATAT(name, type) \
	int name(int version, int dirfd, const char *path, struct type *st, int flags); \
	EXPORT int name(int version, int dirfd, const char *path, struct type *st, int flags) \
	{ \
		struct node n; \
		bool is = (flags & AT_EMPTY_PATH) && *path == '\0' ? fd_node(dirfd, &n) \
								   : node_find(dirfd, path, &n); \
		return unlikely(is) ? FILL(st, &n) : REAL(name)(version, dirfd, path, st, flags); \
	}
XSTAT(__xstat, stat)
XSTAT(__xstat64, stat64)
XSTAT(__lxstat, stat)
XSTAT(__lxstat64, stat64)
FXSTAT(__fxstat, stat)
FXSTAT(__fxstat64, stat64)
FXSTATAT(__fxstatat, stat)
FXSTATAT(__fxstatat64, stat64)

STAT(stat, stat)
STAT(stat64, stat64)
STAT(lstat, stat)
STAT(lstat64, stat64)
FSTATAT(fstatat, stat)
FSTATAT(fstatat64, stat64)
FSTAT(fstat, stat)
FSTAT(fstat64, stat64)

/* ---- time64 forms of 32-bit programs; the layout is libc's struct stat64 with 64-bit times ---- */

#ifndef __x86_64__
struct stat_time64 {
	uint64_t st_dev, st_ino;
	uint32_t st_mode, st_nlink, st_uid, st_gid;
	uint64_t st_rdev;
	int64_t st_size;
	int32_t st_blksize;
	int64_t st_blocks;
	struct {
		int64_t sec;
		int32_t nsec, pad;
	} times[3];
};
_Static_assert(sizeof(struct stat_time64) == 108, "as libc's: the rest is the application's");
#define PROTO(name, ...) int name(__VA_ARGS__);
PROTO(__stat64_time64, const char *, struct stat_time64 *)
PROTO(__lstat64_time64, const char *, struct stat_time64 *)
PROTO(__fstat64_time64, int, struct stat_time64 *)
PROTO(__fstatat64_time64, int, const char *, struct stat_time64 *, int)
STAT(__stat64_time64, stat_time64)
STAT(__lstat64_time64, stat_time64)
FSTAT(__fstat64_time64, stat_time64)
FSTATAT(__fstatat64_time64, stat_time64)
#endif

/* ---- statx, access ---- */

EXPORT int statx(int dirfd, const char *restrict path, int flags, unsigned mask, struct statx *restrict x)
{
	struct node n;
	bool is = (flags & AT_EMPTY_PATH) && *path == '\0' ? fd_node(dirfd, &n) : node_find(dirfd, path, &n);

	if (likely(!is))
		return REAL(statx)(dirfd, path, flags, mask, x);
	if (n.slash)
		return fail(ENOTDIR);
	memset(x, 0, sizeof(*x));
	x->stx_mask = STATX_TYPE | STATX_MODE | STATX_NLINK | STATX_UID | STATX_GID | STATX_INO | STATX_SIZE;
	x->stx_mode = (uint16_t)n.mode;
	x->stx_nlink = 1;
	x->stx_uid = n.uid;
	x->stx_gid = n.gid;
	x->stx_ino = n.dev + 1;
	x->stx_blksize = 4096;
	x->stx_rdev_major = (uint32_t)(n.dev >> 32);
	x->stx_rdev_minor = (uint32_t)n.dev;
	return 0;
}

EXPORT int access(const char *path, int mode)
{
	struct node n;

	return unlikely(node_find(AT_FDCWD, path, &n)) ? node_access(&n, mode, false)
						       : REAL(access)(path, mode);
}

EXPORT int faccessat(int dirfd, const char *path, int mode, int flags)
{
	struct node n;

	bool is = (flags & AT_EMPTY_PATH) && *path == '\0' ? fd_node(dirfd, &n) : node_find(dirfd, path, &n);
	if (likely(!is))
		return REAL(faccessat)(dirfd, path, mode, flags);
	return node_access(&n, mode, flags & AT_EACCESS);
}

EXPORT int euidaccess(const char *path, int mode)
{
	struct node n;

	return unlikely(node_find(AT_FDCWD, path, &n)) ? node_access(&n, mode, true)
						       : REAL(euidaccess)(path, mode);
}

ALIAS(eaccess, euidaccess);
