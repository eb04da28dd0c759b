/* SPDX-License-Identifier: BSD-2-Clause */
/* ddi_prop_op(9F) and its older kin: a property's value as bytes, whatever its type. */
#include "kernel/ddi/mem/kmem.h"
#include "kernel/lib/message.h"
#include "kernel/ddi/device/prop.h"
#include "kernel/host.h"
#include <sys/sunddi.h>

static int value_to_buffer(const char *value, size_t length, caddr_t to, int *room)
{
	int had = *room;

	*room = (int)length;
	if (had < (int)length)
		return DDI_PROP_BUF_TOO_SMALL;
	memcpy(to, value, length);
	return DDI_PROP_SUCCESS;
}

/* The driver frees it with kmem_free(value, length). */
static int value_to_new(const char *value, size_t length, int flags, caddr_t to, int *room, const void *caller)
{
	void *copy = NULL;

	if (length > 0) {
		copy = kmem_get(length, flags & DDI_PROP_CANSLEEP ? KM_SLEEP : KM_NOSLEEP, caller);
		if (copy == NULL)
			return DDI_PROP_NO_MEMORY;
		memcpy(copy, value, length);
	}
	*room = (int)length;
	memcpy(to, &copy, sizeof(copy));
	return DDI_PROP_SUCCESS;
}

int prop_answer(ddi_prop_op_t op, int flags, const char *value, size_t length, caddr_t to, int *room, const void *caller)
{
	switch (op) {
	case PROP_EXISTS:
		return 1;
	case PROP_LEN:
		*room = (int)length;
		return DDI_PROP_SUCCESS;
	case PROP_LEN_AND_VAL_BUF:
		return value_to_buffer(value, length, to, room);
	case PROP_LEN_AND_VAL_ALLOC:
		return value_to_new(value, length, flags, to, room, caller);
	default:
		return DDI_PROP_INVAL_ARG;
	}
}

int prop_op(dev_t dev, dev_info_t *dip, ddi_prop_op_t op, int flags, char *name, caddr_t to, int *room, const void *caller)
{
	size_t length;
	char *value;
	int result = prop_copy(dip, dev, name, UINT_MAX, &value, &length);

	if (result != DDI_PROP_SUCCESS)
		return op == PROP_EXISTS ? 0 : result;
	result = prop_answer(op, flags, value, length, to, room, caller);
	host_free(value, length);
	return result;
}

int ddi_prop_op(dev_t dev, dev_info_t *dip, ddi_prop_op_t op, int flags, char *name, caddr_t value, int *length)
{
	return prop_op(dev, dip, op, flags, name, value, length, CALLER());
}

int ddi_getlongprop(dev_t dev, dev_info_t *dip, int flags, char *name, caddr_t value, int *length)
{
	return prop_op(dev, dip, PROP_LEN_AND_VAL_ALLOC, flags, name, value, length, CALLER());
}

int ddi_getlongprop_buf(dev_t dev, dev_info_t *dip, int flags, char *name, caddr_t value, int *length)
{
	return prop_op(dev, dip, PROP_LEN_AND_VAL_BUF, flags, name, value, length, CALLER());
}

int ddi_getproplen(dev_t dev, dev_info_t *dip, int flags, char *name, int *length)
{
	return prop_op(dev, dip, PROP_LEN, flags, name, NULL, length, CALLER());
}

/* A number; 1 for a property without a value; the default for anything else. */
int ddi_getprop(dev_t dev, dev_info_t *dip, int flags, char *name, int fallback)
{
	int number, length = sizeof(number);

	if (ddi_getproplen(dev, dip, flags, name, &length) != DDI_PROP_SUCCESS)
		return fallback;
	if (length == 0)
		return 1;
	if (length != sizeof(number))
		return fallback;
	return ddi_getlongprop_buf(dev, dip, flags, name, (caddr_t)&number, &length) == DDI_PROP_SUCCESS ? number : fallback;
}
