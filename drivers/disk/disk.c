/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * disk: a block driver: strategy(9E) queues, the controller moves whole blocks by DMA, and its interrupt says when.
 *
 * read(2) and write(2) of the character node go straight from and to the application's own memory (physio(9F)); those
 * of the block node may be of any bytes.  Controller and disk are software too: disk_hw.c.
 */
#include <sys/types.h>
#include <sys/buf.h>
#include <sys/conf.h>
#include <sys/file.h>
#include <sys/kmem.h>
#include <sys/modctl.h>
#include <sys/open.h>
#include <sys/stat.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

#include "disk_reg.h"

struct disk {
	dev_info_t *dip;
	struct disk_hw *hw;
	ddi_acc_handle_t regs_handle;
	struct disk_registers *regs;
	diskaddr_t blocks;

	ddi_dma_handle_t list_dma;    /* the list of elements, bound for good */
	ddi_acc_handle_t list_handle;
	struct disk_element *list;
	uint64_t list_address;
	ddi_dma_handle_t dma;         /* for the active buf's memory */
	ddi_intr_handle_t intr;

	kmutex_t lock;                /* protects the fields below and the registers */
	struct buf *first, *last;     /* waiting; linked by av_forw */
	struct buf *active;           /* NULL: the controller is idle */
	size_t len, moved;            /* of the active one: bytes on the disk, and bytes moved */
	uint_t window;
	size_t window_len;
};

static void *disks; /* soft states, by instance */

static ddi_device_acc_attr_t disk_access = {
	.devacc_attr_version = DDI_DEVICE_ATTR_V0,
	.devacc_attr_endian_flags = DDI_STRUCTURE_LE_ACC,
	.devacc_attr_dataorder = DDI_STRICTORDER_ACC,
};

static ddi_dma_attr_t disk_dma_attr = {
	.dma_attr_version = DMA_ATTR_V0,
	.dma_attr_addr_hi = 0xffffffffffull, /* 40 address lines */
	.dma_attr_count_max = 0xffff,
	.dma_attr_align = 8,
	.dma_attr_burstsizes = 0x7f,
	.dma_attr_minxfer = 1,
	.dma_attr_maxxfer = 0x20000,         /* 128 KiB a command; longer bufs go by windows */
	.dma_attr_seg = 0xffffffff,
	.dma_attr_sgllen = DISK_LIST_MAX,
	.dma_attr_granular = DEV_BSIZE,
};

/* ---- commands: with the lock held ---- */

static void
sglist_fill(struct disk *dp, ddi_dma_cookie_t cookie, uint_t n)
{
	for (uint_t i = 0; i < n; i++) {
		if (i > 0)
			ddi_dma_nextcookie(dp->dma, &cookie);
		ddi_put64(dp->list_handle, &dp->list[i].address, cookie.dmac_laddress);
		ddi_put64(dp->list_handle, &dp->list[i].length, cookie.dmac_size);
	}
	(void) ddi_dma_sync(dp->list_dma, 0, 0, DDI_DMA_SYNC_FORDEV);
}

/* The window of the active buf that has these cookies. */
static void
command_begin(struct disk *dp, off_t off, ddi_dma_cookie_t cookie, uint_t n)
{
	struct buf *bp = dp->active;

	sglist_fill(dp, cookie, n);
	ddi_put64(dp->regs_handle, &dp->regs->block, bp->b_lblkno + (uint64_t)off / DEV_BSIZE);
	ddi_put32(dp->regs_handle, &dp->regs->length, (uint32_t)MIN(dp->window_len, dp->len - (size_t)off));
	ddi_put64(dp->regs_handle, &dp->regs->list, dp->list_address);
	ddi_put32(dp->regs_handle, &dp->regs->elements, n);
	ddi_put32(dp->regs_handle, &dp->regs->command, bp->b_flags & B_READ ? DISK_READ : DISK_WRITE);
	disk_hw_doorbell(dp->hw);
}

static int
window_begin(struct disk *dp, uint_t window)
{
	ddi_dma_cookie_t cookie;
	off_t off;
	uint_t n;

	dp->window = window;
	if (ddi_dma_getwin(dp->dma, window, &off, &dp->window_len, &cookie, &n) != DDI_SUCCESS)
		return (EIO);
	command_begin(dp, off, cookie, n);
	return (0);
}

/* May run in interrupt context: it does not wait. */
static int
buf_begin(struct disk *dp, struct buf *bp)
{
	uint_t flags = (bp->b_flags & B_READ ? DDI_DMA_READ : DDI_DMA_WRITE) | DDI_DMA_STREAMING | DDI_DMA_PARTIAL;
	ddi_dma_cookie_t cookie;
	uint_t n;

	dp->active = bp;
	dp->moved = 0;
	dp->len = MIN(bp->b_bcount, (dp->blocks - bp->b_lblkno) * DEV_BSIZE);
	switch (ddi_dma_buf_bind_handle(dp->dma, bp, flags, DDI_DMA_DONTWAIT, NULL, &cookie, &n)) {
	case DDI_DMA_MAPPED:
	case DDI_DMA_PARTIAL_MAP:
		return (window_begin(dp, 0));
	default:
		return (ENOMEM);
	}
}

/* The active buf is over.  The caller calls biodone() when it has dropped the lock. */
static void
buf_end(struct disk *dp, int error)
{
	struct buf *bp = dp->active;

	(void) ddi_dma_unbind_handle(dp->dma);
	bp->b_resid = bp->b_bcount - dp->moved;
	if (error != 0)
		bioerror(bp, error);
	dp->active = NULL;
}

/* Begins the next one that can be begun; those that cannot end, and are returned, linked by av_forw. */
static struct buf *
queue_run(struct disk *dp)
{
	struct buf *bp, *failed = NULL;
	int error;

	while (dp->active == NULL && (bp = dp->first) != NULL) {
		dp->first = bp->av_forw;
		error = buf_begin(dp, bp);
		if (error == 0)
			break;
		buf_end(dp, error);
		bp->av_forw = failed;
		failed = bp;
	}
	return (failed);
}

/* Without the lock. */
static void
bufs_done(struct buf *bp)
{
	struct buf *next;

	for (; bp != NULL; bp = next) {
		next = bp->av_forw;
		biodone(bp);
	}
}

static uint_t
disk_intr(caddr_t arg1, caddr_t arg2)
{
	struct disk *dp = (struct disk *)arg1;
	struct buf *bp, *done = NULL;
	uint32_t status;

	mutex_enter(&dp->lock);
	bp = dp->active;
	status = ddi_get32(dp->regs_handle, &dp->regs->status);
	if (bp == NULL || status == DISK_IDLE) {
		mutex_exit(&dp->lock);
		return (DDI_INTR_UNCLAIMED);
	}
	ddi_put32(dp->regs_handle, &dp->regs->status, DISK_IDLE);
	if (status == DISK_DONE)
		dp->moved = MIN(dp->len, dp->moved + dp->window_len);
	if (status != DISK_DONE || dp->moved == dp->len || window_begin(dp, dp->window + 1) != 0) {
		buf_end(dp, status == DISK_DONE && dp->moved == dp->len ? 0 : EIO);
		done = queue_run(dp);
		bp->av_forw = done;
		done = bp;
	}
	mutex_exit(&dp->lock);
	bufs_done(done);
	return (DDI_INTR_CLAIMED);
}

/* ---- entry points ---- */

#ifdef DISK_PIO
/* The same without the controller: the driver looks at the memory itself. */
static void
disk_copy(struct disk *dp, struct buf *bp)
{
	char *media = disk_hw_media(dp->hw) + bp->b_lblkno * DEV_BSIZE;
	size_t len = MIN(bp->b_bcount, (dp->blocks - bp->b_lblkno) * DEV_BSIZE);

	bp_mapin(bp);
	if (bp->b_flags & B_READ)
		bcopy(media, bp->b_un.b_addr, len);
	else
		bcopy(bp->b_un.b_addr, media, len);
	bp_mapout(bp);
	bp->b_resid = bp->b_bcount - len;
	biodone(bp);
}
#endif

static int
disk_strategy(struct buf *bp)
{
	struct disk *dp = ddi_get_soft_state(disks, (int)getminor(bp->b_edev));
	struct buf *failed;

	bp->b_resid = bp->b_bcount;
	if (bp->b_bcount == 0 || bp->b_lblkno >= dp->blocks || bp->b_bcount % DEV_BSIZE != 0) {
		if (bp->b_bcount % DEV_BSIZE != 0)
			bioerror(bp, EINVAL);
		biodone(bp);
		return (0);
	}
#ifdef DISK_PIO
	disk_copy(dp, bp);
	return (0);
#endif
	bp->av_forw = NULL;
	mutex_enter(&dp->lock);
	if (dp->first == NULL)
		dp->first = bp;
	else
		dp->last->av_forw = bp;
	dp->last = bp;
	failed = queue_run(dp);
	mutex_exit(&dp->lock);
	bufs_done(failed);
	return (0);
}

static int
disk_open(dev_t *devp, int flag, int otyp, cred_t *credp)
{
	return (ddi_get_soft_state(disks, (int)getminor(*devp)) != NULL ? 0 : ENXIO);
}

static int
disk_close(dev_t dev, int flag, int otyp, cred_t *credp)
{
	return (0);
}

static int
disk_transfer(dev_t dev, struct uio *uio, int direction)
{
	if (uio->uio_loffset % DEV_BSIZE != 0)
		return (EINVAL);
	return (physio(disk_strategy, NULL, dev, direction, minphys, uio));
}

static int
disk_read(dev_t dev, struct uio *uio, cred_t *credp)
{
	return (disk_transfer(dev, uio, B_READ));
}

static int
disk_write(dev_t dev, struct uio *uio, cred_t *credp)
{
	return (disk_transfer(dev, uio, B_WRITE));
}

/* ---- attach and detach ---- */

static int
sglist_create(struct disk *dp)
{
	ddi_dma_attr_t attr = disk_dma_attr;
	ddi_dma_cookie_t cookie;
	size_t real;
	uint_t n;

	attr.dma_attr_sgllen = 1;
	if (ddi_dma_alloc_handle(dp->dip, &attr, DDI_DMA_SLEEP, NULL, &dp->list_dma) != DDI_SUCCESS)
		return (DDI_FAILURE);
	if (ddi_dma_mem_alloc(dp->list_dma, DISK_LIST_MAX * sizeof (struct disk_element), &disk_access,
	    DDI_DMA_CONSISTENT, DDI_DMA_SLEEP, NULL, (caddr_t *)&dp->list, &real, &dp->list_handle) != DDI_SUCCESS)
		goto free_handle;
	if (ddi_dma_addr_bind_handle(dp->list_dma, NULL, (caddr_t)dp->list, real, DDI_DMA_WRITE | DDI_DMA_CONSISTENT,
	    DDI_DMA_SLEEP, NULL, &cookie, &n) != DDI_DMA_MAPPED)
		goto free_memory;
	dp->list_address = cookie.dmac_laddress;
	return (DDI_SUCCESS);
free_memory:
	ddi_dma_mem_free(&dp->list_handle);
free_handle:
	ddi_dma_free_handle(&dp->list_dma);
	return (DDI_FAILURE);
}

static void
sglist_destroy(struct disk *dp)
{
	(void) ddi_dma_unbind_handle(dp->list_dma);
	ddi_dma_mem_free(&dp->list_handle);
	ddi_dma_free_handle(&dp->list_dma);
}

static int
intr_create(struct disk *dp)
{
	uint_t pri;
	int n;

	if (ddi_intr_alloc(dp->dip, &dp->intr, DDI_INTR_TYPE_FIXED, 0, 1, &n, DDI_INTR_ALLOC_STRICT) != DDI_SUCCESS)
		return (DDI_FAILURE);
	(void) ddi_intr_get_pri(dp->intr, &pri);
	mutex_init(&dp->lock, NULL, MUTEX_DRIVER, DDI_INTR_PRI(pri));
	if (ddi_intr_add_handler(dp->intr, disk_intr, dp, NULL) != DDI_SUCCESS) {
		mutex_destroy(&dp->lock);
		(void) ddi_intr_free(dp->intr);
		return (DDI_FAILURE);
	}
	(void) ddi_intr_enable(dp->intr);
	return (DDI_SUCCESS);
}

static void
intr_destroy(struct disk *dp)
{
	(void) ddi_intr_disable(dp->intr);
	(void) ddi_intr_remove_handler(dp->intr);
	(void) ddi_intr_free(dp->intr);
	mutex_destroy(&dp->lock);
}

static int
nodes_create(dev_info_t *dip)
{
	minor_t minor = (minor_t)ddi_get_instance(dip);

	if (ddi_create_minor_node(dip, "disk", S_IFBLK, minor, DDI_NT_BLOCK, 0) != DDI_SUCCESS)
		return (DDI_FAILURE);
	return (ddi_create_minor_node(dip, "disk,raw", S_IFCHR, minor, DDI_NT_BLOCK, 0));
}

static int
disk_attach(dev_info_t *dip, ddi_attach_cmd_t cmd)
{
	int instance = ddi_get_instance(dip);
	struct disk *dp;

	if (cmd != DDI_ATTACH || ddi_soft_state_zalloc(disks, instance) != DDI_SUCCESS)
		return (DDI_FAILURE);
	dp = ddi_get_soft_state(disks, instance);
	dp->dip = dip;
	dp->hw = disk_hw_create(dip, (uint32_t)ddi_prop_get_int(DDI_DEV_T_ANY, dip, DDI_PROP_DONTPASS, "blocks", 2048));
	if (dp->hw == NULL)
		goto free_state;
	if (ddi_regs_map_setup(dip, 0, (caddr_t *)&dp->regs, 0, sizeof (struct disk_registers), &disk_access,
	    &dp->regs_handle) != DDI_SUCCESS)
		goto destroy_hw;
	dp->blocks = ddi_get32(dp->regs_handle, &dp->regs->blocks);
	if (sglist_create(dp) != DDI_SUCCESS)
		goto unmap_regs;
	if (ddi_dma_alloc_handle(dip, &disk_dma_attr, DDI_DMA_SLEEP, NULL, &dp->dma) != DDI_SUCCESS)
		goto destroy_list;
	if (intr_create(dp) != DDI_SUCCESS)
		goto free_dma;
	if (nodes_create(dip) != DDI_SUCCESS)
		goto destroy_intr;
	ddi_report_dev(dip);
	return (DDI_SUCCESS);
destroy_intr:
	ddi_remove_minor_node(dip, NULL);
	intr_destroy(dp);
free_dma:
	ddi_dma_free_handle(&dp->dma);
destroy_list:
	sglist_destroy(dp);
unmap_regs:
	ddi_regs_map_free(&dp->regs_handle);
destroy_hw:
	disk_hw_destroy(dp->hw);
free_state:
	cmn_err(CE_WARN, "disk%d: cannot attach", instance);
	ddi_soft_state_free(disks, instance);
	return (DDI_FAILURE);
}

static int
disk_detach(dev_info_t *dip, ddi_detach_cmd_t cmd)
{
	int instance = ddi_get_instance(dip);
	struct disk *dp = ddi_get_soft_state(disks, instance);

	if (cmd != DDI_DETACH)
		return (DDI_FAILURE);
	ddi_remove_minor_node(dip, NULL);
	intr_destroy(dp);
	ddi_dma_free_handle(&dp->dma);
	sglist_destroy(dp);
	ddi_regs_map_free(&dp->regs_handle);
	disk_hw_destroy(dp->hw);
	ddi_soft_state_free(disks, instance);
	return (DDI_SUCCESS);
}

static int
disk_getinfo(dev_info_t *dip, ddi_info_cmd_t cmd, void *arg, void **result)
{
	struct disk *dp = ddi_get_soft_state(disks, (int)getminor((dev_t)arg));

	if (cmd == DDI_INFO_DEVT2INSTANCE)
		*result = (void *)(uintptr_t)getminor((dev_t)arg);
	else
		*result = dp != NULL ? dp->dip : NULL;
	return (*result != NULL || cmd == DDI_INFO_DEVT2INSTANCE ? DDI_SUCCESS : DDI_FAILURE);
}

static struct cb_ops disk_cb_ops = {
	.cb_open = disk_open,
	.cb_close = disk_close,
	.cb_strategy = disk_strategy,
	.cb_print = nodev,
	.cb_dump = nodev,
	.cb_read = disk_read,
	.cb_write = disk_write,
	.cb_ioctl = nodev,
	.cb_devmap = nodev,
	.cb_mmap = nodev,
	.cb_segmap = nodev,
	.cb_chpoll = nochpoll,
	.cb_prop_op = ddi_prop_op,
	.cb_flag = D_NEW | D_MP | D_64BIT,
	.cb_rev = CB_REV,
};

static struct dev_ops disk_dev_ops = {
	.devo_rev = DEVO_REV,
	.devo_getinfo = disk_getinfo,
	.devo_identify = nulldev,
	.devo_probe = nulldev,
	.devo_attach = disk_attach,
	.devo_detach = disk_detach,
	.devo_reset = nodev,
	.devo_cb_ops = &disk_cb_ops,
	.devo_quiesce = ddi_quiesce_not_needed,
};

static struct modldrv disk_modldrv = { &mod_driverops, "a simulated disk", &disk_dev_ops };
static struct modlinkage disk_modlinkage = { MODREV_1, { &disk_modldrv, NULL } };

int
_init(void)
{
	int error = ddi_soft_state_init(&disks, sizeof (struct disk), 1);

	if (error == 0 && (error = mod_install(&disk_modlinkage)) != 0)
		ddi_soft_state_fini(&disks);
	return (error);
}

int
_info(struct modinfo *modinfop)
{
	return (mod_info(&disk_modlinkage, modinfop));
}

int
_fini(void)
{
	int error = mod_remove(&disk_modlinkage);

	if (error == 0)
		ddi_soft_state_fini(&disks);
	return (error);
}
