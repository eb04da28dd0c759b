/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * syscall.c: syscall(3), by which programs make system calls that their libc has no function for, or had none once.  Those
 * that may be about a device go to the function of that name; the others to Linux.
 */
#define _GNU_SOURCE
#include "client/calls/calls.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "client/core/raw.h"

#undef syscall /* see client/core/syscall.c */
long syscall(long number, ...);

/* The kernel's call has no flags. */
static long access_at(int dirfd, const char *path, int mode)
{
	return faccessat(dirfd, path, mode, 0);
}

/* Layouts, and the way offsets of 64 bits are passed, are libc's only with 64 bits. */
#ifdef __x86_64__
static bool wide_call(long number, const long *a, long *result)
{
	void *p0 = (void *)a[0], *p1 = (void *)a[1];

	switch (number) {
	case SYS_stat:
		*result = stat(p0, p1);
		return true;
	case SYS_lstat:
		*result = lstat(p0, p1);
		return true;
	case SYS_fstat:
		*result = fstat((int)a[0], p1);
		return true;
	case SYS_newfstatat:
		*result = fstatat((int)a[0], p1, (void *)a[2], (int)a[3]);
		return true;
	case SYS_lseek:
		*result = lseek((int)a[0], a[1], (int)a[2]);
		return true;
	case SYS_pread64:
		*result = pread((int)a[0], p1, (size_t)a[2], a[3]);
		return true;
	case SYS_pwrite64:
		*result = pwrite((int)a[0], p1, (size_t)a[2], a[3]);
		return true;
	case SYS_preadv:
		*result = preadv((int)a[0], p1, (int)a[2], a[3]);
		return true;
	case SYS_pwritev:
		*result = pwritev((int)a[0], p1, (int)a[2], a[3]);
		return true;
	case SYS_preadv2:
		*result = preadv2((int)a[0], p1, (int)a[2], a[3], (int)a[5]);
		return true;
	case SYS_pwritev2:
		*result = pwritev2((int)a[0], p1, (int)a[2], a[3], (int)a[5]);
		return true;
	case SYS_mmap:
		*result = (long)mmap(p0, (size_t)a[1], (int)a[2], (int)a[3], (int)a[4], a[5]);
		return true;
	default:
		return false;
	}
}
#else
static bool wide_call(long number, const long *a, long *result)
{
	switch (number) {
	case SYS_stat64:
		*result = stat64((void *)a[0], (void *)a[1]);
		return true;
	case SYS_lstat64:
		*result = lstat64((void *)a[0], (void *)a[1]);
		return true;
	case SYS_fstat64:
		*result = fstat64((int)a[0], (void *)a[1]);
		return true;
	case SYS_fstatat64:
		*result = fstatat64((int)a[0], (void *)a[1], (void *)a[2], (int)a[3]);
		return true;
	case SYS_mmap2:
		*result = (long)mmap64((void *)a[0], (size_t)a[1], (int)a[2], (int)a[3], (int)a[4], (off64_t)(unsigned long)a[5] * 4096);
		return true;
	default:
		return false;
	}
}
#endif

static bool path_call(long number, const long *a, long *result)
{
	const char *p0 = (const char *)a[0], *p1 = (const char *)a[1];

	switch (number) {
	case SYS_open:
		*result = open(p0, (int)a[1], (mode_t)a[2]);
		return true;
	case SYS_openat:
		*result = openat((int)a[0], p1, (int)a[2], (mode_t)a[3]);
		return true;
	case SYS_creat:
		*result = creat(p0, (mode_t)a[1]);
		return true;
	case SYS_statx:
		*result = statx((int)a[0], p1, (int)a[2], (unsigned)a[3], (void *)a[4]);
		return true;
	case SYS_access:
		*result = access(p0, (int)a[1]);
		return true;
	case SYS_faccessat:
		*result = access_at((int)a[0], p1, (int)a[2]);
		return true;
#ifdef SYS_faccessat2
	case SYS_faccessat2:
		*result = faccessat((int)a[0], p1, (int)a[2], (int)a[3]);
		return true;
#endif
	case SYS_readlink:
		*result = readlink(p0, (char *)a[1], (size_t)a[2]);
		return true;
	case SYS_readlinkat:
		*result = readlinkat((int)a[0], p1, (char *)a[2], (size_t)a[3]);
		return true;
	default:
		return false;
	}
}

static bool descriptor_call(long number, const long *a, long *result)
{
	int fd = (int)a[0];

	switch (number) {
	case SYS_close:
		*result = close(fd);
		return true;
	case SYS_read:
		*result = read(fd, (void *)a[1], (size_t)a[2]);
		return true;
	case SYS_write:
		*result = write(fd, (const void *)a[1], (size_t)a[2]);
		return true;
	case SYS_readv:
		*result = readv(fd, (const struct iovec *)a[1], (int)a[2]);
		return true;
	case SYS_writev:
		*result = writev(fd, (const struct iovec *)a[1], (int)a[2]);
		return true;
	case SYS_ioctl:
		*result = ioctl(fd, (unsigned long)a[1], a[2]);
		return true;
	case SYS_fsync:
		*result = fsync(fd);
		return true;
	case SYS_fdatasync:
		*result = fdatasync(fd);
		return true;
	case SYS_dup:
		*result = dup(fd);
		return true;
	case SYS_dup2:
		*result = dup2(fd, (int)a[1]);
		return true;
	case SYS_dup3:
		*result = dup3(fd, (int)a[1], (int)a[2]);
		return true;
	case SYS_poll:
		*result = poll((struct pollfd *)a[0], (nfds_t)a[1], (int)a[2]);
		return true;
	default:
		return false;
	}
}

static bool memory_call(long number, const long *a, long *result)
{
	void *addr = (void *)a[0];

	switch (number) {
	case SYS_munmap:
		*result = munmap(addr, (size_t)a[1]);
		return true;
	case SYS_mprotect:
		*result = mprotect(addr, (size_t)a[1], (int)a[2]);
		return true;
	case SYS_pkey_mprotect:
		*result = pkey_mprotect(addr, (size_t)a[1], (int)a[2], (int)a[3]);
		return true;
	case SYS_mremap:
		*result = (long)mremap(addr, (size_t)a[1], (size_t)a[2], (int)a[3], a[4]);
		return true;
	case SYS_madvise:
		*result = madvise(addr, (size_t)a[1], (int)a[2]);
		return true;
	default:
		return false;
	}
}

EXPORT long syscall(long number, ...)
{
	long a[6], result;
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (unlikely(client_active()) && (descriptor_call(number, a, &result) || path_call(number, a, &result) ||
					  memory_call(number, a, &result) || wide_call(number, a, &result)))
		return result;
	result = raw_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	return is_error(result) ? fail((int)-result) : result;
}
