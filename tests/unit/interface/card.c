/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/modctl.h>
#include <sys/stat.h>

#include "card.h"

struct card cards[2];

static struct card *card_of(dev_t dev)
{
	return (&cards[getminor(dev) % 10 == 1]);
}

static int card_open(dev_t *devp, int flag, int otyp, cred_t *cred)
{
	struct card *c = card_of(*devp);

	c->opens++;
	c->last_otyp = otyp;
	c->last_flag = flag;
	if (c->clone != 0)
		*devp = makedevice(getmajor(*devp), c->clone);
	return (c->open_error);
}

static int card_close(dev_t dev, int flag, int otyp, cred_t *cred)
{
	struct card *c = card_of(dev);

	c->closes++;
	c->last_otyp = otyp;
	c->last_closed = dev;
	return (0);
}

static int card_read(dev_t dev, struct uio *uio, cred_t *cred)
{
	return (uiomove(card_of(dev)->written, sizeof(card_of(dev)->written), UIO_READ, uio));
}

static int card_write(dev_t dev, struct uio *uio, cred_t *cred)
{
	return (card_of(dev)->transfers ? uiomove(card_of(dev)->written, sizeof(card_of(dev)->written), UIO_WRITE, uio) : ENOTSUP);
}

static int card_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *cred, int *rvalp)
{
	int number;

	if (cmd == CARD_DOUBLE) {
		if (ddi_copyin((void *)arg, &number, sizeof(number), mode) != 0)
			return (EFAULT);
		*rvalp = 2 * number;
		return (0);
	}
	if (cmd != CARD_CALL)
		return (ENOTTY);
	((void (*)(void))arg)();
	return (0);
}

static int card_devmap(dev_t dev, devmap_cookie_t handle, offset_t offset, size_t len, size_t *maplen, uint_t model)
{
	struct card *c = card_of(dev);

	if (c->exported == NULL)
		return (ENXIO);
	*maplen = len;
	return (devmap_umem_setup(handle, c->dip, NULL, c->exported, 0, len, PROT_ALL, 0, NULL));
}

static int card_power(dev_info_t *dip, int component, int level)
{
	struct card *c = &cards[ddi_get_instance(dip)];

	c->powers++;
	c->component = component;
	c->level = level;
	return (c->power != NULL ? c->power(dip, component, level) : DDI_SUCCESS);
}

static int card_attach(dev_info_t *dip, ddi_attach_cmd_t command)
{
	int instance = ddi_get_instance(dip);
	char name[16];

	cards[instance] = (struct card){.dip = dip};
	(void)snprintf(name, sizeof(name), "card%d", instance);
	VERIFY0(ddi_create_minor_node(dip, name, S_IFCHR, (minor_t)instance, DDI_PSEUDO, 0));
	(void)snprintf(name, sizeof(name), "private%d", instance);
	return (ddi_create_priv_minor_node(dip, name, S_IFCHR, (minor_t)instance + 10, DDI_PSEUDO, 0, NULL, NULL, 0600));
}

static int card_detach(dev_info_t *dip, ddi_detach_cmd_t command)
{
	ddi_remove_minor_node(dip, NULL);
	return (DDI_SUCCESS);
}

static struct cb_ops card_cb_ops = {
	.cb_open = card_open,
	.cb_close = card_close,
	.cb_strategy = nodev,
	.cb_print = nodev,
	.cb_dump = nodev,
	.cb_read = card_read,
	.cb_write = card_write,
	.cb_ioctl = card_ioctl,
	.cb_devmap = card_devmap,
	.cb_mmap = nodev,
	.cb_segmap = nodev,
	.cb_chpoll = nochpoll,
	.cb_prop_op = ddi_prop_op,
	.cb_flag = D_NEW | D_MP | D_DEVMAP,
	.cb_rev = CB_REV,
};
static struct dev_ops card_ops = {
	.devo_rev = DEVO_REV,
	.devo_getinfo = ddi_getinfo_1to1,
	.devo_identify = nulldev,
	.devo_probe = nulldev,
	.devo_attach = card_attach,
	.devo_detach = card_detach,
	.devo_reset = nodev,
	.devo_cb_ops = &card_cb_ops,
	.devo_power = card_power,
	.devo_quiesce = ddi_quiesce_not_needed,
};
static struct modldrv card_drv = {&mod_driverops, "card", &card_ops};
static struct modlinkage card_linkage = {MODREV_1, {&card_drv, NULL}};

int card_init(void)
{
	return (mod_install(&card_linkage));
}

int card_info(struct modinfo *info)
{
	return (mod_info(&card_linkage, info));
}

int card_fini(void)
{
	return (mod_remove(&card_linkage));
}
