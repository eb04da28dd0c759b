/* SPDX-License-Identifier: BSD-2-Clause */
/* mod_install(9F) and its kin. */
#include "kernel/ddi/core/module.h"
#include "kernel/ddi/device/devinfo.h"
#include "kernel/lib/message.h"
#include <sys/sunddi.h>

struct mod_ops mod_driverops, mod_miscops, mod_strmodops;

static bool linkage_valid(const struct modlinkage *l)
{
	return l != NULL && l->ml_rev == MODREV_1 && l->ml_linkage[0] != NULL;
}

/* The linkage structures all begin with their mod_ops and a name. */
static struct mod_ops *link_ops(const struct modlinkage *l, int i)
{
	return ((struct modldrv *)l->ml_linkage[i])->drv_modops;
}

static int linkage_ops(const struct modlinkage *l, struct dev_ops **ops)
{
	int links = sizeof(l->ml_linkage) / sizeof(l->ml_linkage[0]);

	*ops = NULL;
	for (int i = 0; i < links && l->ml_linkage[i] != NULL; i++) {
		struct modldrv *drv = l->ml_linkage[i];

		if (link_ops(l, i) == &mod_miscops || link_ops(l, i) == &mod_strmodops)
			continue;
		if (link_ops(l, i) != &mod_driverops || drv->drv_dev_ops == NULL || *ops != NULL)
			return EINVAL;
		*ops = drv->drv_dev_ops;
	}
	return 0;
}

int mod_install(struct modlinkage *l)
{
	struct module *m = module_current();
	struct dev_ops *ops;
	int error;

	if (m == NULL || !linkage_valid(l))
		return EINVAL;
	if (m->linkage != NULL)
		return EBUSY;
	error = linkage_ops(l, &ops);
	if (error != 0)
		return error;
	if (ops != NULL && ops->devo_rev > DEVO_REV) {
		message(HOST_LOG_WARN, "%s: devo_rev %d: at most %d is known", m->name, ops->devo_rev, DEVO_REV);
		return EINVAL;
	}
	m->linkage = l;
	m->ops = ops;
	return 0;
}

int mod_remove(struct modlinkage *l)
{
	struct module *m = module_current();

	if (m == NULL || !linkage_valid(l) || m->linkage != l)
		return EINVAL;
	if (devinfo_attached(m))
		return EBUSY;
	m->linkage = NULL;
	m->ops = NULL;
	return 0;
}

int mod_info(struct modlinkage *l, struct modinfo *info)
{
	struct module *m = linkage_valid(l) ? module_with(l) : NULL;

	if (!linkage_valid(l))
		return 0;
	info->mi_rev = l->ml_rev;
	for (int i = 0; i < 7 && l->ml_linkage[i] != NULL; i++) {
		const struct modldrv *drv = l->ml_linkage[i];

		(void)strlcpy(info->mi_msinfo[i].msi_linkinfo, drv->drv_linkinfo != NULL ? drv->drv_linkinfo : "",
			      MODMAXLINKINFOLEN);
		info->mi_msinfo[i].msi_p0 = m != NULL && m->ops != NULL ? (int)m->major : -1;
	}
	if (m == NULL)
		return 1;
	(void)strlcpy(info->mi_name, m->name, sizeof(info->mi_name));
	info->mi_base = (caddr_t)(uintptr_t)m->base;
	info->mi_size = m->size;
	info->mi_loadcnt = 1;
	return 1;
}

const char *mod_modname(struct modlinkage *l)
{
	struct module *m = module_with(l);

	return m != NULL ? m->name : NULL;
}
