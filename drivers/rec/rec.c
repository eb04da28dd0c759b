/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rec: records every callback, and does in each of them what it was told.
 *
 * For tests, and for whoever wants to see what the framework asks of a driver and when.  An application maps
 * /dev/rec and touches, cuts, protects or forks; read(2) then tells which callbacks came, in their order, with
 * all that they were given (struct rec_event of rec_ioctl.h).  ioctls lay other memory behind the device
 * (REC_SET_LAYOUT: several handles behind one mmap, invalid ones, trash), and add rules for what callbacks do
 * (REC_ADD_RULE: fail, wait, load more or nothing, switch contexts, remap themselves).
 *
 *	rec.c         module, attach, open, close, read
 *	rec_log.c     events, rules, the gate at which callbacks wait
 *	rec_map.c     memory, handles, devmap(9E) and the map, dup and unmap callbacks
 *	rec_access.c  devmap_access(9E)
 *	rec_ioctl.c   ioctl(9E)
 *
 * The driver's one mutex is held across devmap_load, devmap_unload, devmap_umem_setup and the remaps, as
 * drivers do.
 */
#include "rec.h"

kmutex_t rec_lock;
dev_info_t *rec_dip;
dev_t rec_dev;

static const char *const node_names[] = { "rec", "rec.a", "rec.b" };
#define NODES (int)(sizeof (node_names) / sizeof (node_names[0]))

/* Nonzero: what a rule says, or a signal came while it waited. */
static int
log_file(int kind, dev_t dev, int flag)
{
	struct rec_event e = { .kind = kind };
	struct rec_rule rule;
	int error = 0;

	mutex_enter(&rec_lock);
	e.pid = (int)ddi_get_pid();
	e.flags = (uint_t)flag;
	e.code = (int)getminor(dev);
	rec_log(&e);
	rule = rec_rule_find(kind, 0);
	if (rec_gate_wait(&rule) || rule.action == REC_RETURN)
		error = rule.value;
	mutex_exit(&rec_lock);
	return (error);
}

static int
rec_open(dev_t *devp, int flag, int otyp, cred_t *credp)
{
	return (otyp == OTYP_CHR ? log_file(REC_OPEN, *devp, flag) : EINVAL);
}

static int
rec_close(dev_t dev, int flag, int otyp, cred_t *credp)
{
	(void) log_file(REC_CLOSE, dev, flag);
	rec_user_unlock_all();
	return (0);
}

static int
rec_read(dev_t dev, struct uio *uio, cred_t *credp)
{
	struct rec_event e;
	int error = 0, more = 1;

	while (error == 0 && more && uio->uio_resid >= (ssize_t)sizeof (e)) {
		mutex_enter(&rec_lock);
		more = rec_log_take(&e);
		mutex_exit(&rec_lock);
		if (more)
			error = uiomove(&e, sizeof (e), UIO_READ, uio);
	}
	return (error);
}

static struct cb_ops rec_cb_ops = {
	.cb_open = rec_open,
	.cb_close = rec_close,
	.cb_strategy = nodev,
	.cb_print = nodev,
	.cb_dump = nodev,
	.cb_read = rec_read,
	.cb_write = nodev,
	.cb_ioctl = rec_ioctl,
	.cb_devmap = rec_devmap,
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
nodes_create(dev_info_t *dip)
{
	int i;

	for (i = 0; i < NODES; i++) {
		if (ddi_create_minor_node(dip, (char *)node_names[i], S_IFCHR, (minor_t)i, DDI_PSEUDO, 0) != DDI_SUCCESS)
			return (DDI_FAILURE);
	}
	return (DDI_SUCCESS);
}

static int
rec_attach(dev_info_t *dip, ddi_attach_cmd_t cmd)
{
	if (cmd != DDI_ATTACH)
		return (DDI_FAILURE);
	rec_dip = dip;
	rec_dev = makedevice(ddi_driver_major(dip), 0);
	mutex_init(&rec_lock, NULL, MUTEX_DRIVER, NULL);
	rec_log_init();
	if (rec_map_init() != 0 || nodes_create(dip) != DDI_SUCCESS) {
		ddi_remove_minor_node(dip, NULL);
		rec_map_fini();
		rec_log_fini();
		mutex_destroy(&rec_lock);
		return (DDI_FAILURE);
	}
	return (DDI_SUCCESS);
}

static int
rec_detach(dev_info_t *dip, ddi_detach_cmd_t cmd)
{
	if (cmd != DDI_DETACH)
		return (DDI_FAILURE);
	ddi_remove_minor_node(dip, NULL);
	rec_map_fini();
	rec_log_fini();
	mutex_destroy(&rec_lock);
	rec_dip = NULL;
	return (DDI_SUCCESS);
}

static int
rec_getinfo(dev_info_t *dip, ddi_info_cmd_t cmd, void *arg, void **resultp)
{
	switch (cmd) {
	case DDI_INFO_DEVT2DEVINFO:
		*resultp = rec_dip;
		return (rec_dip != NULL ? DDI_SUCCESS : DDI_FAILURE);
	case DDI_INFO_DEVT2INSTANCE:
		*resultp = (void *)0;
		return (DDI_SUCCESS);
	default:
		return (DDI_FAILURE);
	}
}

static struct dev_ops rec_dev_ops = {
	.devo_rev = DEVO_REV,
	.devo_refcnt = 0,
	.devo_getinfo = rec_getinfo,
	.devo_identify = nulldev,
	.devo_probe = nulldev,
	.devo_attach = rec_attach,
	.devo_detach = rec_detach,
	.devo_reset = nodev,
	.devo_cb_ops = &rec_cb_ops,
	.devo_bus_ops = NULL,
	.devo_power = NULL,
	.devo_quiesce = ddi_quiesce_not_needed,
};

static struct modldrv rec_modldrv = { &mod_driverops, "recorder of callbacks", &rec_dev_ops };
static struct modlinkage rec_modlinkage = { MODREV_1, { &rec_modldrv, NULL } };

int
_init(void)
{
	return (mod_install(&rec_modlinkage));
}

int
_info(struct modinfo *modinfop)
{
	return (mod_info(&rec_modlinkage, modinfop));
}

int
_fini(void)
{
	return (mod_remove(&rec_modlinkage));
}
