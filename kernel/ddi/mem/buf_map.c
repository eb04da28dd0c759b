/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver's own look at a buf's memory: bp_mapin(9F), bp_copyin(9F), clrbuf(9F). */
#include "kernel/ddi/mem/buf.h"
#include "kernel/ddi/mem/io_memory.h"
#include "kernel/host.h"
#include "kernel/vm/page_object.h"
#include <sys/errno.h>
#include <sys/string.h>

/* b_internal_ while it is mapped in. */
enum {
	MAPPED_ADDRESS,
	MAPPED_OBJECT,
	MAPPED_COPY,
	MAPPED_SIZE,
};

/*
 * Pages that have no address of ours (those of physio(9F), of a dead process, and what cannot be shared) are looked at
 * in a copy, which is what the buf is about until it goes back at the end, if the device has written it.
 */
static char *copy_create(struct buf *bp, struct io_memory *memory)
{
	char *copy = host_alloc(bp->b_bcount, true);

	if (io_memory_read(memory, bp->b_cookie_off_, copy, bp->b_bcount) != 0)
		memset(copy, 0, bp->b_bcount);
	bp->b_internal_[MAPPED_COPY] = copy;
	return copy;
}

bool buf_in_copy(const struct buf *bp)
{
	return (bp->b_flags & B_REMAPPED) != 0 && bp->b_internal_[MAPPED_COPY] != NULL;
}

static void copy_return(struct buf *bp, struct io_memory *memory)
{
	char *copy = bp->b_internal_[MAPPED_COPY];
	size_t size = (size_t)bp->b_internal_[MAPPED_SIZE];

	if (copy == NULL)
		return;
	if (bp->b_flags & B_READ)
		(void)io_memory_write(memory, bp->b_cookie_off_, copy, size); /* a dead process's: nobody's */
	host_free(copy, size);
	bp->b_internal_[MAPPED_COPY] = NULL;
}

void bp_mapin(struct buf *bp)
{
	struct io_memory *memory = bp->b_cookie_;
	struct page_object *object = NULL;
	char *address;

	if ((bp->b_flags & (B_PHYS | B_PAGEIO)) == 0 || (bp->b_flags & B_REMAPPED) || memory == NULL ||
	    bp->b_bcount == 0)
		return;
	if (memory->ops->map(memory, bp->b_cookie_off_, bp->b_bcount, &address, &object) != 0)
		address = copy_create(bp, memory);
	bp->b_internal_[MAPPED_ADDRESS] = bp->b_un.b_addr;
	bp->b_internal_[MAPPED_OBJECT] = object;
	bp->b_internal_[MAPPED_SIZE] = (void *)bp->b_bcount;
	bp->b_un.b_addr = address;
	bp->b_flags |= B_REMAPPED;
}

void bp_mapout(struct buf *bp)
{
	if ((bp->b_flags & B_REMAPPED) == 0)
		return;
	copy_return(bp, bp->b_cookie_);
	page_object_release(bp->b_internal_[MAPPED_OBJECT]);
	bp->b_un.b_addr = bp->b_internal_[MAPPED_ADDRESS];
	bp->b_flags &= ~B_REMAPPED;
}

/* ---- without an address ---- */

/*
 *	buf      |------------- b_bcount -------------|
 *	            offset |----- size -----|
 */
static bool range_valid(const struct buf *bp, offset_t offset, size_t size)
{
	return offset >= 0 && (size_t)offset <= bp->b_bcount && size <= bp->b_bcount - (size_t)offset;
}

/* Has the buf an address that the kernel can use? */
static bool addressable(const struct buf *bp)
{
	return bp->b_cookie_ == NULL || (bp->b_flags & B_REMAPPED) != 0;
}

int bp_copyin(struct buf *bp, void *to, offset_t offset, size_t size)
{
	if (!range_valid(bp, offset, size))
		return EFAULT;
	if (!addressable(bp))
		return io_memory_read(bp->b_cookie_, bp->b_cookie_off_ + (size_t)offset, to, size);
	memcpy(to, bp->b_un.b_addr + offset, size);
	return 0;
}

int bp_copyout(void *from, struct buf *bp, offset_t offset, size_t size)
{
	if (!range_valid(bp, offset, size))
		return EFAULT;
	if (!addressable(bp))
		return io_memory_write(bp->b_cookie_, bp->b_cookie_off_ + (size_t)offset, from, size);
	memcpy(bp->b_un.b_addr + offset, from, size);
	return 0;
}

void clrbuf(struct buf *bp)
{
	static const char zeros[1024];

	for (size_t done = 0; done < bp->b_bcount;) {
		size_t n = bp->b_bcount - done < sizeof(zeros) ? bp->b_bcount - done : sizeof(zeros);

		(void)bp_copyout((void *)(uintptr_t)zeros, bp, (offset_t)done, n);
		done += n;
	}
	bp->b_resid = 0;
}
