/* SPDX-License-Identifier: BSD-2-Clause */
/* I/O on cookies: ddi_umem_iosetup(9F). */
#include <sys/buf.h>
#include <sys/sunddi.h>
#include <sys/umem_cookie.h>

#include "kernel/ddi/mem/buf.h"
#include "kernel/ddi/mem/io_memory.h"
#include "kernel/lib/message.h"
#include "kernel/devmap/umem_lock.h"
#include "kernel/devmap/user_memory.h"
#include "kernel/vm/page_object.h"

/*
 *	cookie  |------------- size -------------|
 *	              off |----- len ------|
 */
static bool
arguments_valid(const struct ddi_umem_cookie *cookie, off_t off, size_t len, int direction, int sleepflag)
{
	if (cookie == NULL || off < 0 || (size_t)off > cookie->size || len > cookie->size - (size_t)off)
		return false;
	if (direction != B_READ && direction != B_WRITE)
		return false;
	if (sleepflag != DDI_UMEM_SLEEP && sleepflag != DDI_UMEM_NOSLEEP)
		return false;
	return cookie->type == KMEM_NON_PAGEABLE || cookie->type == UMEM_LOCKED;
}

/* The manual asks that they agree; shipped drivers do not, and nothing depends on it. */
static void
direction_say(const struct ddi_umem_cookie *cookie, int direction)
{
	unsigned wanted = direction == B_READ ? DDI_UMEMLOCK_WRITE : DDI_UMEMLOCK_READ;

	if (((unsigned)cookie->s_flags & wanted) == 0)
		message(HOST_LOG_DEBUG, "ddi_umem_iosetup: %s on memory that was locked with DDI_UMEMLOCK_%s only",
			direction == B_READ ? "B_READ" : "B_WRITE", direction == B_READ ? "READ" : "WRITE");
}

static void
iosetup_locked(struct buf *bp, struct ddi_umem_cookie *cookie, off_t off)
{
	bp->b_flags |= B_SHADOW;
	bp->b_shadow = cookie->pparray == NULL ? NULL : cookie->pparray + (size_t)off / PAGE_SIZE;
	bp->b_proc = cookie->procp;
	buf_set_memory(bp, user_memory_of_cookie(cookie), (size_t)off);
}

struct buf *
ddi_umem_iosetup(ddi_umem_cookie_t umem, off_t off, size_t len, int direction, dev_t dev, daddr_t blkno,
		 int (*iodone)(struct buf *), int sleepflag)
{
	struct ddi_umem_cookie *cookie = umem;
	struct buf *bp;

	if (!arguments_valid(cookie, off, len, direction, sleepflag))
		return NULL;
	if (cookie->type == UMEM_LOCKED && !umem_is_locked(cookie)) {
		driver_warning(CALLER(), "ddi_umem_iosetup: cookie %p did not come from ddi_umem_lock, or is unlocked", umem);
		return NULL;
	}
	bp = buf_create(sleepflag == DDI_UMEM_SLEEP, CALLER());
	if (bp == NULL)
		return NULL;
	bp->b_flags = B_BUSY | B_PHYS | direction;
	bp->b_edev = dev;
	bp->b_lblkno = (diskaddr_t)blkno;
	bp->b_iodone = iodone;
	bp->b_bcount = bp->b_bufsize = len;
	bp->b_un.b_addr = cookie->cvaddr + off;
	if (cookie->type == UMEM_LOCKED) {
		direction_say(cookie, direction);
		iosetup_locked(bp, cookie, off);
	} else {
		buf_set_memory(bp, io_memory_kernel(bp->b_un.b_addr, len), 0);
	}
	return bp;
}
