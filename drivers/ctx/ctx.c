/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ctx: device context management, the way devmap(9E), devmap_access(9E) and devmap_contextmgt(9E) tell it.
 *
 * The device is one page of registers that exists once.  Every mapping has a context of its own: the
 * registers as it left them.  Whoever touches the page gets the device; the context before is saved, its
 * mapping unloaded, so that its next touch comes here again.
 */
#include <sys/types.h>
#include <sys/conf.h>
#include <sys/modctl.h>
#include <sys/open.h>
#include <sys/stat.h>
#include <sys/file.h>
#include <sys/kmem.h>
#include <sys/mman.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

#include "ctx_ioctl.h"

struct ctx {                    /* one per mapping */
	devmap_cookie_t handle;
	char registers[PAGESIZE];   /* as saved at its last switch out */
};

static dev_info_t *ctx_dip;
static kmutex_t ctx_lock;       /* protects everything below and every struct ctx */
static ddi_umem_cookie_t ctx_device_cookie;
static char *ctx_device;        /* the registers */
static struct ctx *ctx_current; /* whose registers the device holds, or NULL */
static clock_t ctx_ticks;
static int ctx_switches;

/* ---- context switch: called with ctx_lock held ---- */

static int
ctx_switch_to(struct ctx *next, offset_t off, size_t len)
{
	int error;

	if (ctx_current == next)
		return (0);
	if (ctx_current != NULL) {
		if ((error = devmap_unload(ctx_current->handle, off, len)) != 0)
			return (error);
		bcopy(ctx_device, ctx_current->registers, PAGESIZE);
	}
	bcopy(next->registers, ctx_device, PAGESIZE);
	ctx_current = next;
	ctx_switches++;
	return (0);
}

static int
ctx_contextmgt(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	struct ctx *cp = pvtp;
	int error;

	mutex_enter(&ctx_lock);
	error = ctx_switch_to(cp, off, len);
	if (error == 0)
		error = devmap_load(dhp, off, len, type, rw);
	mutex_exit(&ctx_lock);
	return (error);
}

/* ---- mapping callbacks ---- */

static int
ctx_map(devmap_cookie_t dhp, dev_t dev, uint_t flags, offset_t off, size_t len, void **pvtpp)
{
	struct ctx *cp = kmem_zalloc(sizeof (*cp), KM_SLEEP);

	cp->handle = dhp;
	mutex_enter(&ctx_lock);
	devmap_set_ctx_timeout(dhp, ctx_ticks);
	mutex_exit(&ctx_lock);
	*pvtpp = cp;
	return (0);
}

static int
ctx_access(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	return (devmap_do_ctxmgt(dhp, pvtp, off, len, type, rw, ctx_contextmgt));
}

/* The child starts with the registers as the parent has them now. */
static int
ctx_dup(devmap_cookie_t dhp, void *pvtp, devmap_cookie_t new_dhp, void **new_pvtpp)
{
	struct ctx *cp = pvtp;
	struct ctx *child = kmem_zalloc(sizeof (*child), KM_SLEEP);

	child->handle = new_dhp;
	mutex_enter(&ctx_lock);
	if (ctx_current == cp) {
		(void) devmap_unload(cp->handle, 0, PAGESIZE);
		bcopy(ctx_device, child->registers, PAGESIZE);
	} else {
		bcopy(cp->registers, child->registers, PAGESIZE);
	}
	mutex_exit(&ctx_lock);
	*new_pvtpp = child;
	return (0);
}

static void
ctx_unmap(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, devmap_cookie_t new_dhp1,
    void **new_pvtp1, devmap_cookie_t new_dhp2, void **new_pvtp2)
{
	struct ctx *cp = pvtp;

	/* The device is one page: only whole handles can be unmapped. */
	mutex_enter(&ctx_lock);
	if (ctx_current == cp)
		ctx_current = NULL;
	mutex_exit(&ctx_lock);
	kmem_free(cp, sizeof (*cp));
}

static struct devmap_callback_ctl ctx_callbacks = {
	DEVMAP_OPS_REV, ctx_map, ctx_access, ctx_dup, ctx_unmap
};

/* ---- cb_ops ---- */

static int
ctx_open(dev_t *devp, int flag, int otyp, cred_t *credp)
{
	return (otyp == OTYP_CHR ? 0 : EINVAL);
}

static int
ctx_close(dev_t dev, int flag, int otyp, cred_t *credp)
{
	return (0);
}

static int
ctx_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *credp, int *rvalp)
{
	int error = 0;

	mutex_enter(&ctx_lock);
	switch (cmd) {
	case CTX_IOC_SWITCHES:
		*rvalp = ctx_switches;
		break;
	case CTX_IOC_TIMEOUT:
		ctx_ticks = (clock_t)arg;
		break;
	default:
		error = ENOTTY;
	}
	mutex_exit(&ctx_lock);
	return (error);
}

static int
ctx_devmap(dev_t dev, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	int error;

	len = ptob(btopr(len));
	if (off != 0 || len != PAGESIZE)
		return (ENXIO);
	error = devmap_umem_setup(dhp, ctx_dip, &ctx_callbacks, ctx_device_cookie, 0, len, PROT_ALL,
	    DEVMAP_DEFAULTS, NULL);
	*maplen = len;
	return (error);
}

static struct cb_ops ctx_cb_ops = {
	.cb_open = ctx_open,
	.cb_close = ctx_close,
	.cb_strategy = nodev,
	.cb_print = nodev,
	.cb_dump = nodev,
	.cb_read = nodev,
	.cb_write = nodev,
	.cb_ioctl = ctx_ioctl,
	.cb_devmap = ctx_devmap,
	.cb_mmap = nodev,
	.cb_segmap = NULL,
	.cb_chpoll = nochpoll,
	.cb_prop_op = ddi_prop_op,
	.cb_str = NULL,
	.cb_flag = D_NEW | D_MP | D_64BIT | D_DEVMAP,
	.cb_rev = CB_REV,
	.cb_aread = nodev,
	.cb_awrite = nodev,
};

/* ---- attach and detach ---- */

static int
ctx_attach(dev_info_t *dip, ddi_attach_cmd_t cmd)
{
	if (cmd != DDI_ATTACH)
		return (DDI_FAILURE);
	ctx_device = ddi_umem_alloc(PAGESIZE, DDI_UMEM_SLEEP, &ctx_device_cookie);
	if (ctx_device == NULL)
		return (DDI_FAILURE);
	if (ddi_create_minor_node(dip, "ctx", S_IFCHR, 0, DDI_PSEUDO, 0) != DDI_SUCCESS) {
		ddi_umem_free(ctx_device_cookie);
		return (DDI_FAILURE);
	}
	mutex_init(&ctx_lock, NULL, MUTEX_DRIVER, NULL);
	ctx_dip = dip;
	return (DDI_SUCCESS);
}

static int
ctx_detach(dev_info_t *dip, ddi_detach_cmd_t cmd)
{
	if (cmd != DDI_DETACH)
		return (DDI_FAILURE);
	ddi_remove_minor_node(dip, NULL);
	mutex_destroy(&ctx_lock);
	ddi_umem_free(ctx_device_cookie);
	ctx_dip = NULL;
	return (DDI_SUCCESS);
}

static int
ctx_getinfo(dev_info_t *dip, ddi_info_cmd_t cmd, void *arg, void **resultp)
{
	switch (cmd) {
	case DDI_INFO_DEVT2DEVINFO:
		*resultp = ctx_dip;
		return (ctx_dip != NULL ? DDI_SUCCESS : DDI_FAILURE);
	case DDI_INFO_DEVT2INSTANCE:
		*resultp = (void *)0;
		return (DDI_SUCCESS);
	default:
		return (DDI_FAILURE);
	}
}

static struct dev_ops ctx_dev_ops = {
	.devo_rev = DEVO_REV,
	.devo_refcnt = 0,
	.devo_getinfo = ctx_getinfo,
	.devo_identify = nulldev,
	.devo_probe = nulldev,
	.devo_attach = ctx_attach,
	.devo_detach = ctx_detach,
	.devo_reset = nodev,
	.devo_cb_ops = &ctx_cb_ops,
	.devo_bus_ops = NULL,
	.devo_power = NULL,
	.devo_quiesce = ddi_quiesce_not_needed,
};

static struct modldrv ctx_modldrv = { &mod_driverops, "context management example", &ctx_dev_ops };
static struct modlinkage ctx_modlinkage = { MODREV_1, { &ctx_modldrv, NULL } };

int
_init(void)
{
	return (mod_install(&ctx_modlinkage));
}

int
_info(struct modinfo *modinfop)
{
	return (mod_info(&ctx_modlinkage, modinfop));
}

int
_fini(void)
{
	return (mod_remove(&ctx_modlinkage));
}
