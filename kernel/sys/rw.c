/* SPDX-License-Identifier: BSD-2-Clause */
/* read(2), write(2) and lseek(2) of a device. */
#include "kernel/ddi/core/kthread.h"
#include "kernel/sys/block.h"
#include "kernel/sys/file.h"
#include "kernel/sys/snode.h"
#include <sys/devops.h>
#include <sys/errno.h>
#include <sys/int_limits.h>
#include <sys/uio.h>

#define VECTORS_MAX 1024
#define VECTORS_SMALL 8 /* on the stack */

/* Copies the vectors and adds up their lengths. */
static int vectors_check(const struct sys_iovec *from, size_t count, iovec_t *to, ssize_t *total)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		if (from[i].len > INT64_MAX || from[i].len > INT64_MAX - sum)
			return EINVAL;
		sum += from[i].len;
		to[i].iov_base = (caddr_t)(uintptr_t)from[i].base;
		to[i].iov_len = from[i].len;
	}
	*total = (ssize_t)sum;
	return 0;
}

static int driver_transfer(struct sys_file *f, enum uio_rw rw, uio_t *uio)
{
	int (*transfer)(dev_t, struct uio *, cred_t *) = rw == UIO_READ ? f->ops->cb_read : f->ops->cb_write;

	if (uio->uio_resid == 0)
		return 0;
	if (f->snode->block)
		return block_transfer(f, rw, uio);
	return transfer != NULL ? transfer(f->dev, uio, CRED()) : ENXIO;
}

static int64_t offset_now(struct sys_file *f)
{
	int64_t offset;

	host_mutex_lock(&f->lock);
	offset = f->offset;
	host_mutex_unlock(&f->lock);
	return offset;
}

static void offset_set(struct sys_file *f, int64_t offset)
{
	host_mutex_lock(&f->lock);
	f->offset = offset;
	host_mutex_unlock(&f->lock);
}

static int uio_transfer(struct sys_file *f, enum uio_rw rw, uio_t *uio, bool own_offset, uint64_t *done)
{
	ssize_t total = uio->uio_resid;
	dev_t before;
	int error;

	if (total > INT64_MAX - uio->uio_loffset)
		return EINVAL;
	before = kthread_serve(f->dev);
	error = driver_transfer(f, rw, uio);
	(void)kthread_serve(before);
	if (error == EINTR && uio->uio_resid != total)
		error = 0; /* what was moved before the signal counts */
	if (error != 0)
		return error;
	if (own_offset)
		offset_set(f, uio->uio_loffset);
	*done = (uint64_t)(total - uio->uio_resid);
	return 0;
}

static int transfer(struct sys_file *f, enum uio_rw rw, const struct sys_iovec *iov, size_t niov, int64_t offset,
		    uint64_t *done)
{
	iovec_t small[VECTORS_SMALL], *vectors = small;
	unsigned flags = sys_file_flags(f);
	uio_t uio = {.uio_iovcnt = (int)niov, .uio_segflg = UIO_USERSPACE, .uio_fmode = (uint16_t)flags, .uio_llimit = INT64_MAX};
	int error;

	if ((flags & (rw == UIO_READ ? SYS_FREAD : SYS_FWRITE)) == 0)
		return EBADF;
	if (niov == 0 || niov > VECTORS_MAX || offset < SYS_OFFSET_FILE)
		return EINVAL;
	kthread_refresh();
	if (niov > VECTORS_SMALL)
		vectors = host_alloc(niov * sizeof(*vectors), true);
	uio.uio_iov = vectors;
	uio.uio_loffset = offset == SYS_OFFSET_FILE ? offset_now(f) : offset;
	error = vectors_check(iov, niov, vectors, &uio.uio_resid);
	if (error == 0)
		error = uio_transfer(f, rw, &uio, offset == SYS_OFFSET_FILE, done);
	if (vectors != small)
		host_free(vectors, niov * sizeof(*vectors));
	return error;
}

int sys_read(struct sys_file *f, const struct sys_iovec *iov, size_t niov, int64_t offset, uint64_t *done)
{
	return transfer(f, UIO_READ, iov, niov, offset, done);
}

int sys_write(struct sys_file *f, const struct sys_iovec *iov, size_t niov, int64_t offset, uint64_t *done)
{
	return transfer(f, UIO_WRITE, iov, niov, offset, done);
}

static int64_t end_of(struct sys_file *f)
{
	uint64_t size;
	dev_t before;

	kthread_refresh();
	before = kthread_serve(f->dev);
	bool known = device_size(f->ops, f->dev, f->snode->dip, &size);
	(void)kthread_serve(before);
	return known && size <= INT64_MAX ? (int64_t)size : 0;
}

int sys_seek(struct sys_file *f, int64_t offset, int whence, int64_t *result)
{
	int64_t end = whence == 2 ? end_of(f) : 0, to = offset;
	int error = 0;

	if (whence < 0 || whence > 2)
		return EINVAL;
	host_mutex_lock(&f->lock);
	if (whence != 0 && __builtin_add_overflow(whence == 1 ? f->offset : end, offset, &to))
		error = EOVERFLOW;
	else if (to < 0)
		error = EINVAL;
	if (error == 0)
		*result = f->offset = to;
	host_mutex_unlock(&f->lock);
	return error;
}
