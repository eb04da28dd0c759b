/* SPDX-License-Identifier: BSD-2-Clause */
/* event.h: events of devices, and who asked to hear of them. */
#ifndef KERNEL_DDI_DEVICE_EVENT_H
#define KERNEL_DDI_DEVICE_EVENT_H

#include "kernel/ddi/device/devinfo.h"

/* The instance is gone: handlers that it has left are removed, with a note. */
void event_detach(struct dev_info *dip);

#endif
