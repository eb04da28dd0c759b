/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cardmon: a camera in front of cardfb's screen.  A driver that opens another driver's device, ldi_open_by_name(9F): reading
 * /dev/cardmon reads the picture, and the ioctls of the card are passed on.
 */
#include <sys/types.h>
#include <sys/conf.h>
#include <sys/cred.h>
#include <sys/file.h>
#include <sys/modctl.h>
#include <sys/open.h>
#include <sys/stat.h>
#include <sys/sunldi.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

#define CARD "/dev/cardfb0"

static ldi_ident_t cardmon_ident;
static ldi_handle_t cardmon_card; /* between the first open and the last close */
static kmutex_t cardmon_lock;     /* protects the handle's coming and going */

static int
cardmon_open(dev_t *devp, int flag, int otyp, cred_t *credp)
{
	int error = 0;

	mutex_enter(&cardmon_lock);
	if (cardmon_card == NULL)
		error = ldi_open_by_name(CARD, FREAD, credp, &cardmon_card, cardmon_ident);
	mutex_exit(&cardmon_lock);
	return (error);
}

static int
cardmon_close(dev_t dev, int flag, int otyp, cred_t *credp)
{
	mutex_enter(&cardmon_lock);
	(void) ldi_close(cardmon_card, FREAD, credp);
	cardmon_card = NULL;
	mutex_exit(&cardmon_lock);
	return (0);
}

static int
cardmon_read(dev_t dev, struct uio *uiop, cred_t *credp)
{
	return (ldi_read(cardmon_card, uiop, credp));
}

static int
cardmon_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *credp, int *rvalp)
{
	return (ldi_ioctl(cardmon_card, cmd, arg, mode, credp, rvalp));
}

static struct cb_ops cardmon_cb_ops = {
	.cb_open = cardmon_open,
	.cb_close = cardmon_close,
	.cb_strategy = nodev,
	.cb_print = nodev,
	.cb_dump = nodev,
	.cb_read = cardmon_read,
	.cb_write = nodev,
	.cb_ioctl = cardmon_ioctl,
	.cb_devmap = nodev,
	.cb_mmap = nodev,
	.cb_segmap = NULL,
	.cb_chpoll = nochpoll,
	.cb_prop_op = ddi_prop_op,
	.cb_str = NULL,
	.cb_flag = D_NEW | D_MP | D_64BIT,
	.cb_rev = CB_REV,
	.cb_aread = nodev,
	.cb_awrite = nodev,
};

static int
cardmon_attach(dev_info_t *dip, ddi_attach_cmd_t cmd)
{
	if (cmd != DDI_ATTACH || ldi_ident_from_dip(dip, &cardmon_ident) != 0)
		return (DDI_FAILURE);
	mutex_init(&cardmon_lock, NULL, MUTEX_DRIVER, NULL);
	if (ddi_create_minor_node(dip, "cardmon", S_IFCHR, (minor_t)ddi_get_instance(dip), DDI_PSEUDO, 0) == DDI_SUCCESS)
		return (DDI_SUCCESS);
	mutex_destroy(&cardmon_lock);
	ldi_ident_release(cardmon_ident);
	return (DDI_FAILURE);
}

static int
cardmon_detach(dev_info_t *dip, ddi_detach_cmd_t cmd)
{
	if (cmd != DDI_DETACH)
		return (DDI_FAILURE);
	ddi_remove_minor_node(dip, NULL);
	mutex_destroy(&cardmon_lock);
	ldi_ident_release(cardmon_ident);
	return (DDI_SUCCESS);
}

static struct dev_ops cardmon_dev_ops = {
	.devo_rev = DEVO_REV,
	.devo_refcnt = 0,
	.devo_getinfo = ddi_getinfo_1to1,
	.devo_identify = nulldev,
	.devo_probe = nulldev,
	.devo_attach = cardmon_attach,
	.devo_detach = cardmon_detach,
	.devo_reset = nodev,
	.devo_cb_ops = &cardmon_cb_ops,
	.devo_bus_ops = NULL,
	.devo_power = NULL,
	.devo_quiesce = ddi_quiesce_not_needed,
};

static struct modldrv cardmon_modldrv = { &mod_driverops, "screen camera example", &cardmon_dev_ops };
static struct modlinkage cardmon_modlinkage = { MODREV_1, { &cardmon_modldrv, NULL } };

int
_init(void)
{
	return (mod_install(&cardmon_modlinkage));
}

int
_info(struct modinfo *modinfop)
{
	return (mod_info(&cardmon_modlinkage, modinfop));
}

int
_fini(void)
{
	return (mod_remove(&cardmon_modlinkage));
}
