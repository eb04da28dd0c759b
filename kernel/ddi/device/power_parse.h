/* SPDX-License-Identifier: BSD-2-Clause */
/* power_parse.h: the property pm-components(9P). */
#ifndef KERNEL_DDI_DEVICE_POWER_PARSE_H
#define KERNEL_DDI_DEVICE_POWER_PARSE_H

#include "kernel/ddi/device/devinfo.h"

#define POWER_LEVELS_MAX 16
#define POWER_COMPONENTS_MAX 32

/* Constant once it is made. */
struct power_levels {
	int count;                   /* 0: an older driver's, any level from 0 on */
	int level[POWER_LEVELS_MAX]; /* ascending */
};

/*
 * "NAME=Display", "0=Off", "1=On", "NAME=Disk", ...: each NAME begins a component, its levels rise.  The number of
 * components; 0: there is no such property, or it is malformed (a warning says how).
 */
int power_parse(struct dev_info *dip, struct power_levels levels[POWER_COMPONENTS_MAX]);

#endif
