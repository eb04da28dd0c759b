/* SPDX-License-Identifier: BSD-2-Clause */
/* ddi_prop_op_nblocks(9F), ddi_prop_op_size(9F): the size of a disk as properties of its device number. */
#include "kernel/ddi/device/prop.h"
#include "kernel/lib/message.h"
#include <sys/param.h>
#include <sys/sunddi.h>

/* What the name stands for; false: nothing that the size answers, or more than its 32 bits hold. */
static bool size_named(const char *name, uint64_t blocks, uint64_t bytes, uint64_t *number, size_t *width)
{
	bool wide = strcmp(name, "Nblocks") == 0 || strcmp(name, "Size") == 0;

	if (!wide && strcmp(name, "nblocks") != 0 && strcmp(name, "size") != 0)
		return false;
	*number = name[0] == 'N' || name[0] == 'n' ? blocks : bytes;
	*width = wide ? sizeof(int64_t) : sizeof(int32_t);
	return wide || *number <= INT32_MAX;
}

static int size_op(dev_t dev, dev_info_t *dip, ddi_prop_op_t op, int flags, char *name, caddr_t value, int *length,
		   uint64_t blocks, uint64_t bytes, const void *caller)
{
	uint64_t number;
	size_t width;
	int32_t narrow;

	if (dev == DDI_DEV_T_ANY || dev == DDI_DEV_T_NONE || name == NULL || bytes == 0 ||
	    !size_named(name, blocks, bytes, &number, &width))
		return prop_op(dev, dip, op, flags, name, value, length, caller);
	if (width == sizeof(number))
		return prop_answer(op, flags, (const char *)&number, width, value, length, caller);
	narrow = (int32_t)number;
	return prop_answer(op, flags, (const char *)&narrow, width, value, length, caller);
}

int ddi_prop_op_nblocks(dev_t dev, dev_info_t *dip, ddi_prop_op_t op, int flags, char *name, caddr_t value, int *length,
			uint64_t blocks)
{
	return size_op(dev, dip, op, flags, name, value, length, blocks, blocks * DEV_BSIZE, CALLER());
}

int ddi_prop_op_size(dev_t dev, dev_info_t *dip, ddi_prop_op_t op, int flags, char *name, caddr_t value, int *length,
		     uint64_t size)
{
	return size_op(dev, dip, op, flags, name, value, length, size / DEV_BSIZE, size, CALLER());
}
