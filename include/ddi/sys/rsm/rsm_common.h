/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/rsm/rsm_common.h>: remote shared memory: types and results. */
#ifndef _SYS_RSM_RSM_COMMON_H
#define _SYS_RSM_RSM_COMMON_H

#include <sys/types.h>

#define RSMERR_BAD_CTLR_HNDL 3
#define RSMERR_BAD_SEG_HNDL 5
#define RSMERR_BAD_BARRIER_PTR 13
#define RSMERR_BAD_MEM_ALIGNMENT 17
#define RSMERR_BAD_LENGTH 20
#define RSMERR_BAD_ACL 21
#define RSMERR_BAD_MODE 25
#define RSMERR_BAD_MSTYPE 118
#define RSMERR_BAD_BARRIER_HNDL 130

#define RSMERR_SEG_ALREADY_PUBLISHED 6
#define RSMERR_SEG_NOT_PUBLISHED 7
#define RSMERR_SEG_PUBLISHED 113
#define RSMERR_SEG_NOT_PUBLISHED_TO_RSM_ADDR 114
#define RSMERR_SEG_IN_USE 115

#define RSM_PERM_NONE 0
#define RSM_PERM_WRITE 128
#define RSM_PERM_READ 256
#define RSM_PERM_RDWR 384

#define RSMERR_BARRIER_NOT_OPENED 37
#define RSMERR_BARRIER_FAILURE 38
#define RSMERR_CALLBACKS_NOT_SUPPORTED 126
#define RSMERR_COMM_ERR_NOT_DELIVERED 132
#define RSMERR_CONN_ABORTED 40
#define RSMERR_CTLR_NOT_PRESENT 4
#define RSMERR_HANDLER_NOT_REGISTERED 123
#define RSMERR_INSUFFICIENT_RESOURCES 31
#define RSMERR_MEM_ALREADY_BOUND 121
#define RSMERR_MEM_NOT_BOUND 122
#define RSMERR_NOT_MEM 120
#define RSMERR_NO_BACKING_MEM 119
#define RSMERR_NO_HANDLER 124
#define RSMERR_PERM_DENIED 27
#define RSMERR_QUEUE_FENCE_UP 133
#define RSMERR_QUEUE_FULL 134
#define RSMERR_RSM_ADDR_UNREACHABLE 128
#define RSMERR_SEGID_IN_USE 24
#define RSMERR_TIMEOUT 42
#define RSMERR_UNBIND_REBIND_NOT_ALLOWED 125
#define RSMERR_UNKNOWN_RSM_ADDR 129
#define RSMERR_UNSUPPORTED_VERSION 102
#define RSMERR_UNSUPPORTED_OPERATION 127
#define RSM_SUCCESS 0
#define RSM_VERSION 5
#define RSM_USER_APP_ID_BASE 0x80000000
#define RSM_USER_APP_ID_END 0xffffffff

typedef union {
	uint64_t u64;
	int64_t i64;
	uint32_t u32[2];
	int32_t i32[2];
	uint16_t u16[4];
	int16_t i16[4];
	uint8_t u8[8];
	int8_t i8[8];
	uchar_t uc[8];
	char c[8];
	void *vp;
} rsm_barrier_component_t;

typedef struct {
	rsm_barrier_component_t comp[4];
} rsm_barrier_t;

typedef uint64_t rsm_addr_t;
typedef enum {
	RSM_BARRIER_MODE_EXPLICIT = 0,
	RSM_BARRIER_MODE_IMPLICIT = 1,
} rsm_barrier_mode_t;

typedef struct __rsm_memseg_export_handle *rsm_memseg_export_handle_t;
typedef uint32_t rsm_memseg_id_t;
typedef struct __rsm_memseg_import_handle *rsm_memseg_import_handle_t;
typedef uint32_t rsm_permission_t;

#endif
