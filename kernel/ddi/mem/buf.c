/* SPDX-License-Identifier: BSD-2-Clause */
/* buf(9S): getrbuf(9F), bioinit(9F), biodone(9F), biowait(9F), bioerror(9F), bioclone(9F). */
#include "kernel/ddi/mem/buf.h"
#include "kernel/ddi/mem/io_memory.h"
#include "kernel/ddi/core/leak.h"
#include "kernel/lib/message.h"
#include <sys/errno.h>
#include <sys/kmem.h>
#include <sys/string.h>

/* ---- what it is about ---- */

static struct io_memory *memory_of(const struct buf *bp)
{
	return bp->b_cookie_;
}

void buf_set_memory(struct buf *bp, struct io_memory *memory, size_t offset)
{
	io_memory_release(memory_of(bp));
	bp->b_cookie_ = memory;
	bp->b_cookie_off_ = offset;
}

struct io_memory *buf_memory(struct buf *bp, size_t *offset)
{
	struct io_memory *memory = memory_of(bp);

	if (memory == NULL || buf_in_copy(bp)) {
		*offset = 0;
		return io_memory_kernel(bp->b_un.b_addr, bp->b_bcount);
	}
	io_memory_hold(memory);
	*offset = bp->b_cookie_off_;
	return memory;
}

/* ---- begin and end of its life ---- */

void bioinit(struct buf *bp)
{
	memset(bp, 0, sizeof(*bp));
	sema_init(&bp->b_sem, 1, NULL, SEMA_DEFAULT, NULL);
	sema_init(&bp->b_io, 0, NULL, SEMA_DEFAULT, NULL);
}

void biofini(struct buf *bp)
{
	bp_mapout(bp);
	buf_set_memory(bp, NULL, 0);
	sema_destroy(&bp->b_io);
	sema_destroy(&bp->b_sem);
}

void bioreset(struct buf *bp)
{
	biofini(bp);
	bioinit(bp);
}

size_t biosize(void)
{
	return sizeof(struct buf);
}

static void buf_free(void *key, size_t bytes)
{
	biofini(key);
	host_free(key, bytes);
}

static const struct leak_kind buf_leak = {"buf", buf_free};

struct buf *buf_create(bool wait, const void *caller)
{
	struct buf *bp = host_alloc(sizeof(*bp), wait);

	if (bp == NULL)
		return NULL;
	bioinit(bp);
	leak_add(&buf_leak, bp, sizeof(*bp), caller);
	return bp;
}

struct buf *getrbuf(int flags)
{
	return buf_create((flags & KM_NOSLEEP) == 0, CALLER());
}

void freerbuf(struct buf *bp)
{
	if (!leak_remove(&buf_leak, bp, NULL))
		driver_bug(CALLER(), "freerbuf: %p did not come from getrbuf, or has been freed before", (void *)bp);
	buf_free(bp, sizeof(*bp));
}

/* ---- the transfer ---- */

void buf_restart(struct buf *bp)
{
	bp->b_flags &= ~(B_DONE | B_ERROR);
	bp->b_error = 0;
	bp->b_resid = 0;
	while (sema_tryp(&bp->b_io))
		;
}

/* b_iodone, if there is one, takes all that follows over: it may call biodone() again once it has cleared it. */
void biodone(struct buf *bp)
{
	if (bp->b_iodone != NULL) {
		(void)bp->b_iodone(bp);
		return;
	}
	if (bp->b_flags & B_DONE)
		driver_bug(CALLER(), "biodone: buf %p is done already", (void *)bp);
	bp->b_flags |= B_DONE;
	sema_v(&bp->b_io);
}

int biowait(struct buf *bp)
{
	sema_p(&bp->b_io);
	return geterror(bp);
}

void bioerror(struct buf *bp, int error)
{
	bp->b_error = error;
	if (error != 0)
		bp->b_flags |= B_ERROR;
	else
		bp->b_flags &= ~B_ERROR;
}

int geterror(struct buf *bp)
{
	if ((bp->b_flags & B_ERROR) == 0)
		return 0;
	return bp->b_error != 0 ? bp->b_error : EIO;
}

/* ---- clones ---- */

#define CLONED_FLAGS (B_PHYS | B_PAGEIO | B_READ | B_WRITE | B_SHADOW | B_ASYNC | B_FAILFAST)

/*
 *	bp     |-------------- b_bcount ---------------|
 *	clone          off|------ len ------|
 */
static void clone_fill(struct buf *clone, struct buf *bp, off_t off, size_t len)
{
	struct io_memory *memory = memory_of(bp);

	clone->b_flags = B_BUSY | (bp->b_flags & CLONED_FLAGS);
	clone->b_bcount = clone->b_bufsize = len;
	clone->b_un.b_addr = bp->b_un.b_addr + off;
	clone->b_proc = bp->b_proc;
	clone->b_shadow = bp->b_shadow != NULL ? bp->b_shadow + ((uintptr_t)off >> PAGESHIFT) : NULL;
	if (memory != NULL && !buf_in_copy(bp)) {
		io_memory_hold(memory);
		buf_set_memory(clone, memory, bp->b_cookie_off_ + (size_t)off);
	}
}

struct buf *bioclone(struct buf *bp, off_t off, size_t len, dev_t dev, daddr_t blkno, int (*iodone)(struct buf *),
		     struct buf *clone, int sleepflag)
{
	if (off < 0 || (size_t)off > bp->b_bcount || len > bp->b_bcount - (size_t)off)
		driver_bug(CALLER(), "bioclone: [%ld, %ld + %lu) is outside of the buf's %lu bytes", off, off, len,
			   bp->b_bcount);
	if (clone == NULL)
		clone = buf_create((sleepflag & KM_NOSLEEP) == 0, CALLER());
	else
		bioreset(clone);
	if (clone == NULL)
		return NULL;
	clone_fill(clone, bp, off, len);
	clone->b_edev = dev;
	clone->b_blkno = blkno;
	clone->b_iodone = iodone;
	return clone;
}
