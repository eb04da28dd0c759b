/* SPDX-License-Identifier: BSD-2-Clause */
/* rw.c: read, write and lseek in all their forms. */
#define _GNU_SOURCE
#include "client/calls/calls.h"

#include <limits.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

/* With 32 bits the server's idea of too much is another. */
static bool sum_fits(const struct iovec *iov, int count)
{
	size_t left = SSIZE_MAX;

	for (int i = 0; i < count; i++) {
		if (iov[i].iov_len > left)
			return false;
		left -= iov[i].iov_len;
	}
	return true;
}

static ssize_t device_transfer(const struct device *d, uint32_t op, const struct iovec *iov, int count, int64_t offset)
{
	if (count < 0 || count > IOV_MAX)
		return fail(EINVAL);
	if (offset < -1 || !sum_fits(iov, count))
		return fail(EINVAL);
	struct call *c = call_begin();
	if (c == NULL)
		return fail(errno == ENXIO ? EIO : errno);
	struct wire_message m;
	int error;
	call_cancellable(c);
	do {
		struct wire_iovec *w = (struct wire_iovec *)(void *)call_data(c);
		for (int i = 0; i < count; i++)
			w[i] = (struct wire_iovec){(uintptr_t)iov[i].iov_base, iov[i].iov_len};
		m = (struct wire_message){.op = op, .a = d->id, .b = (uint64_t)offset, .c = (uint64_t)count, .data_len = (uint32_t)count * sizeof(*w)};
		error = call_run(c, &m, NULL);
	} while (unlikely(call_restarts(c, error)));
	call_end(c);
	return error ? fail(error) : (ssize_t)m.a;
}

static ssize_t one(const struct device *d, uint32_t op, const void *buffer, size_t n, int64_t offset)
{
	struct iovec iov = {(void *)(uintptr_t)buffer, n};

	return device_transfer(d, op, &iov, 1, offset);
}

EXPORT ssize_t read(int fd, void *buffer, size_t n)
{
	struct device d;

	return unlikely(descriptor_get(fd, &d)) ? one(&d, WIRE_READ, buffer, n, -1)
						: WITH_BUFFERS(buffer_load(buffer, n, true), REAL(read)(fd, buffer, n));
}

EXPORT ssize_t write(int fd, const void *buffer, size_t n)
{
	struct device d;

	return unlikely(descriptor_get(fd, &d)) ? one(&d, WIRE_WRITE, buffer, n, -1)
						: WITH_BUFFERS(buffer_load(buffer, n, false), REAL(write)(fd, buffer, n));
}

EXPORT ssize_t readv(int fd, const struct iovec *iov, int count)
{
	struct device d;

	return unlikely(descriptor_get(fd, &d)) ? device_transfer(&d, WIRE_READ, iov, count, -1)
						: WITH_BUFFERS(buffer_load_vector(iov, count, true), REAL(readv)(fd, iov, count));
}

EXPORT ssize_t writev(int fd, const struct iovec *iov, int count)
{
	struct device d;

	return unlikely(descriptor_get(fd, &d)) ? device_transfer(&d, WIRE_WRITE, iov, count, -1)
						: WITH_BUFFERS(buffer_load_vector(iov, count, false), REAL(writev)(fd, iov, count));
}

/* An explicit offset must not be negative: -1 would mean the open's own. */
#define AT(offset) ((offset) < 0 ? -2 : (int64_t)(offset))

#define PREAD(name, off) \
	EXPORT ssize_t name(int fd, void *buffer, size_t n, off offset) \
	{ \
		struct device d; \
		return unlikely(descriptor_get(fd, &d)) ? one(&d, WIRE_READ, buffer, n, AT(offset)) \
							: WITH_BUFFERS(buffer_load(buffer, n, true), \
								       REAL(name)(fd, buffer, n, offset)); \
	}
#define PWRITE(name, off) \
	EXPORT ssize_t name(int fd, const void *buffer, size_t n, off offset) \
	{ \
		struct device d; \
		return unlikely(descriptor_get(fd, &d)) ? one(&d, WIRE_WRITE, buffer, n, AT(offset)) \
							: WITH_BUFFERS(buffer_load(buffer, n, false), \
								       REAL(name)(fd, buffer, n, offset)); \
	}
#define PVECTOR(name, op, off) \
	EXPORT ssize_t name(int fd, const struct iovec *iov, int count, off offset) \
	{ \
		struct device d; \
		return unlikely(descriptor_get(fd, &d)) ? device_transfer(&d, op, iov, count, AT(offset)) \
							: WITH_BUFFERS(buffer_load_vector(iov, count, op == WIRE_READ), \
								       REAL(name)(fd, iov, count, offset)); \
	}
/* Hints that a device need not take: RWF_HIPRI, DSYNC and SYNC.  Others ask for what a driver cannot be asked. */
#define RWF_KNOWN 0x7
#define PVECTOR2(name, op, off) \
	EXPORT ssize_t name(int fd, const struct iovec *iov, int count, off offset, int flags) \
	{ \
		struct device d; \
		return unlikely(descriptor_get(fd, &d)) \
			       ? flags & ~RWF_KNOWN ? fail(EOPNOTSUPP) \
						    : device_transfer(&d, op, iov, count, offset == -1 ? -1 : AT(offset)) \
			       : WITH_BUFFERS(buffer_load_vector(iov, count, op == WIRE_READ), \
					      REAL(name)(fd, iov, count, offset, flags)); \
	}
#define SEEK(name, off) \
	EXPORT off name(int fd, off offset, int whence) \
	{ \
		struct device d; \
		if (likely(!descriptor_get(fd, &d))) \
			return REAL(name)(fd, offset, whence); \
		struct wire_message m = {.op = WIRE_SEEK, .a = d.id, .b = (uint64_t)(int64_t)offset, .c = (uint64_t)whence}; \
		int error = call_simple(&m); \
		return error ? fail(error) : (off)m.a; \
	}

PREAD(pread, off_t)
PREAD(pread64, off64_t)
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)
PVECTOR(preadv, WIRE_READ, off_t)
PVECTOR(preadv64, WIRE_READ, off64_t)
PVECTOR(pwritev, WIRE_WRITE, off_t)
PVECTOR(pwritev64, WIRE_WRITE, off64_t)
PVECTOR2(preadv2, WIRE_READ, off_t)
PVECTOR2(preadv64v2, WIRE_READ, off64_t)
PVECTOR2(pwritev2, WIRE_WRITE, off_t)
PVECTOR2(pwritev64v2, WIRE_WRITE, off64_t)
SEEK(lseek, off_t)
SEEK(lseek64, off64_t)

/* ---- fortified forms ---- */

ssize_t __read_chk(int fd, void *buffer, size_t n, size_t size);
EXPORT ssize_t __read_chk(int fd, void *buffer, size_t n, size_t size)
{
	struct device d;

	return unlikely(descriptor_get(fd, &d)) && n <= size ? one(&d, WIRE_READ, buffer, n, -1)
							     : WITH_BUFFERS(n > size || buffer_load(buffer, n, true),
									    REAL(__read_chk)(fd, buffer, n, size));
}

ssize_t __pread_chk(int fd, void *buffer, size_t n, off_t offset, size_t size);
EXPORT ssize_t __pread_chk(int fd, void *buffer, size_t n, off_t offset, size_t size)
{
	struct device d;

	return unlikely(descriptor_get(fd, &d)) && n <= size ? one(&d, WIRE_READ, buffer, n, AT(offset))
							     : WITH_BUFFERS(n > size || buffer_load(buffer, n, true),
									    REAL(__pread_chk)(fd, buffer, n, offset, size));
}

ssize_t __pread64_chk(int fd, void *buffer, size_t n, off64_t offset, size_t size);
EXPORT ssize_t __pread64_chk(int fd, void *buffer, size_t n, off64_t offset, size_t size)
{
	struct device d;

	return unlikely(descriptor_get(fd, &d)) && n <= size ? one(&d, WIRE_READ, buffer, n, AT(offset))
							     : WITH_BUFFERS(n > size || buffer_load(buffer, n, true),
									    REAL(__pread64_chk)(fd, buffer, n, offset, size));
}

/* ---- copies inside Linux: not for devices; programs fall back to read and write on EINVAL ---- */

#define EITHER_DEVICE(a, b) (unlikely(descriptor_get(a, &(struct device){0})) || unlikely(descriptor_get(b, &(struct device){0})))

EXPORT ssize_t sendfile(int out, int in, off_t *offset, size_t n)
{
	return EITHER_DEVICE(out, in) ? fail(EINVAL) : REAL(sendfile)(out, in, offset, n);
}

EXPORT ssize_t sendfile64(int out, int in, off64_t *offset, size_t n)
{
	return EITHER_DEVICE(out, in) ? fail(EINVAL) : REAL(sendfile64)(out, in, offset, n);
}

EXPORT ssize_t copy_file_range(int in, off64_t *in_offset, int out, off64_t *out_offset, size_t n, unsigned flags)
{
	return EITHER_DEVICE(out, in) ? fail(EINVAL)
				      : REAL(copy_file_range)(in, in_offset, out, out_offset, n, flags);
}

ssize_t splice(int in, off64_t *in_offset, int out, off64_t *out_offset, size_t n, unsigned flags);
EXPORT ssize_t splice(int in, off64_t *in_offset, int out, off64_t *out_offset, size_t n, unsigned flags)
{
	return EITHER_DEVICE(out, in) ? fail(EINVAL) : REAL(splice)(in, in_offset, out, out_offset, n, flags);
}

/* ---- the names behind the names: some libraries call them ---- */

ALIAS(__read, read);
ALIAS(__write, write);
ALIAS(__lseek, lseek);
ALIAS(llseek, lseek64);
ALIAS(__pread64, pread64);
ALIAS(__pwrite64, pwrite64);
