/* SPDX-License-Identifier: BSD-2-Clause */
/* ddi_prop_create(9F) and its kin: the older properties, whose values are bytes without a type. */
#include "kernel/ddi/device/prop.h"
#include "kernel/host.h"
#include <sys/sunddi.h>

/* Found by lookups of every type: only the driver knows what it has stored. */
#define TYPE_BYTES (DDI_PROP_TYPE_ANY | DDI_PROP_TYPE_INT64)

static bool value_valid(caddr_t value, int length)
{
	return length >= 0 && (length == 0 || value != NULL);
}

int ddi_prop_create(dev_t dev, dev_info_t *dip, int flags, char *name, caddr_t value, int length)
{
	if (!value_valid(value, length))
		return DDI_PROP_INVAL_ARG;
	return prop_set(dip, dev, name, TYPE_BYTES, value, (size_t)length);
}

/* Only what is there already. */
int ddi_prop_modify(dev_t dev, dev_info_t *dip, int flags, char *name, caddr_t value, int length)
{
	int result;

	if (!value_valid(value, length))
		return DDI_PROP_INVAL_ARG;
	result = prop_remove(dip, dev, name);
	return result == DDI_PROP_SUCCESS ? prop_set(dip, dev, name, TYPE_BYTES, value, (size_t)length) : result;
}

int ddi_prop_undefine(dev_t dev, dev_info_t *dip, int flags, char *name)
{
	return prop_set(dip, dev, name, PROP_TYPE_UNDEFINED, NULL, 0);
}

int ddi_prop_update_int64_array(dev_t dev, dev_info_t *dip, char *name, int64_t *data, uint_t count)
{
	return prop_set(dip, dev, name, DDI_PROP_TYPE_INT64, data, count * sizeof(int64_t));
}
