/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/nvpair.h>: lists of named values.
 *
 * A list is NV_UNIQUE_NAME (adding replaces what has the name), NV_UNIQUE_NAME_TYPE (what has name and type), or 0: then names
 * may come again, and lookups by name are not possible.  Everything that is added is copied.  What a lookup returns by
 * pointer lies in the list: it is good until the pair is removed or replaced, or the list is freed.
 *
 * Errors: 0; EINVAL: a NULL that is not allowed, a value of another type than asked for, or more than a pair can hold (32 KiB of
 * name, 2 GiB of value); ENOENT; ENOTSUP: a lookup by name in a list whose names are not unique.
 * Locks: none; the driver has its own.  Context: user and kernel.  A list that is left when its driver is unloaded is
 * reported.  Source: nvlist_alloc(9F), nvlist_add_boolean(9F), nvlist_lookup_boolean(9F), nvlist_next_nvpair(9F).
 */
#ifndef _SYS_NVPAIR_H
#define _SYS_NVPAIR_H

#include <sys/errno.h>
#include <sys/kmem.h>
#include <sys/time.h>
#include <sys/types.h>

typedef enum {
	DATA_TYPE_DONTCARE = -1,
	DATA_TYPE_UNKNOWN = 0,
	DATA_TYPE_BOOLEAN = 1,
	DATA_TYPE_BYTE = 2,
	DATA_TYPE_INT16 = 3,
	DATA_TYPE_UINT16 = 4,
	DATA_TYPE_INT32 = 5,
	DATA_TYPE_UINT32 = 6,
	DATA_TYPE_INT64 = 7,
	DATA_TYPE_UINT64 = 8,
	DATA_TYPE_STRING = 9,
	DATA_TYPE_BYTE_ARRAY = 10,
	DATA_TYPE_INT16_ARRAY = 11,
	DATA_TYPE_UINT16_ARRAY = 12,
	DATA_TYPE_INT32_ARRAY = 13,
	DATA_TYPE_UINT32_ARRAY = 14,
	DATA_TYPE_INT64_ARRAY = 15,
	DATA_TYPE_UINT64_ARRAY = 16,
	DATA_TYPE_STRING_ARRAY = 17,
	DATA_TYPE_HRTIME = 18,
	DATA_TYPE_NVLIST = 19,
	DATA_TYPE_NVLIST_ARRAY = 20,
	DATA_TYPE_BOOLEAN_VALUE = 21,
	DATA_TYPE_INT8 = 22,
	DATA_TYPE_UINT8 = 23,
	DATA_TYPE_BOOLEAN_ARRAY = 24,
	DATA_TYPE_INT8_ARRAY = 25,
	DATA_TYPE_UINT8_ARRAY = 26
} data_type_t;

#define NV_VERSION 0

#define NV_ENCODE_NATIVE 0
#define NV_ENCODE_XDR 1

#define NV_UNIQUE_NAME 0x1
#define NV_UNIQUE_NAME_TYPE 0x2

#define NV_FLAG_NOENTOK 0x1

/* ABI; a pair's name and, aligned, its value follow. */
typedef struct nvpair {
	int32_t nvp_size; /* with name and value */
	int16_t nvp_name_sz;
	int16_t nvp_reserve;
	int32_t nvp_value_elem;
	data_type_t nvp_type;
} nvpair_t;

typedef struct nvlist {
	int32_t nvl_version;
	uint32_t nvl_nvflag;
	uint64_t nvl_priv;
	uint32_t nvl_flag;
	int32_t nvl_pad;
} nvlist_t;

#define NV_ALIGN(n) (((size_t)(n) + 7) & ~(size_t)7)
#define NV_ALIGN4(n) (((size_t)(n) + 3) & ~(size_t)3)
#define NVP_SIZE(nvp) ((nvp)->nvp_size)
#define NVP_NAME(nvp) ((char *)(nvp) + sizeof(nvpair_t))
#define NVP_TYPE(nvp) ((nvp)->nvp_type)
#define NVP_NELEM(nvp) ((nvp)->nvp_value_elem)
#define NVP_VALUE(nvp) ((char *)(nvp) + NV_ALIGN(sizeof(nvpair_t) + (size_t)(nvp)->nvp_name_sz))
#define NVL_VERSION(nvl) ((nvl)->nvl_version)
#define NVL_FLAG(nvl) ((nvl)->nvl_flag)

/* ---- lists ---- */

/* *list, NV_UNIQUE_*, KM_SLEEP or KM_NOSLEEP (ENOMEM). */
int nvlist_alloc(nvlist_t **, uint_t, int) SUNDOG_LINK(nvlist_alloc);
/* NULL is nothing; a list within another one is not freed by itself: panic. */
void nvlist_free(nvlist_t *) SUNDOG_LINK(nvlist_free);
int nvlist_dup(nvlist_t *, nvlist_t **, int) SUNDOG_LINK(nvlist_dup);
/* All of the second's into the first. */
int nvlist_merge(nvlist_t *, nvlist_t *, int) SUNDOG_LINK(nvlist_merge);
uint_t nvlist_nvflag(nvlist_t *) SUNDOG_LINK(nvlist_nvflag);
boolean_t nvlist_empty(nvlist_t *) SUNDOG_LINK(nvlist_empty);
boolean_t nvlist_exists(nvlist_t *, const char *) SUNDOG_LINK(nvlist_exists);
/* The first of the name and type; all of the name. */
int nvlist_remove(nvlist_t *, const char *, data_type_t) SUNDOG_LINK(nvlist_remove);
int nvlist_remove_all(nvlist_t *, const char *) SUNDOG_LINK(nvlist_remove_all);
int nvlist_remove_nvpair(nvlist_t *, nvpair_t *) SUNDOG_LINK(nvlist_remove_nvpair);

/*
 * Bytes of a list, and back.  size: what pack needs; pack: into *buffer of *size bytes (ENOSPC), or, where *buffer is NULL,
 * into memory for kmem_free(9F) of *size; unpack: EFAULT for bytes that are no list.  NV_ENCODE_XDR is the same on every
 * machine.  differs: NV_ENCODE_NATIVE is read by this system only.
 */
int nvlist_size(nvlist_t *, size_t *, int) SUNDOG_LINK(nvlist_size);
int nvlist_pack(nvlist_t *, char **, size_t *, int, int) SUNDOG_LINK(nvlist_pack);
int nvlist_unpack(char *, size_t, nvlist_t **, int) SUNDOG_LINK(nvlist_unpack);

/* ---- pairs ---- */

/* In the order of their adding; NULL for the first, or last; NULL: no more. */
nvpair_t *nvlist_next_nvpair(nvlist_t *, nvpair_t *) SUNDOG_LINK(nvlist_next_nvpair);
nvpair_t *nvlist_prev_nvpair(nvlist_t *, nvpair_t *) SUNDOG_LINK(nvlist_prev_nvpair);
char *nvpair_name(nvpair_t *) SUNDOG_LINK(nvpair_name);
data_type_t nvpair_type(nvpair_t *) SUNDOG_LINK(nvpair_type);
int nvpair_type_is_array(nvpair_t *) SUNDOG_LINK(nvpair_type_is_array);
int nvlist_add_nvpair(nvlist_t *, nvpair_t *) SUNDOG_LINK(nvlist_add_nvpair);
int nvlist_lookup_nvpair(nvlist_t *, const char *, nvpair_t **) SUNDOG_LINK(nvlist_lookup_nvpair);

/* ---- adding: list, name, value, or elements and their number ---- */

int nvlist_add_boolean(nvlist_t *, const char *) SUNDOG_LINK(nvlist_add_boolean);
int nvlist_add_boolean_value(nvlist_t *, const char *, boolean_t) SUNDOG_LINK(nvlist_add_boolean_value);
int nvlist_add_byte(nvlist_t *, const char *, uchar_t) SUNDOG_LINK(nvlist_add_byte);
int nvlist_add_int8(nvlist_t *, const char *, int8_t) SUNDOG_LINK(nvlist_add_int8);
int nvlist_add_uint8(nvlist_t *, const char *, uint8_t) SUNDOG_LINK(nvlist_add_uint8);
int nvlist_add_int16(nvlist_t *, const char *, int16_t) SUNDOG_LINK(nvlist_add_int16);
int nvlist_add_uint16(nvlist_t *, const char *, uint16_t) SUNDOG_LINK(nvlist_add_uint16);
int nvlist_add_int32(nvlist_t *, const char *, int32_t) SUNDOG_LINK(nvlist_add_int32);
int nvlist_add_uint32(nvlist_t *, const char *, uint32_t) SUNDOG_LINK(nvlist_add_uint32);
int nvlist_add_int64(nvlist_t *, const char *, int64_t) SUNDOG_LINK(nvlist_add_int64);
int nvlist_add_uint64(nvlist_t *, const char *, uint64_t) SUNDOG_LINK(nvlist_add_uint64);
int nvlist_add_string(nvlist_t *, const char *, const char *) SUNDOG_LINK(nvlist_add_string);
int nvlist_add_hrtime(nvlist_t *, const char *, hrtime_t) SUNDOG_LINK(nvlist_add_hrtime);
int nvlist_add_nvlist(nvlist_t *, const char *, nvlist_t *) SUNDOG_LINK(nvlist_add_nvlist);
int nvlist_add_boolean_array(nvlist_t *, const char *, boolean_t *, uint_t) SUNDOG_LINK(nvlist_add_boolean_array);
int nvlist_add_byte_array(nvlist_t *, const char *, uchar_t *, uint_t) SUNDOG_LINK(nvlist_add_byte_array);
int nvlist_add_int8_array(nvlist_t *, const char *, int8_t *, uint_t) SUNDOG_LINK(nvlist_add_int8_array);
int nvlist_add_uint8_array(nvlist_t *, const char *, uint8_t *, uint_t) SUNDOG_LINK(nvlist_add_uint8_array);
int nvlist_add_int16_array(nvlist_t *, const char *, int16_t *, uint_t) SUNDOG_LINK(nvlist_add_int16_array);
int nvlist_add_uint16_array(nvlist_t *, const char *, uint16_t *, uint_t) SUNDOG_LINK(nvlist_add_uint16_array);
int nvlist_add_int32_array(nvlist_t *, const char *, int32_t *, uint_t) SUNDOG_LINK(nvlist_add_int32_array);
int nvlist_add_uint32_array(nvlist_t *, const char *, uint32_t *, uint_t) SUNDOG_LINK(nvlist_add_uint32_array);
int nvlist_add_int64_array(nvlist_t *, const char *, int64_t *, uint_t) SUNDOG_LINK(nvlist_add_int64_array);
int nvlist_add_uint64_array(nvlist_t *, const char *, uint64_t *, uint_t) SUNDOG_LINK(nvlist_add_uint64_array);
int nvlist_add_string_array(nvlist_t *, const char *, char *const *, uint_t) SUNDOG_LINK(nvlist_add_string_array);
int nvlist_add_nvlist_array(nvlist_t *, const char *, nvlist_t **, uint_t) SUNDOG_LINK(nvlist_add_nvlist_array);

/* ---- looking by name ---- */

int nvlist_lookup_boolean(nvlist_t *, const char *) SUNDOG_LINK(nvlist_lookup_boolean);
int nvlist_lookup_boolean_value(nvlist_t *, const char *, boolean_t *) SUNDOG_LINK(nvlist_lookup_boolean_value);
int nvlist_lookup_byte(nvlist_t *, const char *, uchar_t *) SUNDOG_LINK(nvlist_lookup_byte);
int nvlist_lookup_int8(nvlist_t *, const char *, int8_t *) SUNDOG_LINK(nvlist_lookup_int8);
int nvlist_lookup_uint8(nvlist_t *, const char *, uint8_t *) SUNDOG_LINK(nvlist_lookup_uint8);
int nvlist_lookup_int16(nvlist_t *, const char *, int16_t *) SUNDOG_LINK(nvlist_lookup_int16);
int nvlist_lookup_uint16(nvlist_t *, const char *, uint16_t *) SUNDOG_LINK(nvlist_lookup_uint16);
int nvlist_lookup_int32(nvlist_t *, const char *, int32_t *) SUNDOG_LINK(nvlist_lookup_int32);
int nvlist_lookup_uint32(nvlist_t *, const char *, uint32_t *) SUNDOG_LINK(nvlist_lookup_uint32);
int nvlist_lookup_int64(nvlist_t *, const char *, int64_t *) SUNDOG_LINK(nvlist_lookup_int64);
int nvlist_lookup_uint64(nvlist_t *, const char *, uint64_t *) SUNDOG_LINK(nvlist_lookup_uint64);
int nvlist_lookup_string(nvlist_t *, const char *, char **) SUNDOG_LINK(nvlist_lookup_string);
int nvlist_lookup_hrtime(nvlist_t *, const char *, hrtime_t *) SUNDOG_LINK(nvlist_lookup_hrtime);
int nvlist_lookup_nvlist(nvlist_t *, const char *, nvlist_t **) SUNDOG_LINK(nvlist_lookup_nvlist);
int nvlist_lookup_boolean_array(nvlist_t *, const char *, boolean_t **, uint_t *)
	SUNDOG_LINK(nvlist_lookup_boolean_array);
int nvlist_lookup_byte_array(nvlist_t *, const char *, uchar_t **, uint_t *) SUNDOG_LINK(nvlist_lookup_byte_array);
int nvlist_lookup_int8_array(nvlist_t *, const char *, int8_t **, uint_t *) SUNDOG_LINK(nvlist_lookup_int8_array);
int nvlist_lookup_uint8_array(nvlist_t *, const char *, uint8_t **, uint_t *) SUNDOG_LINK(nvlist_lookup_uint8_array);
int nvlist_lookup_int16_array(nvlist_t *, const char *, int16_t **, uint_t *) SUNDOG_LINK(nvlist_lookup_int16_array);
int nvlist_lookup_uint16_array(nvlist_t *, const char *, uint16_t **, uint_t *)
	SUNDOG_LINK(nvlist_lookup_uint16_array);
int nvlist_lookup_int32_array(nvlist_t *, const char *, int32_t **, uint_t *) SUNDOG_LINK(nvlist_lookup_int32_array);
int nvlist_lookup_uint32_array(nvlist_t *, const char *, uint32_t **, uint_t *)
	SUNDOG_LINK(nvlist_lookup_uint32_array);
int nvlist_lookup_int64_array(nvlist_t *, const char *, int64_t **, uint_t *) SUNDOG_LINK(nvlist_lookup_int64_array);
int nvlist_lookup_uint64_array(nvlist_t *, const char *, uint64_t **, uint_t *)
	SUNDOG_LINK(nvlist_lookup_uint64_array);
int nvlist_lookup_string_array(nvlist_t *, const char *, char ***, uint_t *) SUNDOG_LINK(nvlist_lookup_string_array);
int nvlist_lookup_nvlist_array(nvlist_t *, const char *, nvlist_t ***, uint_t *)
	SUNDOG_LINK(nvlist_lookup_nvlist_array);

/* ---- the value of a pair ---- */

int nvpair_value_boolean_value(nvpair_t *, boolean_t *) SUNDOG_LINK(nvpair_value_boolean_value);
int nvpair_value_byte(nvpair_t *, uchar_t *) SUNDOG_LINK(nvpair_value_byte);
int nvpair_value_int8(nvpair_t *, int8_t *) SUNDOG_LINK(nvpair_value_int8);
int nvpair_value_uint8(nvpair_t *, uint8_t *) SUNDOG_LINK(nvpair_value_uint8);
int nvpair_value_int16(nvpair_t *, int16_t *) SUNDOG_LINK(nvpair_value_int16);
int nvpair_value_uint16(nvpair_t *, uint16_t *) SUNDOG_LINK(nvpair_value_uint16);
int nvpair_value_int32(nvpair_t *, int32_t *) SUNDOG_LINK(nvpair_value_int32);
int nvpair_value_uint32(nvpair_t *, uint32_t *) SUNDOG_LINK(nvpair_value_uint32);
int nvpair_value_int64(nvpair_t *, int64_t *) SUNDOG_LINK(nvpair_value_int64);
int nvpair_value_uint64(nvpair_t *, uint64_t *) SUNDOG_LINK(nvpair_value_uint64);
int nvpair_value_string(nvpair_t *, char **) SUNDOG_LINK(nvpair_value_string);
int nvpair_value_hrtime(nvpair_t *, hrtime_t *) SUNDOG_LINK(nvpair_value_hrtime);
int nvpair_value_nvlist(nvpair_t *, nvlist_t **) SUNDOG_LINK(nvpair_value_nvlist);
int nvpair_value_boolean_array(nvpair_t *, boolean_t **, uint_t *) SUNDOG_LINK(nvpair_value_boolean_array);
int nvpair_value_byte_array(nvpair_t *, uchar_t **, uint_t *) SUNDOG_LINK(nvpair_value_byte_array);
int nvpair_value_int8_array(nvpair_t *, int8_t **, uint_t *) SUNDOG_LINK(nvpair_value_int8_array);
int nvpair_value_uint8_array(nvpair_t *, uint8_t **, uint_t *) SUNDOG_LINK(nvpair_value_uint8_array);
int nvpair_value_int16_array(nvpair_t *, int16_t **, uint_t *) SUNDOG_LINK(nvpair_value_int16_array);
int nvpair_value_uint16_array(nvpair_t *, uint16_t **, uint_t *) SUNDOG_LINK(nvpair_value_uint16_array);
int nvpair_value_int32_array(nvpair_t *, int32_t **, uint_t *) SUNDOG_LINK(nvpair_value_int32_array);
int nvpair_value_uint32_array(nvpair_t *, uint32_t **, uint_t *) SUNDOG_LINK(nvpair_value_uint32_array);
int nvpair_value_int64_array(nvpair_t *, int64_t **, uint_t *) SUNDOG_LINK(nvpair_value_int64_array);
int nvpair_value_uint64_array(nvpair_t *, uint64_t **, uint_t *) SUNDOG_LINK(nvpair_value_uint64_array);
int nvpair_value_string_array(nvpair_t *, char ***, uint_t *) SUNDOG_LINK(nvpair_value_string_array);
int nvpair_value_nvlist_array(nvpair_t *, nvlist_t ***, uint_t *) SUNDOG_LINK(nvpair_value_nvlist_array);

#endif
