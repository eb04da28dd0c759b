/* SPDX-License-Identifier: BSD-2-Clause */
/* ddi_prop_lookup(9F), ddi_prop_get_int(9F), ddi_prop_update(9F): properties by type. */
#include "kernel/ddi/core/leak.h"
#include "kernel/lib/message.h"
#include "kernel/ddi/device/prop.h"
#include "kernel/host.h"
#include <sys/sunddi.h>

static void lookup_free(void *key, size_t bytes)
{
	host_free(key, bytes);
}

static const struct leak_kind lookup_leak = {"property value", lookup_free};

void ddi_prop_free(void *data)
{
	size_t bytes;

	if (data == NULL)
		return;
	if (!leak_remove(&lookup_leak, data, &bytes))
		driver_bug(CALLER(), "ddi_prop_free: %p did not come from a property lookup", data);
	host_free(data, bytes);
}

/* *data: whole elements of the given size. */
static int lookup_array(dev_t dev, dev_info_t *dip, char *name, uint_t type, size_t element, void *data,
			uint_t *count, const void *caller)
{
	size_t length;
	char *value;
	int result = prop_copy(dip, dev, name, type, &value, &length);

	if (result != DDI_PROP_SUCCESS)
		return result;
	if (length == 0)
		return DDI_PROP_END_OF_DATA;
	if (length % element != 0) {
		host_free(value, length);
		return DDI_PROP_CANNOT_DECODE;
	}
	leak_add(&lookup_leak, value, length, caller);
	memcpy(data, &value, sizeof(value));
	*count = (uint_t)(length / element);
	return DDI_PROP_SUCCESS;
}

int ddi_prop_lookup_int_array(dev_t dev, dev_info_t *dip, uint_t flags, char *name, int **data, uint_t *count)
{
	return lookup_array(dev, dip, name, DDI_PROP_TYPE_INT, sizeof(int), data, count, CALLER());
}

int ddi_prop_lookup_int64_array(dev_t dev, dev_info_t *dip, uint_t flags, char *name, int64_t **data, uint_t *count)
{
	return lookup_array(dev, dip, name, DDI_PROP_TYPE_INT64, sizeof(int64_t), data, count, CALLER());
}

int ddi_prop_lookup_byte_array(dev_t dev, dev_info_t *dip, uint_t flags, char *name, uchar_t **data, uint_t *count)
{
	return lookup_array(dev, dip, name, DDI_PROP_TYPE_BYTE, 1, data, count, CALLER());
}

/* The first of the strings, if there are several. */
int ddi_prop_lookup_string(dev_t dev, dev_info_t *dip, uint_t flags, char *name, char **data)
{
	uint_t length;

	return lookup_array(dev, dip, name, DDI_PROP_TYPE_STRING, 1, data, &length, CALLER());
}

static uint_t strings_count(const char *value, size_t length)
{
	uint_t n = 0;

	for (size_t i = 0; i < length; i++)
		n += value[i] == '\0';
	return n;
}

/* One block: pointers, a NULL, and the strings behind them. */
int ddi_prop_lookup_string_array(dev_t dev, dev_info_t *dip, uint_t flags, char *name, char ***data, uint_t *count)
{
	size_t length, head;
	char *value, *text, **block;
	int result = prop_copy(dip, dev, name, DDI_PROP_TYPE_STRING, &value, &length);

	if (result != DDI_PROP_SUCCESS)
		return result;
	if (length == 0)
		return DDI_PROP_END_OF_DATA;
	*count = strings_count(value, length);
	head = (*count + 1) * sizeof(char *);
	block = host_alloc(head + length, true);
	text = memcpy((char *)block + head, value, length);
	for (uint_t i = 0; i < *count; i++, text += strlen(text) + 1)
		block[i] = text;
	host_free(value, length);
	leak_add(&lookup_leak, block, head + length, CALLER());
	*data = block;
	return DDI_PROP_SUCCESS;
}

static int get_number(dev_t dev, dev_info_t *dip, char *name, uint_t type, void *number, size_t size)
{
	size_t length;
	char *value;
	int result = prop_copy(dip, dev, name, type, &value, &length);

	if (result != DDI_PROP_SUCCESS)
		return result;
	if (length == 0)
		return DDI_PROP_END_OF_DATA;
	result = length < size ? DDI_PROP_CANNOT_DECODE : DDI_PROP_SUCCESS;
	if (result == DDI_PROP_SUCCESS)
		memcpy(number, value, size);
	host_free(value, length);
	return result;
}

/* 1 for a property without a value, the default if there is no such number. */
int ddi_prop_get_int(dev_t dev, dev_info_t *dip, uint_t flags, char *name, int fallback)
{
	int number, result = get_number(dev, dip, name, DDI_PROP_TYPE_INT, &number, sizeof(number));

	return result == DDI_PROP_SUCCESS ? number : result == DDI_PROP_END_OF_DATA ? 1
										    : fallback;
}

int64_t ddi_prop_get_int64(dev_t dev, dev_info_t *dip, uint_t flags, char *name, int64_t fallback)
{
	int64_t number;
	int result = get_number(dev, dip, name, DDI_PROP_TYPE_INT64, &number, sizeof(number));

	return result == DDI_PROP_SUCCESS ? number : result == DDI_PROP_END_OF_DATA ? 1
										    : fallback;
}

int ddi_prop_exists(dev_t dev, dev_info_t *dip, uint_t flags, char *name)
{
	size_t length;
	char *value;
	int result = prop_copy(dip, dev, name, UINT_MAX, &value, &length);

	host_free(value, length);
	return result == DDI_PROP_SUCCESS;
}

/* ---- update ---- */

int ddi_prop_update_int_array(dev_t dev, dev_info_t *dip, char *name, int *data, uint_t count)
{
	return prop_set(dip, dev, name, DDI_PROP_TYPE_INT, data, count * sizeof(int));
}

int ddi_prop_update_int(dev_t dev, dev_info_t *dip, char *name, int data)
{
	return ddi_prop_update_int_array(dev, dip, name, &data, 1);
}

int ddi_prop_update_int64(dev_t dev, dev_info_t *dip, char *name, int64_t data)
{
	return prop_set(dip, dev, name, DDI_PROP_TYPE_INT64, &data, sizeof(data));
}

int ddi_prop_update_byte_array(dev_t dev, dev_info_t *dip, char *name, uchar_t *data, uint_t count)
{
	return prop_set(dip, dev, name, DDI_PROP_TYPE_BYTE, data, count);
}

int ddi_prop_update_string(dev_t dev, dev_info_t *dip, char *name, char *data)
{
	return prop_set(dip, dev, name, DDI_PROP_TYPE_STRING, data, strlen(data) + 1);
}

int ddi_prop_update_string_array(dev_t dev, dev_info_t *dip, char *name, char **data, uint_t count)
{
	size_t length = 0;
	char *value, *to;
	int result;

	for (uint_t i = 0; i < count; i++)
		length += strlen(data[i]) + 1;
	value = to = length > 0 ? host_alloc(length, true) : NULL;
	for (uint_t i = 0; i < count; i++)
		to = strcpy(to, data[i]) + strlen(data[i]) + 1;
	result = prop_set(dip, dev, name, DDI_PROP_TYPE_STRING, value, length);
	host_free(value, length);
	return result;
}

int ddi_prop_remove(dev_t dev, dev_info_t *dip, char *name)
{
	return prop_remove(dip, dev, name);
}

void ddi_prop_remove_all(dev_info_t *dip)
{
	prop_free_all(dip);
}
