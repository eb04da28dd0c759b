/* SPDX-License-Identifier: BSD-2-Clause */
/* device.c: what the memory side asks of devices (kernel/devmap/device.h), answered by those in use. */
#include "kernel/devmap/device.h"

#include <sys/systm.h>

#include "kernel/ddi/core/module.h"
#include "kernel/sys/snode.h"

const struct cb_ops *device_entries(dev_t dev)
{
	return snode_cb_ops(dev);
}

const void *device_instance(dev_t dev)
{
	return snode_dip(dev);
}

bool device_function_usable(int (*function)(void))
{
	return slot_usable(function);
}

bool device_function_filled(int (*function)(void))
{
	return function != NULL && function != (int (*)(void))nulldev;
}

bool device_hold_mapping(dev_t dev)
{
	return snode_hold_mapping(dev);
}

void device_release_mapping(dev_t dev)
{
	snode_release_mapping(dev);
}
