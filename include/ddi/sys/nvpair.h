/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/nvpair.h>: types of named values, as ddi_fm_ereport_post(9F) takes them. */
#ifndef _SYS_NVPAIR_H
#define _SYS_NVPAIR_H

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
	DATA_TYPE_BOOLEAN_VALUE = 21,
	DATA_TYPE_INT8 = 22,
	DATA_TYPE_UINT8 = 23,
} data_type_t;

#endif
