/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * module.h: loaded drivers.  Majors are handed out from 1 and not used again within one boot.
 *
 * Loading and unloading are one at a time (module_gate_enter); lookups by address, name or major take a leaf
 * lock only.
 */
#ifndef KERNEL_DDI_CORE_MODULE_H
#define KERNEL_DDI_CORE_MODULE_H

#include "kernel/sys/sys.h"
#include <sys/modctl.h>

struct module {
	/* constant while it is known */
	char *name;
	major_t major;
	int (*init)(void);
	int (*info)(struct modinfo *);
	int (*fini)(void);
	const void *base;
	size_t size;

	/* set by mod_install, cleared by mod_remove */
	struct modlinkage *linkage;
	struct dev_ops *ops; /* NULL: not a driver, or not installed */

	/* protected by the list's lock */
	struct module *next;
	bool retired; /* failed to load: known by address only, for what it left behind */
};

/* Makes the module known to lookups; *out is freed by module_forget(). */
int module_create(const struct sys_module *m, struct module **out);
void module_forget(struct module *m);
/* Its name is free again, addresses in it are still its own.  Within the gate. */
void module_retire(struct module *m);

/* Runs _init or _fini with mod_install and mod_remove acting on m.  Within the gate. */
int module_init(struct module *m);
int module_fini(struct module *m);
/* The one whose _init or _fini runs; NULL: none.  Within the gate. */
struct module *module_current(void);

/* Called by sys_boot(). */
void module_boot(void);

void module_gate_enter(void); /* waits; the driver's callbacks run inside */
void module_gate_leave(void);

struct module *module_first(void); /* within the gate; retired ones as well */

/* Never NULL; "" if the address is in no module. */
const char *module_name_of(const void *address);
/* The one that has installed this linkage; NULL: none. */
struct module *module_with(const struct modlinkage *l);

/* usable slot of dev_ops or cb_ops: neither NULL, nodev nor nulldev */
#define SLOT_USABLE(fn) (slot_usable((int (*)(void))(void (*)(void))(fn)))
bool slot_usable(int (*fn)(void));

#endif
