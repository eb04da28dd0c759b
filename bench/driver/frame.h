/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * frame.h: what every driver here ends with: its dev_ops, and _init, _info, _fini.  The includer defines FRAME_TITLE,
 * FRAME_ATTACH, FRAME_DETACH, and the fields of its cb_ops as FRAME_CB.
 */
static struct cb_ops frame_cb_ops = { .cb_chpoll = nochpoll, .cb_prop_op = ddi_prop_op, .cb_rev = CB_REV, FRAME_CB };

static struct dev_ops frame_dev_ops = {
	.devo_rev = DEVO_REV,
	.devo_attach = FRAME_ATTACH,
	.devo_detach = FRAME_DETACH,
	.devo_cb_ops = &frame_cb_ops,
	.devo_quiesce = ddi_quiesce_not_needed,
};

static struct modldrv frame_modldrv = { &mod_driverops, FRAME_TITLE, &frame_dev_ops };
static struct modlinkage frame_modlinkage = { MODREV_1, { &frame_modldrv, NULL } };

int _init(void)
{
	return mod_install(&frame_modlinkage);
}

int _info(struct modinfo *modinfop)
{
	return mod_info(&frame_modlinkage, modinfop);
}

int _fini(void)
{
	return mod_remove(&frame_modlinkage);
}
