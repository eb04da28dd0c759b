/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/sunpm.h>: power of a device's components, pm(9).
 *
 * A device's components, numbered from 0, and their levels come from its property pm-components(9P), which is read when one
 * is first asked for, or from pm_create_components(); then any level from 0 on is one.  A level is unknown until it is
 * set.  Nothing here lowers a component by itself, however long it is idle.
 *
 * Errors: DDI_FAILURE for a component that is not there and a level that it does not have, and if the driver has no
 * power(9E) or that fails.
 * Locks: none of the framework's is held while power(9E) runs.  The changes of one device come one after the other; power(9E)
 * may ask for another component's.
 * Context: user and kernel; busy and idle any.
 */
#ifndef _SYS_SUNPM_H
#define _SYS_SUNPM_H

#include <sys/dditypes.h>
#include <sys/types.h>

/* Levels of a PCI device. */
#define PM_LEVEL_D3 0
#define PM_LEVEL_D2 1
#define PM_LEVEL_D1 2
#define PM_LEVEL_D0 3

/* Formats of pm_trans_check(9F)'s data. */
#define DC_SCSI_FORMAT 1
#define DC_SMART_FORMAT 2
#define DC_SCSI_MFR_LEN 6

/* dip, number of components, 1 or more.  DDI_FAILURE: there are some already. */
int pm_create_components(dev_info_t *, int) SUNDOG_LINK(pm_create_components);
/* Waits for a power(9E) that runs; within it: panic. */
void pm_destroy_components(dev_info_t *) SUNDOG_LINK(pm_destroy_components);

/* dip, component: it is in use; each call wants a pm_idle_component() of its own, which fails for one that is idle. */
int pm_busy_component(dev_info_t *, int) SUNDOG_LINK(pm_busy_component);
int pm_idle_component(dev_info_t *, int) SUNDOG_LINK(pm_idle_component);

/* dip, component, level: to at least, or at most, that level; power(9E) is called only if it is not there yet. */
int pm_raise_power(dev_info_t *, int, int) SUNDOG_LINK(pm_raise_power);
int pm_lower_power(dev_info_t *, int, int) SUNDOG_LINK(pm_lower_power);
/* The device has changed by itself. */
int pm_power_has_changed(dev_info_t *, int, int) SUNDOG_LINK(pm_power_has_changed);

/* DDI_FAILURE: unknown. */
int pm_get_current_power(dev_info_t *, int, int *) SUNDOG_LINK(pm_get_current_power);
/* The level at which the component works: its highest, unless it was set.  What is wrong is ignored. */
void pm_set_normal_power(dev_info_t *, int, int) SUNDOG_LINK(pm_set_normal_power);
/* The level, or DDI_FAILURE. */
int pm_get_normal_power(dev_info_t *, int) SUNDOG_LINK(pm_get_normal_power);

/* What comes along with it. */
#include <sys/cmn_err.h>
#include <sys/ddi_implfuncs.h>
#include <sys/devctl.h>
#include <sys/errorq.h>
#include <sys/sunldi.h>

#endif
