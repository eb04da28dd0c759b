/* SPDX-License-Identifier: BSD-2-Clause */
/* The size of a device: what its driver answers to the properties of that name, in bytes or in blocks. */
#include "kernel/ddi/core/module.h"
#include "kernel/sys/snode.h"
#include <sys/ddi.h>
#include <sys/param.h>
#include <sys/sunddi.h>

static bool number_found(const struct cb_ops *ops, dev_t dev, dev_info_t *dip, const char *name, uint64_t *number)
{
	int (*ask)(dev_t, dev_info_t *, ddi_prop_op_t, int, char *, caddr_t, int *) = ops->cb_prop_op;
	union {
		int64_t wide;
		int32_t narrow;
	} value;
	int length = sizeof(value);

	if (!SLOT_USABLE(ask))
		ask = ddi_prop_op;
	if (ask(dev, dip, PROP_LEN_AND_VAL_BUF, 0, (char *)(uintptr_t)name, (caddr_t)&value, &length) != DDI_PROP_SUCCESS)
		return false;
	*number = length == (int)sizeof(value.wide) ? (uint64_t)value.wide : (uint64_t)value.narrow;
	return length == (int)sizeof(value.wide) || length == (int)sizeof(value.narrow);
}

bool device_size(const struct cb_ops *ops, dev_t dev, dev_info_t *dip, uint64_t *size)
{
	if (number_found(ops, dev, dip, "Size", size) || number_found(ops, dev, dip, "size", size))
		return true;
	if (!number_found(ops, dev, dip, "Nblocks", size) && !number_found(ops, dev, dip, "nblocks", size))
		return false;
	*size *= DEV_BSIZE;
	return true;
}
