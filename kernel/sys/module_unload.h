/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KERNEL_SYS_MODULE_UNLOAD_H
#define KERNEL_SYS_MODULE_UNLOAD_H

#include "kernel/ddi/core/module.h"

/* Detaches its instances, newest first, and runs _fini; m stays known.  EBUSY: an instance is in use, or the
 * driver refused.  Within the gate. */
int module_unload(struct module *m);

#endif
