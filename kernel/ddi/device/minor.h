/* SPDX-License-Identifier: BSD-2-Clause */
/* minor.h: minor nodes of device instances: what applications open. */
#ifndef KERNEL_DDI_DEVICE_MINOR_H
#define KERNEL_DDI_DEVICE_MINOR_H

#include "kernel/ddi/device/devinfo.h"

/* What the driver has left.  left: at a detach, which gets a note; after a failed attach nothing is wrong with it. */
void minor_remove_all(struct dev_info *dip, bool left);
/* Informs the watcher that nodes came or went.  Without locks. */
void minor_changed(void);

struct minor_open {
	struct dev_info *dip; /* held */
	uint32_t mode;
	bool block;
};
/* The attached device behind the block or character node dev, held; ENXIO. */
int minor_hold(dev_t dev, bool block, struct minor_open *out);

#endif
