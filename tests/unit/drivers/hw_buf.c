/* SPDX-License-Identifier: BSD-2-Clause */
/* buf(9S) over kernel memory. */
#include <sys/buf.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

#include "hw.h"
#include "hw_disk.h"

void check_buf_life(void)
{
	struct buf *bp = getrbuf(KM_SLEEP), *other = getrbuf(KM_NOSLEEP), own;

	VERIFY(bp != NULL && other != NULL && bp != other);
	VERIFY(bp->b_flags == 0 && bp->b_bcount == 0 && bp->b_un.b_addr == NULL && bp->b_iodone == NULL);
	freerbuf(other);
	freerbuf(bp);
	VERIFY3U(biosize(), ==, sizeof (struct buf));
	bioinit(&own);
	own.b_bcount = 7;
	own.b_flags = B_BUSY | B_READ;
	bioreset(&own);
	VERIFY(own.b_bcount == 0 && own.b_flags == 0);
	biofini(&own);
}

void check_buf_error(void)
{
	struct buf *bp = getrbuf(KM_SLEEP);

	VERIFY0(geterror(bp));
	bioerror(bp, ENOSPC);
	VERIFY(bp->b_flags & B_ERROR);
	VERIFY3S(geterror(bp), ==, ENOSPC);
	bp->b_error = 0;
	VERIFY3S(geterror(bp), ==, EIO);
	bioerror(bp, 0);
	VERIFY0(bp->b_flags & B_ERROR);
	VERIFY0(geterror(bp));
	freerbuf(bp);
}

static void done_elsewhere(void *arg)
{
	struct buf *bp = arg;

	bioerror(bp, ENXIO);
	biodone(bp);
}

void check_buf_wait(void)
{
	ddi_taskq_t *tq = ddi_taskq_create(hw_dip, "device", 1, TASKQ_DEFAULTPRI, 0);
	struct buf *bp = getrbuf(KM_SLEEP);

	biodone(bp); /* before anybody waits */
	VERIFY(bp->b_flags & B_DONE);
	VERIFY0(biowait(bp));
	bioreset(bp);
	VERIFY3S(ddi_taskq_dispatch(tq, done_elsewhere, bp, DDI_SLEEP), ==, DDI_SUCCESS);
	VERIFY3S(biowait(bp), ==, ENXIO);
	ddi_taskq_destroy(tq);
	freerbuf(bp);
}

static int dones;

static int count_done(struct buf *bp)
{
	dones++;
	bp->b_iodone = NULL;
	if (bp->b_private != NULL)
		biodone(bp); /* goes on to who waits */
	return (0);
}

void check_buf_iodone(void)
{
	struct buf *bp = getrbuf(KM_SLEEP);

	dones = 0;
	bp->b_iodone = count_done;
	biodone(bp);
	VERIFY3S(dones, ==, 1);
	VERIFY0(bp->b_flags & B_DONE);
	bp->b_iodone = count_done;
	bp->b_private = bp;
	biodone(bp);
	VERIFY3S(dones, ==, 2);
	VERIFY(bp->b_flags & B_DONE);
	VERIFY0(biowait(bp));
	freerbuf(bp);
}

void check_buf_clone(void)
{
	char memory[] = "0123456789";
	struct buf *bp = getrbuf(KM_SLEEP), *clone, own;

	bp->b_flags = B_BUSY | B_READ | B_ERROR;
	bp->b_un.b_addr = memory;
	bp->b_bcount = 10;
	bp->b_edev = makedevice(1, 2);
	clone = bioclone(bp, 3, 4, makedevice(3, 4), 99, count_done, NULL, KM_SLEEP);
	VERIFY(clone->b_un.b_addr == memory + 3 && clone->b_bcount == 4 && clone->b_flags == (B_BUSY | B_READ));
	VERIFY(clone->b_edev == makedevice(3, 4) && clone->b_lblkno == 99 && clone->b_iodone == count_done);
	freerbuf(clone);
	bioinit(&own);
	VERIFY(bioclone(bp, 10, 0, 0, 0, NULL, &own, KM_NOSLEEP) == &own); /* the empty end */
	VERIFY3U(own.b_bcount, ==, 0);
	biofini(&own);
	freerbuf(bp);
}

void check_buf_copy(void)
{
	char memory[4] = "abc", to[4] = "";
	struct buf *bp = getrbuf(KM_SLEEP);

	bp->b_un.b_addr = memory;
	bp->b_bcount = 4;
	VERIFY0(bp_copyin(bp, to, 1, 3));
	VERIFY(strcmp(to, "bc") == 0);
	VERIFY3S(bp_copyin(bp, to, 2, 3), ==, EFAULT);
	VERIFY3S(bp_copyin(bp, to, 2, SIZE_MAX - 1), ==, EFAULT);
	VERIFY3S(bp_copyin(bp, to, -1, 1), ==, EFAULT);
	VERIFY3S(bp_copyin(bp, to, 5, 0), ==, EFAULT);
	VERIFY0(bp_copyin(bp, to, 4, 0));
	VERIFY3S(bp_copyout(to, bp, 0, SIZE_MAX), ==, EFAULT);
	VERIFY0(bp_copyout("xy", bp, 1, 2));
	VERIFY(memcmp(memory, "axy", 4) == 0);
	bp->b_resid = 3;
	clrbuf(bp);
	VERIFY(memory[0] == 0 && memory[1] == 0 && bp->b_resid == 0);
	bp_mapin(bp); /* nothing: it is the kernel's */
	VERIFY(bp->b_un.b_addr == memory && bp->b_flags == 0);
	bp_mapout(bp);
	freerbuf(bp);
}

/* ---- physio(9F) of the kernel's own memory ---- */

void check_physio_kernel(void)
{
	char to[1024];
	iovec_t iov = {to, 1024};
	uio_t uio = {.uio_iov = &iov, .uio_iovcnt = 1, .uio_segflg = UIO_SYSSPACE, .uio_resid = 1024, .uio_loffset = 512};

	bzero(&hw_disk, sizeof (hw_disk));
	for (size_t i = 0; i < 2048; i++)
		hw_disk_data[i] = (char)i;
	VERIFY0(physio(hw_strategy, NULL, 0, B_READ, minphys, &uio));
	VERIFY(uio.uio_resid == 0 && uio.uio_loffset == 1536 && memcmp(to, hw_disk_data + 512, 1024) == 0);
	VERIFY3S(hw_disk.flags & (B_PHYS | B_READ), ==, B_PHYS | B_READ);
	/* nothing to move */
	VERIFY0(physio(hw_strategy, NULL, 0, B_READ, minphys, &uio));
	/* a thread of the system has no user memory */
	iov = (iovec_t){to, 512};
	uio = (uio_t){.uio_iov = &iov, .uio_iovcnt = 1, .uio_segflg = UIO_USERSPACE, .uio_resid = 512};
	VERIFY3S(physio(hw_strategy, NULL, 0, B_WRITE, minphys, &uio), ==, EFAULT);
	uio.uio_segflg = UIO_SYSSPACE;
	uio.uio_loffset = -512;
	VERIFY3S(physio(hw_strategy, NULL, 0, B_WRITE, minphys, &uio), ==, EINVAL);
	VERIFY(uio.uio_resid == 512 && hw_disk.transfers == 1);
}

static void mincnt_nothing(struct buf *bp)
{
	bp->b_bcount = 0;
}

static void mincnt_more(struct buf *bp)
{
	bp->b_bcount++;
}

void check_physio_mincnt_wrong(void)
{
	char to[512];
	iovec_t iov = {to, 512};
	uio_t uio = {.uio_iov = &iov, .uio_iovcnt = 1, .uio_segflg = UIO_SYSSPACE, .uio_resid = 512};

	VERIFY3S(physio(hw_strategy, NULL, 0, B_READ, mincnt_nothing, &uio), ==, EINVAL);
	VERIFY3S(physio(hw_strategy, NULL, 0, B_READ, mincnt_more, &uio), ==, EINVAL);
	VERIFY3S(uio.uio_resid, ==, 512);
}

void check_minphys(void)
{
	struct buf *bp = getrbuf(KM_SLEEP);

	bp->b_bcount = 1 << 20;
	minphys(bp);
	VERIFY3U(bp->b_bcount, ==, 1 << 20);
	bp->b_bcount++;
	minphys(bp);
	VERIFY3U(bp->b_bcount, ==, 1 << 20);
	freerbuf(bp);
}

/* ---- ddi_umem_iosetup(9F) of kernel memory ---- */

void check_iosetup_kernel(void)
{
	struct ddi_umem_cookie handmade = {.type = KMEM_NON_PAGEABLE};
	ddi_umem_cookie_t cookie, pageable, trash;
	char *memory = ddi_umem_alloc(2 * PAGESIZE, DDI_UMEM_SLEEP, &cookie);
	struct buf *bp;

	(void) ddi_umem_alloc(PAGESIZE, DDI_UMEM_SLEEP | DDI_UMEM_PAGEABLE, &pageable);
	(void) ddi_umem_alloc(PAGESIZE, DDI_UMEM_SLEEP | DDI_UMEM_TRASH, &trash);
	VERIFY(ddi_umem_iosetup(NULL, 0, 1, B_READ, 0, 0, NULL, DDI_UMEM_SLEEP) == NULL);
	VERIFY(ddi_umem_iosetup(pageable, 0, 1, B_READ, 0, 0, NULL, DDI_UMEM_SLEEP) == NULL);
	VERIFY(ddi_umem_iosetup(trash, 0, 1, B_READ, 0, 0, NULL, DDI_UMEM_SLEEP) == NULL);
	VERIFY(ddi_umem_iosetup(cookie, -1, 1, B_READ, 0, 0, NULL, DDI_UMEM_SLEEP) == NULL);
	VERIFY(ddi_umem_iosetup(cookie, 2 * PAGESIZE, 1, B_READ, 0, 0, NULL, DDI_UMEM_SLEEP) == NULL);
	VERIFY(ddi_umem_iosetup(cookie, 0, 1, B_READ, 0, 0, NULL, 2) == NULL);
	bp = ddi_umem_iosetup(cookie, 2 * PAGESIZE, 0, B_READ, 0, 0, NULL, DDI_UMEM_SLEEP); /* the empty end */
	VERIFY(bp != NULL && bp->b_bcount == 0);
	freerbuf(bp);
	VERIFY(ddi_umem_iosetup(cookie, 0, 1, B_READ | B_BUSY, 0, 0, NULL, DDI_UMEM_SLEEP) == NULL);
	bp = ddi_umem_iosetup(cookie, 100, 2 * PAGESIZE - 100, B_WRITE, 5, 6, biowait, DDI_UMEM_NOSLEEP);
	VERIFY(bp->b_flags == (B_BUSY | B_PHYS | B_WRITE) && bp->b_proc == NULL && bp->b_un.b_addr == memory + 100);
	VERIFY(bp->b_edev == 5 && bp->b_lblkno == 6 && bp->b_blkno == 6 && bp->b_iodone == biowait);
	VERIFY3U(bp->b_bcount, ==, 2 * PAGESIZE - 100);
	bp_mapin(bp);
	VERIFY(bp->b_un.b_addr == memory + 100 && (bp->b_flags & B_REMAPPED) != 0);
	bp_mapout(bp);
	VERIFY(bp->b_un.b_addr == memory + 100 && bp->b_flags == (B_BUSY | B_PHYS | B_WRITE));
	freerbuf(bp);
	handmade.cvaddr = memory + PAGESIZE;
	handmade.size = PAGESIZE;
	handmade.type = UMEM_LOCKED; /* which ddi_umem_lock(9F) alone makes */
	VERIFY(ddi_umem_iosetup(&handmade, 0, PAGESIZE, B_READ, 0, 0, NULL, DDI_UMEM_SLEEP) == NULL);
	handmade.type = KMEM_NON_PAGEABLE;
	bp = ddi_umem_iosetup(&handmade, 0, PAGESIZE, B_READ, 0, 0, NULL, DDI_UMEM_SLEEP);
	VERIFY0(bp_copyout("hand", bp, 0, 5));
	VERIFY(strcmp(memory + PAGESIZE, "hand") == 0);
	freerbuf(bp);
	ddi_umem_free(cookie);
	ddi_umem_free(pageable);
	ddi_umem_free(trash);
}

void bug_buf_free_twice(void)
{
	struct buf *bp = getrbuf(KM_SLEEP);

	freerbuf(bp);
	freerbuf(bp);
}

void bug_buf_done_twice(void)
{
	struct buf *bp = getrbuf(KM_SLEEP);

	biodone(bp);
	biodone(bp);
}

void bug_buf_clone_range(void)
{
	struct buf *bp = getrbuf(KM_SLEEP);

	bp->b_bcount = 10;
	(void) bioclone(bp, 8, 3, 0, 0, NULL, NULL, KM_SLEEP);
}
