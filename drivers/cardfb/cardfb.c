/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cardfb: a frame buffer card of the old kind.  Programs map its registers and its picture and draw without the driver,
 * which changes the registers over from one to the next (cardfb_map.c); the card is cardfb_hw.c.
 *
 * The screen is a component of power management: busy while somebody has the card open, switched on by the first open and
 * off by the detach.
 */
#include <sys/modctl.h>
#include <sys/open.h>
#include <sys/stat.h>
#include <sys/sunpm.h>

#include "cardfb.h"

#define RETRACE_INTERVAL 16666667 /* nanoseconds: 60 pictures a second */

static void *cardfb_states;

struct cardfb *
cardfb_get(dev_t dev)
{
	return (ddi_get_soft_state(cardfb_states, (int)getminor(dev)));
}

static void
cardfb_retrace(void *arg)
{
	struct cardfb *fb = arg;

	mutex_enter(&fb->lock);
	cardfb_hw_retrace(&fb->hw);
	mutex_exit(&fb->lock);
}

/* ---- cb_ops ---- */

/* Programs have one close for all their opens, drivers one for each.  False: it was busy for programs already. */
static int
busy_begin(struct cardfb *fb, int otyp)
{
	int first;

	mutex_enter(&fb->lock);
	first = otyp == OTYP_LYR || !fb->open;
	if (otyp == OTYP_CHR)
		fb->open = 1;
	mutex_exit(&fb->lock);
	if (first)
		(void) pm_busy_component(fb->dip, 0);
	return (first);
}

static void
busy_end(struct cardfb *fb, int otyp)
{
	mutex_enter(&fb->lock);
	if (otyp == OTYP_CHR)
		fb->open = 0;
	mutex_exit(&fb->lock);
	(void) pm_idle_component(fb->dip, 0);
}

static int
cardfb_open(dev_t *devp, int flag, int otyp, cred_t *credp)
{
	struct cardfb *fb = cardfb_get(*devp);

	if (fb == NULL)
		return (ENXIO);
	if (otyp != OTYP_CHR && otyp != OTYP_LYR)
		return (EINVAL);
	if (!busy_begin(fb, otyp))
		return (0);
	if (pm_raise_power(fb->dip, 0, 1) == DDI_SUCCESS)
		return (0);
	busy_end(fb, otyp);
	return (EIO);
}

static int
cardfb_close(dev_t dev, int flag, int otyp, cred_t *credp)
{
	busy_end(cardfb_get(dev), otyp);
	return (0);
}

/* The picture as bytes, for whoever has no mapping. */
static int
cardfb_read(dev_t dev, struct uio *uiop, cred_t *credp)
{
	struct cardfb *fb = cardfb_get(dev);
	int error = 0;

	while (error == 0 && uiop->uio_resid > 0 && uiop->uio_loffset < CARDFB_PICTURE_SIZE) {
		size_t within = (size_t)uiop->uio_loffset % CARDFB_BANK_SIZE, n = CARDFB_BANK_SIZE - within;
		char *bank = (char *)fb->hw.bank[uiop->uio_loffset / CARDFB_BANK_SIZE];

		error = uiomove(bank + within, MIN(n, (size_t)uiop->uio_resid), UIO_READ, uiop);
	}
	return (error);
}

static int
cardfb_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *credp, int *rvalp)
{
	struct cardfb *fb = cardfb_get(dev);
	struct cardfb_info info = {CARDFB_WIDTH, CARDFB_HEIGHT};
	int power = 0;

	if (cmd != CARDFB_IOC_INFO)
		return (ENOTTY);
	(void) pm_get_current_power(fb->dip, 0, &power);
	mutex_enter(&fb->lock);
	info.switches = fb->switches;
	mutex_exit(&fb->lock);
	info.power = (unsigned int)power;
	return (ddi_copyout(&info, (void *)arg, sizeof (info), mode) != 0 ? EFAULT : 0);
}

static int
cardfb_devmap(dev_t dev, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	return (cardfb_map(cardfb_get(dev), dhp, off, len, maplen));
}

static struct cb_ops cardfb_cb_ops = {
	.cb_open = cardfb_open,
	.cb_close = cardfb_close,
	.cb_strategy = nodev,
	.cb_print = nodev,
	.cb_dump = nodev,
	.cb_read = cardfb_read,
	.cb_write = nodev,
	.cb_ioctl = cardfb_ioctl,
	.cb_devmap = cardfb_devmap,
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

/* ---- attach, detach, power ---- */

static int
cardfb_power(dev_info_t *dip, int component, int level)
{
	struct cardfb *fb = ddi_get_soft_state(cardfb_states, ddi_get_instance(dip));

	mutex_enter(&fb->lock);
	fb->hw.on = level;
	mutex_exit(&fb->lock);
	return (DDI_SUCCESS);
}

static void
cardfb_free(struct cardfb *fb)
{
	if (fb->registers_cookie != NULL)
		ddi_umem_free(fb->registers_cookie);
	if (fb->retrace_cookie != NULL)
		ddi_umem_free(fb->retrace_cookie);
	for (int i = 0; i < CARDFB_BANKS; i++)
		if (fb->bank_cookie[i] != NULL)
			ddi_umem_free(fb->bank_cookie[i]);
	mutex_destroy(&fb->lock);
	ddi_soft_state_free(cardfb_states, ddi_get_instance(fb->dip));
}

static int
cardfb_memory(struct cardfb *fb)
{
	fb->hw.registers = ddi_umem_alloc(PAGESIZE, DDI_UMEM_SLEEP, &fb->registers_cookie);
	fb->hw.retrace = ddi_umem_alloc(PAGESIZE, DDI_UMEM_SLEEP, &fb->retrace_cookie);
	if (fb->hw.registers == NULL || fb->hw.retrace == NULL)
		return (DDI_FAILURE);
	for (int i = 0; i < CARDFB_BANKS; i++) {
		fb->hw.bank[i] = ddi_umem_alloc(CARDFB_BANK_SIZE, DDI_UMEM_SLEEP, &fb->bank_cookie[i]);
		if (fb->hw.bank[i] == NULL)
			return (DDI_FAILURE);
	}
	return (DDI_SUCCESS);
}

static int
cardfb_attach(dev_info_t *dip, ddi_attach_cmd_t cmd)
{
	int instance = ddi_get_instance(dip);
	struct cardfb *fb;
	char name[16];

	if (cmd != DDI_ATTACH || ddi_soft_state_zalloc(cardfb_states, instance) != DDI_SUCCESS)
		return (DDI_FAILURE);
	fb = ddi_get_soft_state(cardfb_states, instance);
	fb->dip = dip;
	mutex_init(&fb->lock, NULL, MUTEX_DRIVER, NULL);
	(void) snprintf(name, sizeof (name), "cardfb%d", instance);
	if (cardfb_memory(fb) != DDI_SUCCESS ||
	    ddi_create_minor_node(dip, name, S_IFCHR, (minor_t)instance, DDI_NT_DISPLAY, 0) != DDI_SUCCESS) {
		cardfb_free(fb);
		return (DDI_FAILURE);
	}
	fb->retrace = ddi_periodic_add(cardfb_retrace, fb, RETRACE_INTERVAL, DDI_IPL_0);
	return (DDI_SUCCESS);
}

static int
cardfb_detach(dev_info_t *dip, ddi_detach_cmd_t cmd)
{
	struct cardfb *fb = ddi_get_soft_state(cardfb_states, ddi_get_instance(dip));

	if (cmd != DDI_DETACH)
		return (DDI_FAILURE);
	ddi_remove_minor_node(dip, NULL);
	ddi_periodic_delete(fb->retrace);
	(void) pm_lower_power(dip, 0, 0);
	cardfb_free(fb);
	return (DDI_SUCCESS);
}

static struct dev_ops cardfb_dev_ops = {
	.devo_rev = DEVO_REV,
	.devo_refcnt = 0,
	.devo_getinfo = ddi_getinfo_1to1,
	.devo_identify = nulldev,
	.devo_probe = nulldev,
	.devo_attach = cardfb_attach,
	.devo_detach = cardfb_detach,
	.devo_reset = nodev,
	.devo_cb_ops = &cardfb_cb_ops,
	.devo_bus_ops = NULL,
	.devo_power = cardfb_power,
	.devo_quiesce = ddi_quiesce_not_needed,
};

static struct modldrv cardfb_modldrv = { &mod_driverops, "frame buffer example", &cardfb_dev_ops };
static struct modlinkage cardfb_modlinkage = { MODREV_1, { &cardfb_modldrv, NULL } };

int
_init(void)
{
	int error = ddi_soft_state_init(&cardfb_states, sizeof (struct cardfb), 1);

	if (error != 0)
		return (error);
	error = mod_install(&cardfb_modlinkage);
	if (error != 0)
		ddi_soft_state_fini(&cardfb_states);
	return (error);
}

int
_info(struct modinfo *modinfop)
{
	return (mod_info(&cardfb_modlinkage, modinfop));
}

int
_fini(void)
{
	int error = mod_remove(&cardfb_modlinkage);

	if (error == 0)
		ddi_soft_state_fini(&cardfb_states);
	return (error);
}
