/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/sysevent.h>: events of the system: their numbers, and the parts of their names. */
#ifndef _SYS_SYSEVENT_H
#define _SYS_SYSEVENT_H

#include <sys/nvpair.h>
#include <sys/types.h>

#define EVCH_B_FLAGS 7
#define EVCH_CMD_LAST 3
#define EVCH_CREAT 1
#define EVCH_GET_CHAN_LEN 2
#define EVCH_GET_CHAN_LEN_MAX 1
#define EVCH_HOLD_PEND 2
#define EVCH_HOLD_PEND_INDEF 4
#define EVCH_NOSLEEP 1
#define EVCH_QWAIT 8
#define EVCH_SET_CHAN_LEN 3
#define EVCH_SLEEP 2
#define EVCH_SUB_KEEP 1
#define EVCH_TRYHARD 4
#define EVCH_WILDCARD_MAX 10
#define MAX_ATTR_NAME 1024
#define MAX_BYTE_ARRAY 1024
#define MAX_CHNAME_LEN 128
#define MAX_CLASS_LEN 64
#define MAX_EV_SIZE_LEN 8191
#define MAX_PUB_LEN 128
#define MAX_STRING_SZ 1024
#define MAX_SUBCLASS_LEN 64
#define MAX_SUBID_LEN 16
#define SE_DATA_TYPE_BYTE 2
#define SE_DATA_TYPE_BYTES 10
#define SE_DATA_TYPE_INT16 3
#define SE_DATA_TYPE_INT32 5
#define SE_DATA_TYPE_INT64 7
#define SE_DATA_TYPE_STRING 9
#define SE_DATA_TYPE_TIME 18
#define SE_DATA_TYPE_UINT16 4
#define SE_DATA_TYPE_UINT32 6
#define SE_DATA_TYPE_UINT64 8
#define SE_EFAULT 4
#define SE_EINVAL 1
#define SE_ENOMEM 2
#define SE_EQSIZE 3
#define SE_KERN_PID 0
#define SE_NOSLEEP 1
#define SE_NOTFOUND 5
#define SE_NO_TRANSPORT 6
#define SE_SLEEP 0
#define EC_ALL "register_all_classes"
#define EC_SUB_ALL "register_all_subclasses"
#define EVCH_ALLSUB "all_subs"
#define SE_KERN_PUB "kern:"
#define SE_USR_PUB "usr:"
#define SUNW_KERN_PUB "SUNW:kern:"
#define SUNW_USR_PUB "SUNW:usr:"
#define SUNW_VENDOR "SUNW"

/* One after the other since the system began, and when: gethrtime(9F). */
typedef struct sysevent_id {
	uint64_t eid_seq;
	hrtime_t eid_ts;
} sysevent_id_t;

typedef nvlist_t sysevent_attr_list_t;
typedef nvpair_t sysevent_attr_t;
typedef void *sysevent_t;
typedef void evchan_t;

typedef struct sysevent_bytes {
	int32_t size;
	uchar_t *data;
} sysevent_bytes_t;

typedef struct sysevent_value {
	int32_t value_type; /* SE_DATA_TYPE_* */
	union {
		uchar_t sv_byte;
		int16_t sv_int16;
		uint16_t sv_uint16;
		int32_t sv_int32;
		uint32_t sv_uint32;
		int64_t sv_int64;
		uint64_t sv_uint64;
		hrtime_t sv_time;
		char *sv_string;
		sysevent_bytes_t sv_bytes;
	} value;
} sysevent_value_t;

#endif
