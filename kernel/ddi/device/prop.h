/* SPDX-License-Identifier: BSD-2-Clause */
/* prop.h: properties of device nodes. */
#ifndef KERNEL_DDI_DEVICE_PROP_H
#define KERNEL_DDI_DEVICE_PROP_H

#include "kernel/ddi/device/devinfo.h"
#include <sys/ddipropdefs.h>

/*
 * A value as it lies in memory: ints, 64-bit ints or bytes one after the other, strings each with its NUL.
 * Length 0: the property only exists (boolean).
 */
/* The type of a property that ddi_prop_undefine(9F) has made: every lookup ends at it. */
#define PROP_TYPE_UNDEFINED 0u

struct prop {
	struct prop *next; /* protected by devinfo_lock(); never changed once it is in the list */
	char *name;
	dev_t dev;   /* DDI_DEV_T_NONE: of no device in particular */
	uint_t type; /* one of DDI_PROP_TYPE_*, or TYPE_ANY */
	size_t length;
	char *value;
};

void prop_add_conf(struct dev_info *dip, const struct sys_prop *props, size_t nprops);
void prop_free_all(struct dev_info *dip);

/* Replaces what (dev, name) had.  DDI_PROP_*. */
int prop_set(struct dev_info *dip, dev_t dev, const char *name, uint_t type, const void *value, size_t length);
int prop_remove(struct dev_info *dip, dev_t dev, const char *name);
/* A copy of the value in *value, to be freed with host_free(*value, *length) if *length > 0.  type: what will do.
 * DDI_PROP_SUCCESS, _NOT_FOUND, _UNDEFINED, _INVAL_ARG. */
int prop_copy(struct dev_info *dip, dev_t dev, const char *name, uint_t type, char **value, size_t *length);

/* ddi_prop_op(9F), for its kin: caller is the driver's. */
int prop_op(dev_t dev, dev_info_t *dip, ddi_prop_op_t op, int flags, char *name, caddr_t to, int *room, const void *caller);
/* The same for a value that is no property. */
int prop_answer(ddi_prop_op_t op, int flags, const char *value, size_t length, caddr_t to, int *room, const void *caller);

#endif
