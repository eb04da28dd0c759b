/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pin: a capture card fills a ring of frames in an application's own memory, while others watch the same pages.
 *
 *	application:  buffer = malloc(...)     PIN_LOCK: ddi_umem_lock(9F), bound for DMA until it is released
 *	card:                                  writes frames into it (pin_hw.c)
 *	watchers:     mmap(/dev/pin0)          devmap_umem_setup(9F) of the same cookie
 *
 * What is locked counts against the application's project (project.max-locked-memory): one buffer too many is ENOMEM.
 * A buffer is released when it is asked for, or after the last close when nobody maps it any more.
 */
#include <sys/types.h>
#include <sys/buf.h>
#include <sys/conf.h>
#include <sys/kmem.h>
#include <sys/mman.h>
#include <sys/modctl.h>
#include <sys/stat.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

#include "pin_hw.h"
#include "pin_ioctl.h"

struct buffer {
	enum { BUFFER_FREE, BUFFER_CHANGING, BUFFER_READY } state;
	ddi_umem_cookie_t cookie;
	size_t len;
	struct buf *bp;
	ddi_dma_handle_t dma;
	struct pin_ring ring;
	uint_t mappings; /* by watchers */
};

struct pin {
	dev_info_t *dip;
	struct pin_hw *hw;
	ddi_intr_handle_t intr;

	kmutex_t lock;             /* protects the fields below */
	kcondvar_t changed;        /* a frame came, a buffer or the card is free */
	struct buffer buffers[PIN_BUFFERS];
	struct buffer *capturing;  /* NULL: the card is idle */
	boolean_t open;
};

static struct pin *pin; /* there is one card */

static ddi_dma_attr_t pin_dma_attr = {
	.dma_attr_version = DMA_ATTR_V0,
	.dma_attr_addr_hi = 0xffffffffull,
	.dma_attr_count_max = PIN_SPAN,
	.dma_attr_align = 8,
	.dma_attr_burstsizes = 0x7f,
	.dma_attr_minxfer = 1,
	.dma_attr_maxxfer = PIN_SPAN,
	.dma_attr_seg = 0xffffffff,
	.dma_attr_sgllen = PIN_PIECES,
	.dma_attr_granular = 1,
};

/* ---- buffers ---- */

static int
buffer_bind(struct buffer *b)
{
	ddi_dma_cookie_t cookie;
	uint_t n;

	b->bp = ddi_umem_iosetup(b->cookie, 0, b->len, B_READ, 0, 0, NULL, DDI_UMEM_SLEEP);
	if (b->bp == NULL)
		return (ENOMEM);
	if (ddi_dma_alloc_handle(pin->dip, &pin_dma_attr, DDI_DMA_SLEEP, NULL, &b->dma) != DDI_SUCCESS)
		goto free_buf;
	if (ddi_dma_buf_bind_handle(b->dma, b->bp, DDI_DMA_READ | DDI_DMA_CONSISTENT, DDI_DMA_SLEEP, NULL, &cookie,
	    &n) != DDI_DMA_MAPPED)
		goto free_handle;
	bzero(&b->ring, sizeof (b->ring));
	b->ring.npieces = n;
	b->ring.len = b->len;
	for (uint_t i = 0; i < n; i++) {
		if (i > 0)
			ddi_dma_nextcookie(b->dma, &cookie);
		b->ring.pieces[i] = (struct pin_piece){ cookie.dmac_laddress, cookie.dmac_size };
	}
	return (0);
free_handle:
	ddi_dma_free_handle(&b->dma);
free_buf:
	freerbuf(b->bp);
	return (ENOMEM);
}

static int
buffer_lock(struct buffer *b, const struct pin_buffer *arg)
{
	int error;

	if (arg->len == 0 || arg->len > PIN_SPAN || arg->len % PIN_FRAME != 0)
		return (EINVAL);
	b->len = arg->len;
	error = ddi_umem_lock((caddr_t)(uintptr_t)arg->addr, b->len, DDI_UMEMLOCK_READ | DDI_UMEMLOCK_WRITE, &b->cookie);
	if (error != 0)
		return (error);
	error = buffer_bind(b);
	if (error != 0)
		ddi_umem_unlock(b->cookie);
	return (error);
}

static void
buffer_unlock(struct buffer *b)
{
	(void) ddi_dma_unbind_handle(b->dma);
	ddi_dma_free_handle(&b->dma);
	freerbuf(b->bp);
	ddi_umem_unlock(b->cookie);
}

static void
buffer_set(struct buffer *b, int state)
{
	mutex_enter(&pin->lock);
	b->state = state;
	cv_broadcast(&pin->changed);
	mutex_exit(&pin->lock);
}

static int
pin_lock(struct pin_buffer *arg)
{
	struct buffer *b = NULL;
	int error;

	mutex_enter(&pin->lock);
	for (uint_t i = 0; i < PIN_BUFFERS && b == NULL; i++)
		if (pin->buffers[i].state == BUFFER_FREE) {
			b = &pin->buffers[i];
			b->state = BUFFER_CHANGING;
			arg->number = i;
		}
	mutex_exit(&pin->lock);
	if (b == NULL)
		return (EAGAIN);
	error = buffer_lock(b, arg);
	buffer_set(b, error == 0 ? BUFFER_READY : BUFFER_FREE);
	return (error);
}

static int
pin_release(uint_t number)
{
	struct buffer *b;
	int error = 0;

	if (number >= PIN_BUFFERS)
		return (EINVAL);
	b = &pin->buffers[number];
	mutex_enter(&pin->lock);
	if (b->state != BUFFER_READY)
		error = EINVAL;
	else if (b->mappings > 0 || pin->capturing == b)
		error = EBUSY;
	else
		b->state = BUFFER_CHANGING;
	mutex_exit(&pin->lock);
	if (error != 0)
		return (error);
	buffer_unlock(b);
	buffer_set(b, BUFFER_FREE);
	return (0);
}

/* After the last close: what nobody maps. */
static void
release_idle(void)
{
	for (uint_t i = 0; i < PIN_BUFFERS; i++)
		(void) pin_release(i);
}

/* ---- capturing ---- */

/* With the lock; the card is idle. */
static int
capture_wait(struct buffer *b, uint32_t frames)
{
	int left, error = 0;

	pin->capturing = b;
	pin_hw_start(pin->hw, &b->ring, frames);
	while ((left = pin_hw_left(pin->hw)) > 0 && error == 0)
		if (cv_wait_sig(&pin->changed, &pin->lock) == 0)
			error = EINTR;
	mutex_exit(&pin->lock);
	pin_hw_stop(pin->hw);
	mutex_enter(&pin->lock);
	pin->capturing = NULL;
	cv_broadcast(&pin->changed);
	return (error != 0 ? error : left < 0 ? EIO : 0);
}

static int
pin_capture(const struct pin_capture *arg)
{
	struct buffer *b;
	int error = 0;

	if (arg->number >= PIN_BUFFERS || arg->frames > INT32_MAX)
		return (EINVAL);
	b = &pin->buffers[arg->number];
	mutex_enter(&pin->lock);
	while (pin->capturing != NULL && error == 0)
		if (cv_wait_sig(&pin->changed, &pin->lock) == 0)
			error = EINTR;
	if (error == 0)
		error = b->state == BUFFER_READY ? capture_wait(b, arg->frames) : EINVAL;
	mutex_exit(&pin->lock);
	return (error);
}

static uint_t
pin_intr(caddr_t arg1, caddr_t arg2)
{
	mutex_enter(&pin->lock);
	cv_broadcast(&pin->changed);
	mutex_exit(&pin->lock);
	return (DDI_INTR_CLAIMED);
}

/* ---- watchers ---- */

/* The buffer has so many mappings more, or fewer; the last one of a closed device releases it. */
static void
mappings_add(struct buffer *b, int n)
{
	boolean_t last;

	mutex_enter(&pin->lock);
	b->mappings += (uint_t)n;
	last = b->mappings == 0 && !pin->open;
	mutex_exit(&pin->lock);
	if (last)
		(void) pin_release((uint_t)(b - pin->buffers));
}

static int
pin_map(devmap_cookie_t dhp, dev_t dev, uint_t flags, offset_t off, size_t len, void **pvtp)
{
	*pvtp = &pin->buffers[off / PIN_SPAN];
	mappings_add(*pvtp, 1);
	return (0);
}

static int
pin_dup(devmap_cookie_t dhp, void *pvtp, devmap_cookie_t new_dhp, void **new_pvtp)
{
	*new_pvtp = pvtp;
	mappings_add(pvtp, 1);
	return (0);
}

static void
pin_unmap(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, devmap_cookie_t new_dhp1, void **new_pvtp1,
	  devmap_cookie_t new_dhp2, void **new_pvtp2)
{
	if (new_dhp1 != NULL)
		*new_pvtp1 = pvtp;
	if (new_dhp2 != NULL)
		*new_pvtp2 = pvtp;
	mappings_add(pvtp, (new_dhp1 != NULL) + (new_dhp2 != NULL) - 1);
}

static struct devmap_callback_ctl pin_callbacks = {
	.devmap_rev = DEVMAP_OPS_REV,
	.devmap_map = pin_map,
	.devmap_dup = pin_dup,
	.devmap_unmap = pin_unmap,
};

/* ---- entry points ---- */

static int
pin_devmap(dev_t dev, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	offset_t at = off % PIN_SPAN;
	size_t length = ptob(btopr(len)), size;
	struct buffer *b;

	/* An application may ask for any offset, negative ones too. */
	if (off < 0 || off / PIN_SPAN >= PIN_BUFFERS)
		return (ENXIO);
	b = &pin->buffers[off / PIN_SPAN];
	mutex_enter(&pin->lock);
	size = b->state == BUFFER_READY ? b->len : 0;
	mutex_exit(&pin->lock);
	if ((size_t)at >= size || length > size - (size_t)at)
		return (ENXIO);
	if (devmap_umem_setup(dhp, pin->dip, &pin_callbacks, b->cookie, at, length, PROT_READ | PROT_USER, DEVMAP_DEFAULTS,
	    NULL) != 0)
		return (ENXIO);
	*maplen = length;
	return (0);
}

static int
pin_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *credp, int *rvalp)
{
	struct pin_capture capture;
	struct pin_buffer buffer;
	int error;

	switch (cmd) {
	case PIN_LOCK:
		if (ddi_copyin((void *)arg, &buffer, sizeof (buffer), mode) != 0)
			return (EFAULT);
		error = pin_lock(&buffer);
		if (error == 0 && ddi_copyout(&buffer, (void *)arg, sizeof (buffer), mode) != 0) {
			(void) pin_release(buffer.number);
			error = EFAULT;
		}
		return (error);
	case PIN_CAPTURE:
		if (ddi_copyin((void *)arg, &capture, sizeof (capture), mode) != 0)
			return (EFAULT);
		return (pin_capture(&capture));
	case PIN_RELEASE:
		return (pin_release((uint_t)arg));
	default:
		return (ENOTTY);
	}
}

static int
pin_open(dev_t *devp, int flag, int otyp, cred_t *credp)
{
	mutex_enter(&pin->lock);
	pin->open = B_TRUE;
	mutex_exit(&pin->lock);
	return (0);
}

static int
pin_close(dev_t dev, int flag, int otyp, cred_t *credp)
{
	mutex_enter(&pin->lock);
	pin->open = B_FALSE;
	mutex_exit(&pin->lock);
	release_idle();
	return (0);
}

static int
intr_create(void)
{
	uint_t pri;
	int n;

	if (ddi_intr_alloc(pin->dip, &pin->intr, DDI_INTR_TYPE_FIXED, 0, 1, &n, DDI_INTR_ALLOC_STRICT) != DDI_SUCCESS)
		return (DDI_FAILURE);
	(void) ddi_intr_get_pri(pin->intr, &pri);
	mutex_init(&pin->lock, NULL, MUTEX_DRIVER, DDI_INTR_PRI(pri));
	if (ddi_intr_add_handler(pin->intr, pin_intr, NULL, NULL) != DDI_SUCCESS) {
		mutex_destroy(&pin->lock);
		(void) ddi_intr_free(pin->intr);
		return (DDI_FAILURE);
	}
	(void) ddi_intr_enable(pin->intr);
	return (DDI_SUCCESS);
}

static void
intr_destroy(void)
{
	(void) ddi_intr_disable(pin->intr);
	(void) ddi_intr_remove_handler(pin->intr);
	(void) ddi_intr_free(pin->intr);
	mutex_destroy(&pin->lock);
}

static void
pin_free(void)
{
	pin_hw_destroy(pin->hw);
	cv_destroy(&pin->changed);
	kmem_free(pin, sizeof (*pin));
	pin = NULL;
}

static int
pin_attach(dev_info_t *dip, ddi_attach_cmd_t cmd)
{
	if (cmd != DDI_ATTACH || pin != NULL)
		return (DDI_FAILURE);
	pin = kmem_zalloc(sizeof (*pin), KM_SLEEP);
	pin->dip = dip;
	cv_init(&pin->changed, NULL, CV_DRIVER, NULL);
	pin->hw = pin_hw_create(dip);
	if (intr_create() != DDI_SUCCESS)
		goto free;
	if (ddi_create_minor_node(dip, "pin0", S_IFCHR, 0, DDI_PSEUDO, 0) != DDI_SUCCESS)
		goto destroy_intr;
	ddi_report_dev(dip);
	return (DDI_SUCCESS);
destroy_intr:
	intr_destroy();
free:
	pin_free();
	return (DDI_FAILURE);
}

static int
pin_detach(dev_info_t *dip, ddi_detach_cmd_t cmd)
{
	if (cmd != DDI_DETACH)
		return (DDI_FAILURE);
	ddi_remove_minor_node(dip, NULL);
	intr_destroy();
	pin_free();
	return (DDI_SUCCESS);
}

static int
pin_getinfo(dev_info_t *dip, ddi_info_cmd_t cmd, void *arg, void **result)
{
	*result = cmd == DDI_INFO_DEVT2DEVINFO && pin != NULL ? pin->dip : NULL;
	return (cmd == DDI_INFO_DEVT2INSTANCE || *result != NULL ? DDI_SUCCESS : DDI_FAILURE);
}

static struct cb_ops pin_cb_ops = {
	.cb_open = pin_open,
	.cb_close = pin_close,
	.cb_strategy = nodev,
	.cb_print = nodev,
	.cb_dump = nodev,
	.cb_read = nodev,
	.cb_write = nodev,
	.cb_ioctl = pin_ioctl,
	.cb_devmap = pin_devmap,
	.cb_mmap = nodev,
	.cb_chpoll = nochpoll,
	.cb_prop_op = ddi_prop_op,
	.cb_flag = D_NEW | D_MP | D_64BIT | D_DEVMAP,
	.cb_rev = CB_REV,
};

static struct dev_ops pin_dev_ops = {
	.devo_rev = DEVO_REV,
	.devo_getinfo = pin_getinfo,
	.devo_identify = nulldev,
	.devo_probe = nulldev,
	.devo_attach = pin_attach,
	.devo_detach = pin_detach,
	.devo_reset = nodev,
	.devo_cb_ops = &pin_cb_ops,
	.devo_quiesce = ddi_quiesce_not_needed,
};

static struct modldrv pin_modldrv = { &mod_driverops, "a simulated capture card", &pin_dev_ops };
static struct modlinkage pin_modlinkage = { MODREV_1, { &pin_modldrv, NULL } };

int
_init(void)
{
	return (mod_install(&pin_modlinkage));
}

int
_info(struct modinfo *modinfop)
{
	return (mod_info(&pin_modlinkage, modinfop));
}

int
_fini(void)
{
	return (mod_remove(&pin_modlinkage));
}
