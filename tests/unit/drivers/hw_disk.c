/* SPDX-License-Identifier: BSD-2-Clause */
#include <sundog/sim.h>
#include <sys/buf.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

#include "hw.h"
#include "hw_disk.h"

struct hw_disk hw_disk;
char hw_disk_data[HW_DISK_SIZE];

struct hw_umem hw_umem;

static ddi_taskq_t *hw_later;
static struct buf hw_own_buf;

static ddi_dma_attr_t hw_disk_attr = {
	.dma_attr_version = DMA_ATTR_V0,
	.dma_attr_addr_hi = 0xffffffff,
	.dma_attr_count_max = 0xffff,
	.dma_attr_align = 1,
	.dma_attr_maxxfer = 0xffffff,
	.dma_attr_seg = 0xffffffff,
	.dma_attr_sgllen = 64,
	.dma_attr_granular = 1,
};

/* ---- ways to move it ---- */

static int
disk_copy(struct buf *bp, char *disk, size_t len)
{
	if (bp->b_flags & B_READ)
		return (bp_copyout(disk, bp, 0, len));
	return (bp_copyin(bp, disk, 0, len));
}

static int
disk_mapin(struct buf *bp, char *disk, size_t len)
{
	caddr_t before = bp->b_un.b_addr;

	bp_mapin(bp);
	if (bp->b_flags & B_READ)
		bcopy(disk, bp->b_un.b_addr, len);
	else
		bcopy(bp->b_un.b_addr, disk, len);
	bp_mapout(bp);
	VERIFY(bp->b_un.b_addr == before);
	return (0);
}

/* The device's half: len bytes by the cookies. */
static int
device_move(ddi_dma_handle_t handle, ddi_dma_cookie_t cookie, uint_t n, char *disk, size_t len, bool read)
{
	int error = 0;

	for (uint_t i = 0; i < n && len > 0; i++) {
		size_t part = MIN(cookie.dmac_size, len);

		error |= read ? sim_dma_write(hw_dip, cookie.dmac_laddress, disk, part)
			      : sim_dma_read(hw_dip, cookie.dmac_laddress, disk, part);
		disk += part;
		len -= part;
		hw_disk.cookies++;
		if (i + 1 < n)
			ddi_dma_nextcookie(handle, &cookie);
	}
	return (error != 0 ? EIO : 0);
}

static int
disk_dma(struct buf *bp, char *disk, size_t len)
{
	bool read = (bp->b_flags & B_READ) != 0;
	ddi_dma_handle_t handle;
	ddi_dma_cookie_t cookie;
	int error;
	uint_t n;

	VERIFY3S(ddi_dma_alloc_handle(hw_dip, &hw_disk_attr, DDI_DMA_SLEEP, NULL, &handle), ==, DDI_SUCCESS);
	VERIFY3S(ddi_dma_buf_bind_handle(handle, bp, read ? DDI_DMA_READ : DDI_DMA_WRITE, DDI_DMA_SLEEP, NULL, &cookie,
	    &n), ==, DDI_DMA_MAPPED);
	error = device_move(handle, cookie, n, disk, len, read);
	VERIFY3S(ddi_dma_unbind_handle(handle), ==, DDI_SUCCESS);
	ddi_dma_free_handle(&handle);
	return (error);
}

/* ---- strategy(9E) ---- */

static void
disk_transfer(void *arg)
{
	static int (*const ways[])(struct buf *, char *, size_t) = {disk_copy, disk_mapin, disk_dma};
	struct buf *bp = arg;
	size_t at = bp->b_lblkno * DEV_BSIZE, len = 0;

	__atomic_add_fetch(&hw_disk.entered, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&hw_disk.held, __ATOMIC_SEQ_CST))
		delay(1);
	if (at < HW_DISK_SIZE)
		len = MIN(bp->b_bcount, HW_DISK_SIZE - at);
	bp->b_resid = bp->b_bcount - len;
	if (hw_disk.error != 0 && bp->b_lblkno <= hw_disk.error_at &&
	    hw_disk.error_at < bp->b_lblkno + bp->b_bcount / DEV_BSIZE) {
		bp->b_resid = bp->b_bcount;
		bioerror(bp, hw_disk.error);
	} else if (len > 0) {
		bioerror(bp, ways[hw_disk.way](bp, hw_disk_data + at, len));
	}
	__atomic_add_fetch(&hw_disk.done, 1, __ATOMIC_SEQ_CST);
	biodone(bp);
}

int
hw_strategy(struct buf *bp)
{
	VERIFY(bp->b_flags & B_BUSY);
	VERIFY0(bp->b_flags & (B_DONE | B_ERROR));
	hw_disk.transfers++;
	hw_disk.flags = bp->b_flags;
	hw_disk.largest = MAX(hw_disk.largest, bp->b_bcount);
	hw_disk.of_caller = bp->b_proc == curproc;
	if (hw_disk.later)
		VERIFY3S(ddi_taskq_dispatch(hw_later, disk_transfer, bp, DDI_SLEEP), ==, DDI_SUCCESS);
	else
		disk_transfer(bp);
	return (0);
}

struct buf *
hw_disk_buf(void)
{
	return (hw_disk.own_buf ? &hw_own_buf : NULL);
}

void
hw_disk_mincnt(struct buf *bp)
{
	if (hw_disk.most == 0)
		minphys(bp);
	else if (bp->b_bcount > hw_disk.most)
		bp->b_bcount = hw_disk.most;
}

/* ---- I/O on a cookie ---- */

static int
umem_transfer(struct buf *bp)
{
	int error;

	(void) hw_strategy(bp);
	error = biowait(bp);
	if (error == 0 && bp->b_resid != 0)
		error = ENOSPC;
	return (error);
}

/* Two bufs over one cookie, active at once. */
static int
umem_halves(struct buf *bp)
{
	size_t half = bp->b_bcount / 2 / DEV_BSIZE * DEV_BSIZE;
	struct buf *first = bioclone(bp, 0, half, bp->b_edev, bp->b_blkno, NULL, NULL, KM_SLEEP);
	struct buf *second = bioclone(bp, (off_t)half, bp->b_bcount - half, bp->b_edev,
	    bp->b_blkno + (daddr_t)(half / DEV_BSIZE), NULL, NULL, KM_SLEEP);
	int error;

	(void) hw_strategy(second);
	error = umem_transfer(first);
	if (error == 0)
		error = biowait(second);
	freerbuf(first);
	freerbuf(second);
	return (error);
}

int
hw_disk_umem(unsigned long dev, char *address)
{
	ddi_umem_cookie_t cookie;
	struct buf *bp;
	int error;

	error = ddi_umem_lock(address, hw_umem.len, hw_umem.lock, &cookie);
	if (error != 0)
		return (error);
	bp = ddi_umem_iosetup(cookie, (off_t)hw_umem.off, hw_umem.n, hw_umem.direction, dev, hw_umem.blkno, NULL,
	    DDI_UMEM_SLEEP);
	if (bp == NULL) {
		ddi_umem_unlock(cookie);
		return (EDOM);
	}
	hw_umem.flags = bp->b_flags;
	hw_umem.of_caller = bp->b_proc == curproc;
	hw_umem.at_address = bp->b_un.b_addr == address + hw_umem.off && bp->b_blkno == hw_umem.blkno &&
	    bp->b_edev == dev && bp->b_bcount == hw_umem.n;
	error = hw_umem.half ? umem_halves(bp) : umem_transfer(bp);
	freerbuf(bp);
	ddi_umem_unlock(cookie);
	return (error);
}

void
hw_disk_begin(void)
{
	bioinit(&hw_own_buf);
	hw_later = ddi_taskq_create(hw_dip, "disk", 1, TASKQ_DEFAULTPRI, 0);
}

void
hw_disk_end(void)
{
	ddi_taskq_destroy(hw_later);
	biofini(&hw_own_buf);
}
