/* SPDX-License-Identifier: BSD-2-Clause */
/* Adding, looking up and reading values by type. */
#include "kernel/ddi/mem/nvlist.h"
#include <sys/string.h>

/* name, C type, DATA_TYPE_ of one, of an array */
#define PLAIN_TYPES(X) \
	X(byte, uchar_t, BYTE) \
	X(int8, int8_t, INT8) \
	X(uint8, uint8_t, UINT8) \
	X(int16, int16_t, INT16) \
	X(uint16, uint16_t, UINT16) \
	X(int32, int32_t, INT32) \
	X(uint32, uint32_t, UINT32) \
	X(int64, int64_t, INT64) \
	X(uint64, uint64_t, UINT64)

size_t nv_element_size(data_type_t type)
{
	switch (type) {
#define SIZE_OF(name, ctype, TYPE) \
	case DATA_TYPE_##TYPE: \
	case DATA_TYPE_##TYPE##_ARRAY: \
		return sizeof(ctype);
		PLAIN_TYPES(SIZE_OF)
	case DATA_TYPE_BOOLEAN_VALUE:
	case DATA_TYPE_BOOLEAN_ARRAY:
		return sizeof(boolean_t);
	case DATA_TYPE_HRTIME:
		return sizeof(hrtime_t);
	default:
		return 0;
	}
}

bool nv_type_known(data_type_t type)
{
	return type >= DATA_TYPE_BOOLEAN && type <= DATA_TYPE_UINT8_ARRAY;
}

bool nv_is_array(data_type_t type)
{
	return (type >= DATA_TYPE_BYTE_ARRAY && type <= DATA_TYPE_STRING_ARRAY) || type == DATA_TYPE_NVLIST_ARRAY ||
	       (type >= DATA_TYPE_BOOLEAN_ARRAY && type <= DATA_TYPE_UINT8_ARRAY);
}

char *nvpair_name(nvpair_t *nvp)
{
	return NVP_NAME(nvp);
}

data_type_t nvpair_type(nvpair_t *nvp)
{
	return NVP_TYPE(nvp);
}

int nvpair_type_is_array(nvpair_t *nvp)
{
	return nv_is_array(NVP_TYPE(nvp));
}

int nvpair_get(nvpair_t *nvp, data_type_t type, uint_t *n, void *value)
{
	void *at;

	if (nvp == NULL || NVP_TYPE(nvp) != type || (value == NULL && type != DATA_TYPE_BOOLEAN) || (nv_is_array(type) && n == NULL))
		return EINVAL;
	at = NVP_VALUE(nvp);
	if (type == DATA_TYPE_BOOLEAN)
		return 0;
	if (!nv_is_array(type) && nv_element_size(type) > 0) {
		memcpy(value, at, nv_element_size(type));
		return 0;
	}
	if (nv_is_array(type)) {
		*n = (uint_t)NVP_NELEM(nvp);
		at = *n > 0 ? at : NULL;
	}
	memcpy(value, &at, sizeof(at));
	return 0;
}

int nvlist_add_nvpair(nvlist_t *list, nvpair_t *nvp)
{
	const void *value;
	char *text;

	if (list == NULL || nvp == NULL)
		return EINVAL;
	text = NVP_VALUE(nvp);
	value = text;
	if (NVP_TYPE(nvp) == DATA_TYPE_STRING || NVP_TYPE(nvp) == DATA_TYPE_NVLIST)
		value = &text;
	if (NVP_NELEM(nvp) == 0)
		value = NULL;
	return nvlist_put(list, NVP_NAME(nvp), NVP_TYPE(nvp), (size_t)NVP_NELEM(nvp), value);
}

/* ---- without a value ---- */

int nvlist_add_boolean(nvlist_t *list, const char *name)
{
	return nvlist_put(list, name, DATA_TYPE_BOOLEAN, 0, NULL);
}

int nvlist_lookup_boolean(nvlist_t *list, const char *name)
{
	return nvlist_get(list, name, DATA_TYPE_BOOLEAN, NULL, NULL);
}

/* ---- one ---- */

#define ONE(name, ctype, TYPE) \
	int nvlist_add_##name(nvlist_t *list, const char *key, ctype value) \
	{ \
		return nvlist_put(list, key, DATA_TYPE_##TYPE, 1, &value); \
	} \
	int nvlist_lookup_##name(nvlist_t *list, const char *key, ctype *value) \
	{ \
		return nvlist_get(list, key, DATA_TYPE_##TYPE, NULL, value); \
	} \
	int nvpair_value_##name(nvpair_t *nvp, ctype *value) \
	{ \
		return nvpair_get(nvp, DATA_TYPE_##TYPE, NULL, value); \
	}
PLAIN_TYPES(ONE)
ONE(boolean_value, boolean_t, BOOLEAN_VALUE)
ONE(hrtime, hrtime_t, HRTIME)

int nvlist_add_string(nvlist_t *list, const char *name, const char *value)
{
	return nvlist_put(list, name, DATA_TYPE_STRING, 1, &value);
}

int nvlist_lookup_string(nvlist_t *list, const char *name, char **value)
{
	return nvlist_get(list, name, DATA_TYPE_STRING, NULL, value);
}

int nvpair_value_string(nvpair_t *nvp, char **value)
{
	return nvpair_get(nvp, DATA_TYPE_STRING, NULL, value);
}

int nvlist_add_nvlist(nvlist_t *list, const char *name, nvlist_t *value)
{
	return nvlist_put(list, name, DATA_TYPE_NVLIST, 1, &value);
}

int nvlist_lookup_nvlist(nvlist_t *list, const char *name, nvlist_t **value)
{
	return nvlist_get(list, name, DATA_TYPE_NVLIST, NULL, value);
}

int nvpair_value_nvlist(nvpair_t *nvp, nvlist_t **value)
{
	return nvpair_get(nvp, DATA_TYPE_NVLIST, NULL, value);
}

/* ---- several ---- */

#define SEVERAL(name, ctype, TYPE) \
	int nvlist_lookup_##name##_array(nvlist_t *list, const char *key, ctype **value, uint_t *n) \
	{ \
		return nvlist_get(list, key, DATA_TYPE_##TYPE##_ARRAY, n, value); \
	} \
	int nvpair_value_##name##_array(nvpair_t *nvp, ctype **value, uint_t *n) \
	{ \
		return nvpair_get(nvp, DATA_TYPE_##TYPE##_ARRAY, n, value); \
	}
#define SEVERAL_PLAIN(name, ctype, TYPE) \
	int nvlist_add_##name##_array(nvlist_t *list, const char *key, ctype *value, uint_t n) \
	{ \
		return nvlist_put(list, key, DATA_TYPE_##TYPE##_ARRAY, n, value); \
	} \
	SEVERAL(name, ctype, TYPE)
PLAIN_TYPES(SEVERAL_PLAIN)
SEVERAL_PLAIN(boolean, boolean_t, BOOLEAN)
SEVERAL_PLAIN(nvlist, nvlist_t *, NVLIST)
SEVERAL(string, char *, STRING)

int nvlist_add_string_array(nvlist_t *list, const char *name, char *const *value, uint_t n)
{
	return nvlist_put(list, name, DATA_TYPE_STRING_ARRAY, n, value);
}
