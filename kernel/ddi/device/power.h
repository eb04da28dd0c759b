/* SPDX-License-Identifier: BSD-2-Clause */
/* power.h: power-managed components of device instances. */
#ifndef KERNEL_DDI_DEVICE_POWER_H
#define KERNEL_DDI_DEVICE_POWER_H

#include "kernel/ddi/device/devinfo.h"

/* The instance is gone, or its attach has failed. */
void power_detach(struct dev_info *dip);

#endif
