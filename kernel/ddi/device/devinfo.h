/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * devinfo.h: the device tree: root, pseudo, and one node per device instance.
 *
 * Locks: devinfo_lock() protects the lists of nodes, minor nodes and properties, states and holds.  It is a leaf
 * lock: no driver is called under it.
 */
#ifndef KERNEL_DDI_DEVICE_DEVINFO_H
#define KERNEL_DDI_DEVICE_DEVINFO_H

#include "kernel/ddi/core/module.h"
#include "kernel/ddi/device/i2c.h"
#include <sys/dditypes.h>

struct minor;
struct power;
struct prop;
struct registers;

enum devinfo_state {
	DEVINFO_ATTACHING, /* cannot be opened yet */
	DEVINFO_ATTACHED,
	DEVINFO_DETACHING, /* cannot be opened any more */
};

struct dev_info {
	/* constant while it is in the tree */
	struct module *module; /* NULL: root and pseudo */
	struct dev_info *parent;
	const char *name; /* of the node, and of its driver */
	int instance;
	char address[16];            /* the part after @ */
	struct registers *registers; /* NULL: none */

	void *driver_private; /* the driver's */
	void *parent_data;    /* likewise: of a nexus */
	struct i2c_line i2c;
	struct power *power; /* see power.c; NULL: none known */
	int fm_capable;      /* DDI_FM_*_CAPABLE; set by its attach and detach */
	struct dev_ops *ops;

	/* protected by devinfo_lock() */
	enum devinfo_state state;
	size_t holds; /* opens and mappings; keep it attached */
	struct minor *minors;
	struct prop *props;
	struct dev_info *next; /* all instances */
};

void devinfo_lock(void);
void devinfo_unlock(void);
struct dev_info *devinfo_first(void); /* with the lock held, or within the module gate */
/* Neighbours in the tree: NULL: none.  Likewise. */
struct dev_info *devinfo_child(struct dev_info *dip);
struct dev_info *devinfo_sibling(struct dev_info *dip);

/*
 * Probes and attaches one instance.  0, ENXIO, EEXIST: the instance number is taken, EINVAL or ENOMEM: its register
 * sets.  Within the gate.
 */
int devinfo_attach(struct module *m, const struct sys_node *node, struct dev_info **out);
/* EBUSY: opens or mappings exist, or the driver refuses.  Else dip is gone.  Within the gate. */
int devinfo_detach(struct dev_info *dip);
/* At the halt: forgets instances whose drivers refused to detach. */
void devinfo_drop_all(void);
/* The last attached instance of m; NULL: none. */
struct dev_info *devinfo_last_of(const struct module *m);
bool devinfo_attached(const struct module *m);

void devinfo_release(struct dev_info *dip); /* gives a hold back */

#endif
