/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * regs.h: register sets of a device instance: memory that its property "reg" declares, as triples of ints (bus
 * space, address, size in bytes).  Each set is a page object of its own: it lives as long as the instance and
 * every mapping of it.
 */
#ifndef KERNEL_DDI_DEVICE_REGS_H
#define KERNEL_DDI_DEVICE_REGS_H

#include "kernel/ddi/device/devinfo.h"

struct page_object;

/* Makes what "reg" declares, before attach(9E).  0, ENOMEM, or EINVAL: the property is malformed (reported). */
int regs_attach(struct dev_info *dip);
void regs_detach(struct dev_info *dip);

/* Pages of a set, held for the caller, and its declared size in bytes; NULL: no such set. */
struct page_object *regs_hold(const struct dev_info *dip, unsigned set, size_t *size);

#endif
