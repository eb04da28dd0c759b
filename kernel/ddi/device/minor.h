/* SPDX-License-Identifier: BSD-2-Clause */
/* minor.h: minor nodes of device instances: what applications open. */
#ifndef KERNEL_DDI_DEVICE_MINOR_H
#define KERNEL_DDI_DEVICE_MINOR_H

#include "kernel/ddi/device/devinfo.h"

/* At detach what the driver left counts as leaked; after a failed attach it does not. */
void minor_remove_all(struct dev_info *dip, bool leaked);
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
