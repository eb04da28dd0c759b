/* SPDX-License-Identifier: BSD-2-Clause */
/* Transfers straight from and to the memory of the calling process: physio(9F), minphys(9F). */
#include <sys/sunddi.h>
#include <sys/buf.h>
#include <sys/errno.h>
#include <sys/param.h>
#include <sys/proc.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>

#include "kernel/ddi/mem/buf.h"
#include "kernel/ddi/mem/io_memory.h"
#include "kernel/devmap/user_memory.h"
#include "kernel/vm/address_space.h"
#include "kernel/vm/page_object.h"
#include "kernel/vm/usercopy.h"

void minphys(struct buf *bp)
{
	if (bp->b_bcount > (size_t)maxphys)
		bp->b_bcount = (size_t)maxphys;
}

/* ---- one part of a vector ---- */

struct transfer {
	int (*strategy)(struct buf *);
	struct buf *bp;
	dev_t dev;
	int direction;
	void (*mincnt)(struct buf *);
	struct uio *uio;
};

static void
part_setup(const struct transfer *t, caddr_t base, size_t len)
{
	struct buf *bp = t->bp;

	buf_restart(bp);
	bp->b_flags = B_BUSY | B_PHYS | t->direction;
	bp->b_edev = t->dev;
	bp->b_lblkno = lbtodb(t->uio->uio_loffset);
	bp->b_offset = t->uio->uio_loffset;
	bp->b_un.b_addr = base;
	bp->b_bcount = len;
	bp->b_proc = t->uio->uio_segflg == UIO_SYSSPACE ? NULL : curproc;
	t->mincnt(bp);
	bp->b_bufsize = bp->b_bcount;
}

static int
part_memory(const struct transfer *t, struct io_memory **memory)
{
	struct buf *bp = t->bp;
	int error;

	if (t->uio->uio_segflg == UIO_SYSSPACE) {
		*memory = io_memory_kernel(bp->b_un.b_addr, bp->b_bcount);
		return 0;
	}
	if (curproc == &p0)
		return EFAULT; /* a thread of the system has no user memory */
	error = user_memory_pin(address_space_of(curproc->p_as), (uintptr_t)bp->b_un.b_addr, bp->b_bcount,
				t->direction == B_READ, memory);
	return error == EACCES ? EFAULT : error;
}

/* ---- memory that only the calling thread reaches ---- */

/* Pages of ours, that stay as long as a driver's DMA binding.  0, EFAULT or ENOMEM. */
static int
bounce_begin(const struct transfer *t, struct io_memory **memory)
{
	struct buf *bp = t->bp;
	struct page_object *object;
	int error = page_object_create(page_ceil(bp->b_bcount), 0, &object);

	if (error != 0)
		return error;
	if (t->direction == B_WRITE)
		error = user_copyin((struct sys_proc *)curproc, object->address, (uintptr_t)bp->b_un.b_addr, bp->b_bcount);
	if (error == 0)
		*memory = io_memory_kernel(object->address, bp->b_bcount);
	page_object_release(object);
	return error;
}

/* Gives the process what was read. */
static int
bounce_end(const struct transfer *t, const struct io_memory *memory, size_t moved)
{
	if (t->direction == B_WRITE)
		return 0;
	return user_copyout((struct sys_proc *)curproc, (uintptr_t)t->uio->uio_iov->iov_base,
			    io_memory_kernel_address(memory), moved);
}

static void
uio_advance(struct uio *uio, size_t len)
{
	uio->uio_iov->iov_base += len;
	uio->uio_iov->iov_len -= len;
	uio->uio_resid -= (ssize_t)len;
	uio->uio_loffset += (offset_t)len;
}

/* *more: all of it was moved. */
static int
part_move(const struct transfer *t, size_t len, bool *more)
{
	struct buf *bp = t->bp;
	struct io_memory *memory;
	bool bounced;
	int error;

	part_setup(t, t->uio->uio_iov->iov_base, len);
	if (bp->b_bcount == 0 || bp->b_bcount > len)
		return EINVAL; /* mincnt went wrong */
	len = bp->b_bcount;
	error = part_memory(t, &memory);
	bounced = error == ENOTSUP;
	if (bounced)
		error = bounce_begin(t, &memory);
	if (error != 0)
		return error;
	buf_set_memory(bp, memory, 0);
	(void)t->strategy(bp);
	error = biowait(bp);
	bp_mapout(bp);
	if (bp->b_resid > len)
		bp->b_resid = len;
	if (bounced && error == 0)
		error = bounce_end(t, memory, len - bp->b_resid);
	buf_set_memory(bp, NULL, 0);
	*more = error == 0 && bp->b_resid == 0;
	uio_advance(t->uio, len - bp->b_resid);
	return error;
}

/* ---- all of it ---- */

/* The vector to go on with, empty ones stepped over; NULL: nothing is left. */
static const iovec_t *
uio_vector(struct uio *uio)
{
	while (uio->uio_resid > 0 && uio->uio_iovcnt > 0) {
		if (uio->uio_iov->iov_len > 0)
			return uio->uio_iov;
		uio->uio_iov++;
		uio->uio_iovcnt--;
	}
	return NULL;
}

static int
parts_move(const struct transfer *t)
{
	const iovec_t *iov;
	bool more = true;
	int error = 0;

	while (more && error == 0 && (iov = uio_vector(t->uio)) != NULL)
		error = part_move(t, MIN(iov->iov_len, (size_t)t->uio->uio_resid), &more);
	return error;
}

int physio(int (*strategy)(struct buf *), struct buf *bp, dev_t dev, int rw, void (*mincnt)(struct buf *), struct uio *uio)
{
	struct transfer t = {strategy, bp, dev, rw & B_READ ? B_READ : B_WRITE, mincnt, uio};
	struct buf own;
	int error;

	if (uio->uio_loffset < 0)
		return EINVAL;
	if (bp == NULL) {
		bioinit(&own);
		t.bp = &own;
	}
	sema_p(&t.bp->b_sem); /* others may be using the driver's own */
	error = parts_move(&t);
	t.bp->b_flags &= ~(B_BUSY | B_PHYS);
	sema_v(&t.bp->b_sem);
	if (bp == NULL)
		biofini(&own);
	return error;
}
