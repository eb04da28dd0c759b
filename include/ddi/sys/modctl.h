/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/modctl.h>: loadable modules: _init(9E), mod_install(9F). */
#ifndef _SYS_MODCTL_H
#define _SYS_MODCTL_H

#include <sys/devops.h>
#include <sys/param.h>
#include <sys/types.h>

#define MODREV_1 1
#define MODMAXNAMELEN 32
#define MODMAXLINK 10
#define MODMAXLINKINFOLEN 32

struct modlinkage;
struct mod_ops {
	int (*modm_install)(void *modl, struct modlinkage *lp);
	int (*modm_remove)(void *modl, struct modlinkage *lp);
	int (*modm_info)(void *modl, struct modlinkage *lp, int *p0);
};

extern struct mod_ops mod_driverops SUNDOG_LINK(mod_driverops);
extern struct mod_ops mod_miscops SUNDOG_LINK(mod_miscops);
extern struct mod_ops mod_strmodops SUNDOG_LINK(mod_strmodops);

struct modldrv {
	struct mod_ops *drv_modops; /* &mod_driverops */
	char *drv_linkinfo;         /* what the module is, for listings */
	struct dev_ops *drv_dev_ops;
};
struct modlmisc {
	struct mod_ops *misc_modops;
	char *misc_linkinfo;
};

struct modlinkage {
	int ml_rev;          /* MODREV_1 */
	void *ml_linkage[7]; /* modldrv, modlmisc, ..., NULL */
};

struct modspecific_info {
	char msi_linkinfo[MODMAXLINKINFOLEN];
	int msi_p0;
};
struct modinfo {
	int mi_info;
	int mi_state;
	int mi_id;
	int mi_nextid;
	caddr_t mi_base;
	size_t mi_size;
	int mi_rev;
	int mi_loadcnt;
	char mi_name[MODMAXNAMELEN];
	struct modspecific_info mi_msinfo[MODMAXLINK];
};

int mod_install(struct modlinkage *) SUNDOG_LINK(mod_install);
int mod_remove(struct modlinkage *) SUNDOG_LINK(mod_remove);
int mod_info(struct modlinkage *, struct modinfo *) SUNDOG_LINK(mod_info);
const char *mod_modname(struct modlinkage *) SUNDOG_LINK(mod_modname);

/* What the driver defines. */
int _init(void) SUNDOG_LINK(_init);
int _fini(void) SUNDOG_LINK(_fini);
int _info(struct modinfo *) SUNDOG_LINK(_info);

#define KRTLD_MODE_FIRST 1

/* What comes along with it. */
#include <sys/ioccom.h>

#endif
