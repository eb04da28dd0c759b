/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * There is no cache behind a block node: every call moves the blocks that it touches, part by part.
 *
 *	blocks   |    |    |    |    |    |
 *	part          |====|====|====|            through a buffer of the kernel's
 *	bytes           |--- n -----|             at uio_loffset
 *
 * Writing part of a block reads it first.  So that nothing is lost between, writers of one device come one after the
 * other; readers do not wait.
 */
#include "kernel/sys/block.h"
#include "kernel/ddi/mem/buf.h"
#include "kernel/ddi/core/module.h"
#include "kernel/host.h"
#include "kernel/sys/file.h"
#include "kernel/sys/snode.h"
#include <sys/devops.h>
#include <sys/errno.h>
#include <sys/param.h>
#include <sys/sunddi.h>

#define PART_MAX ((size_t)1 << 16) /* bytes moved at once */

struct part {
	struct sys_file *file;
	char *memory;   /* PART_MAX bytes */
	offset_t start; /* on the device; a multiple of DEV_BSIZE */
	size_t len;     /* likewise, at most PART_MAX */
	size_t skip, n; /* the bytes that are asked for */
};

/* ---- writers ---- */

static struct {
	struct host_mutex lock; /* protects the writing of all snodes; a leaf lock */
	struct host_cond done;
} writers;

static int writer_begin(struct snode *s)
{
	enum host_wake wake = HOST_WOKEN;
	int error = 0;

	host_mutex_lock(&writers.lock);
	while (s->writing && wake != HOST_INTERRUPTED)
		wake = host_cond_wait(&writers.done, &writers.lock, HOST_FOREVER, true);
	if (s->writing)
		error = EINTR;
	else
		s->writing = true;
	host_mutex_unlock(&writers.lock);
	return error;
}

static void writer_end(struct snode *s)
{
	host_mutex_lock(&writers.lock);
	s->writing = false;
	host_cond_broadcast(&writers.done);
	host_mutex_unlock(&writers.lock);
}

/* ---- parts ---- */

/* *moved: bytes that the device had, less than len at its end. */
static int device_move(const struct part *part, int direction, offset_t start, size_t len, size_t *moved)
{
	struct buf bp;
	int error;

	bioinit(&bp);
	bp.b_flags = B_BUSY | direction;
	bp.b_edev = part->file->dev;
	bp.b_lblkno = (diskaddr_t)(start >> DEV_BSHIFT);
	bp.b_un.b_addr = part->memory + (start - part->start);
	bp.b_bcount = bp.b_bufsize = len;
	(void)part->file->ops->cb_strategy(&bp);
	error = biowait(&bp);
	*moved = bp.b_resid <= len ? len - bp.b_resid : 0;
	biofini(&bp);
	return error;
}

static void part_place(struct part *part, const uio_t *uio)
{
	size_t left = (size_t)uio->uio_resid;

	part->start = uio->uio_loffset & ~(offset_t)(DEV_BSIZE - 1);
	part->skip = (size_t)(uio->uio_loffset - part->start);
	part->n = left < PART_MAX - part->skip ? left : PART_MAX - part->skip;
	part->len = roundup(part->skip + part->n, DEV_BSIZE);
}

/* *end: the device is at its end. */
static int part_read(struct part *part, uio_t *uio, bool *end)
{
	size_t moved;
	int error = device_move(part, B_READ, part->start, part->len, &moved);

	if (error != 0)
		return error;
	*end = moved < part->len;
	if (moved <= part->skip)
		return 0;
	return uiomove(part->memory + part->skip, MIN(part->n, moved - part->skip), UIO_READ, uio);
}

/* The first and last block are read where only a part of them is written. */
static int edges_read(struct part *part)
{
	size_t last = part->len - DEV_BSIZE, moved;
	int error = 0;

	if (part->skip > 0 || part->n < DEV_BSIZE)
		error = device_move(part, B_READ, part->start, DEV_BSIZE, &moved);
	if (error == 0 && last > 0 && part->skip + part->n < part->len)
		error = device_move(part, B_READ, part->start + (offset_t)last, DEV_BSIZE, &moved);
	return error;
}

static int part_write(struct part *part, uio_t *uio, bool *end)
{
	size_t moved, lost;
	int error = edges_read(part);

	if (error == 0)
		error = uiomove(part->memory + part->skip, part->n, UIO_WRITE, uio);
	if (error == 0)
		error = device_move(part, B_WRITE, part->start, part->len, &moved);
	if (error != 0)
		return error;
	*end = moved < part->len;
	if (moved >= part->skip + part->n)
		return 0;
	/* What uiomove() took and the device did not. */
	lost = moved > part->skip ? part->skip + part->n - moved : part->n;
	uio->uio_resid += (ssize_t)lost;
	uio->uio_loffset -= (offset_t)lost;
	return lost == part->n ? ENOSPC : 0;
}

/* What was moved before an error counts. */
static int parts_move(struct part *part, enum uio_rw rw, uio_t *uio)
{
	ssize_t asked = uio->uio_resid;
	bool end = false;
	int error = 0;

	while (uio->uio_resid > 0 && !end && error == 0) {
		part_place(part, uio);
		error = rw == UIO_READ ? part_read(part, uio, &end) : part_write(part, uio, &end);
	}
	return uio->uio_resid != asked && error == ENOSPC ? 0 : error;
}

int block_transfer(struct sys_file *f, enum uio_rw rw, uio_t *uio)
{
	struct part part = {.file = f};
	int error = 0;

	if (!SLOT_USABLE(f->ops->cb_strategy))
		return ENXIO;
	if (rw == UIO_WRITE)
		error = writer_begin(f->snode);
	if (error != 0)
		return error;
	part.memory = host_alloc(PART_MAX, true);
	error = parts_move(&part, rw, uio);
	host_free(part.memory, PART_MAX);
	if (rw == UIO_WRITE)
		writer_end(f->snode);
	return error;
}
