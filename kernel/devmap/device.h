/* SPDX-License-Identifier: BSD-2-Clause */
/* device.h: what the memory side needs to know about a device. */
#ifndef KERNEL_DEVMAP_DEVICE_H
#define KERNEL_DEVMAP_DEVICE_H

#include <stdbool.h>
#include <sys/devops.h>
#include <sys/types.h>

/* Its driver's entry points; NULL: no such device.  The caller has it open or mapped. */
const struct cb_ops *device_entries(dev_t dev);
/* The instance it belongs to; only to be compared. */
const void *device_instance(dev_t dev);
/* Neither NULL, nodev nor nulldev. */
#define device_slot_usable(slot) device_function_usable((int (*)(void))(void (*)(void))(slot))
bool device_function_usable(int (*function)(void));
/* Neither NULL nor nulldev. */
#define device_slot_filled(slot) device_function_filled((int (*)(void))(void (*)(void))(slot))
bool device_function_filled(int (*function)(void));

/* A mapping of dev keeps it from its last close and from detach.  false: it is not open. */
bool device_hold_mapping(dev_t dev);
/* May call the driver's close(9E). */
void device_release_mapping(dev_t dev);

#endif
