/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * small.h: the frame of a driver of one minor node, NAME, for the tests of failures.  The includer defines
 * SMALL_NAME (a string) and may define SMALL_ATTACH (statements of attach(9E) that return on failure),
 * SMALL_DETACH, SMALL_INIT (an expression that replaces mod_install) SMALL_OPEN with SMALL_CLOSE, and cb_ops fields in SMALL_CB.
 */
#ifndef SMALL_H
#define SMALL_H

#include <sys/types.h>
#include <sys/param.h>
#include <sys/errno.h>
#include <sys/conf.h>
#include <sys/devops.h>
#include <sys/modctl.h>
#include <sys/open.h>
#include <sys/cred.h>
#include <sys/stat.h>
#include <sys/kmem.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

#ifndef SMALL_ATTACH
#define SMALL_ATTACH
#endif
#ifndef SMALL_DETACH
#define SMALL_DETACH ddi_remove_minor_node(dip, NULL);
#endif
#ifndef SMALL_CB
#define SMALL_CB .cb_devmap = nodev, .cb_mmap = nodev, .cb_segmap = nodev, .cb_flag = D_NEW | D_MP
#endif
#ifndef SMALL_OPEN
#define SMALL_OPEN nulldev
#define SMALL_CLOSE nulldev
#endif
#ifndef SMALL_INIT
#define SMALL_INIT mod_install(&small_modlinkage)
#endif

static int
small_attach(dev_info_t *dip, ddi_attach_cmd_t cmd)
{
	if (cmd != DDI_ATTACH)
		return (DDI_FAILURE);
	SMALL_ATTACH
	return (ddi_create_minor_node(dip, SMALL_NAME, S_IFCHR, 0, DDI_PSEUDO, 0));
}

static int
small_detach(dev_info_t *dip, ddi_detach_cmd_t cmd)
{
	if (cmd != DDI_DETACH)
		return (DDI_FAILURE);
	SMALL_DETACH
	return (DDI_SUCCESS);
}

static struct cb_ops small_cb_ops = {
	.cb_open = SMALL_OPEN,
	.cb_close = SMALL_CLOSE,
	.cb_strategy = nodev,
	.cb_print = nodev,
	.cb_dump = nodev,
	.cb_read = nodev,
	.cb_write = nodev,
	.cb_ioctl = nodev,
	.cb_chpoll = nochpoll,
	.cb_prop_op = ddi_prop_op,
	.cb_rev = CB_REV,
	.cb_aread = nodev,
	.cb_awrite = nodev,
	SMALL_CB,
};

static struct dev_ops small_dev_ops = {
	.devo_rev = DEVO_REV,
	.devo_getinfo = nulldev,
	.devo_identify = nulldev,
	.devo_probe = nulldev,
	.devo_attach = small_attach,
	.devo_detach = small_detach,
	.devo_reset = nodev,
	.devo_cb_ops = &small_cb_ops,
	.devo_quiesce = ddi_quiesce_not_needed,
};

static struct modldrv small_modldrv = { &mod_driverops, SMALL_NAME " test driver", &small_dev_ops };
static struct modlinkage small_modlinkage = { MODREV_1, { &small_modldrv, NULL } };

int
_init(void)
{
	return (SMALL_INIT);
}

int
_info(struct modinfo *modinfop)
{
	return (mod_info(&small_modlinkage, modinfop));
}

int
_fini(void)
{
	return (mod_remove(&small_modlinkage));
}

#endif
