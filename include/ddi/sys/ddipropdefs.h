/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/ddipropdefs.h>: flags and results of the property functions, ddi_prop_lookup(9F). */
#ifndef _SYS_DDIPROPDEFS_H
#define _SYS_DDIPROPDEFS_H

#include <sys/dditypes.h>
#include <sys/types.h>

#define DDI_PROP_DONTPASS 0x0001  /* this node only, not its parents */
#define DDI_PROP_CANSLEEP 0x0002
#define DDI_PROP_SYSTEM_DEF 0x0004
#define DDI_PROP_NOTPROM 0x0008
#define DDI_PROP_DONTSLEEP 0x0010
#define DDI_PROP_STACK_CREATE 0x0020
#define DDI_PROP_UNDEF_IT 0x0040
#define DDI_PROP_HW_DEF 0x0080
#define DDI_PROP_TYPE_INT 0x0100
#define DDI_PROP_TYPE_STRING 0x0200
#define DDI_PROP_TYPE_BYTE 0x0400
#define DDI_PROP_TYPE_COMPOSITE 0x0800
#define DDI_PROP_TYPE_INT64 0x1000
#define DDI_PROP_TYPE_ANY (DDI_PROP_TYPE_INT | DDI_PROP_TYPE_STRING | DDI_PROP_TYPE_BYTE | DDI_PROP_TYPE_COMPOSITE)
#define DDI_PROP_TYPE_MASK 0x1f00

#define DDI_PROP_SUCCESS 0
#define DDI_PROP_NOT_FOUND 1
#define DDI_PROP_UNDEFINED 2
#define DDI_PROP_NO_MEMORY 3
#define DDI_PROP_INVAL_ARG 4
#define DDI_PROP_BUF_TOO_SMALL 5
#define DDI_PROP_CANNOT_DECODE 6
#define DDI_PROP_CANNOT_ENCODE 7
#define DDI_PROP_END_OF_DATA 8
#define DDI_PROP_FOUND_1275 255

#define DDI_DEV_T_NONE ((dev_t)-1)
#define DDI_DEV_T_ANY ((dev_t)-2)
#define DDI_MAJOR_T_UNKNOWN ((major_t)0)
#define DDI_MAJOR_T_NONE ((major_t)-1)

int ddi_prop_op(dev_t, dev_info_t *, ddi_prop_op_t, int, char *, caddr_t, int *) SUNDOG_LINK(ddi_prop_op);
int ddi_prop_op_size(dev_t, dev_info_t *, ddi_prop_op_t, int, char *, caddr_t, int *, uint64_t)
	SUNDOG_LINK(ddi_prop_op_size);
int ddi_prop_get_int(dev_t, dev_info_t *, uint_t, char *, int) SUNDOG_LINK(ddi_prop_get_int);
int64_t ddi_prop_get_int64(dev_t, dev_info_t *, uint_t, char *, int64_t) SUNDOG_LINK(ddi_prop_get_int64);
int ddi_prop_exists(dev_t, dev_info_t *, uint_t, char *) SUNDOG_LINK(ddi_prop_exists);
int ddi_prop_lookup_int_array(dev_t, dev_info_t *, uint_t, char *, int **, uint_t *)
	SUNDOG_LINK(ddi_prop_lookup_int_array);
int ddi_prop_lookup_int64_array(dev_t, dev_info_t *, uint_t, char *, int64_t **, uint_t *)
	SUNDOG_LINK(ddi_prop_lookup_int64_array);
int ddi_prop_lookup_byte_array(dev_t, dev_info_t *, uint_t, char *, uchar_t **, uint_t *)
	SUNDOG_LINK(ddi_prop_lookup_byte_array);
int ddi_prop_lookup_string(dev_t, dev_info_t *, uint_t, char *, char **) SUNDOG_LINK(ddi_prop_lookup_string);
int ddi_prop_lookup_string_array(dev_t, dev_info_t *, uint_t, char *, char ***, uint_t *)
	SUNDOG_LINK(ddi_prop_lookup_string_array);
void ddi_prop_free(void *) SUNDOG_LINK(ddi_prop_free);
int ddi_prop_update_int(dev_t, dev_info_t *, char *, int) SUNDOG_LINK(ddi_prop_update_int);
int ddi_prop_update_int64(dev_t, dev_info_t *, char *, int64_t) SUNDOG_LINK(ddi_prop_update_int64);
int ddi_prop_update_int_array(dev_t, dev_info_t *, char *, int *, uint_t) SUNDOG_LINK(ddi_prop_update_int_array);
int ddi_prop_update_byte_array(dev_t, dev_info_t *, char *, uchar_t *, uint_t)
	SUNDOG_LINK(ddi_prop_update_byte_array);
int ddi_prop_update_string(dev_t, dev_info_t *, char *, char *) SUNDOG_LINK(ddi_prop_update_string);
int ddi_prop_update_string_array(dev_t, dev_info_t *, char *, char **, uint_t)
	SUNDOG_LINK(ddi_prop_update_string_array);
int ddi_prop_create(dev_t, dev_info_t *, int, char *, caddr_t, int) SUNDOG_LINK(ddi_prop_create);
int ddi_prop_modify(dev_t, dev_info_t *, int, char *, caddr_t, int) SUNDOG_LINK(ddi_prop_modify);
int ddi_prop_undefine(dev_t, dev_info_t *, int, char *) SUNDOG_LINK(ddi_prop_undefine);
int ddi_prop_remove(dev_t, dev_info_t *, char *) SUNDOG_LINK(ddi_prop_remove);
void ddi_prop_remove_all(dev_info_t *) SUNDOG_LINK(ddi_prop_remove_all);
int ddi_getprop(dev_t, dev_info_t *, int, char *, int) SUNDOG_LINK(ddi_getprop);
int ddi_getproplen(dev_t, dev_info_t *, int, char *, int *) SUNDOG_LINK(ddi_getproplen);
int ddi_getlongprop(dev_t, dev_info_t *, int, char *, caddr_t, int *) SUNDOG_LINK(ddi_getlongprop);
int ddi_getlongprop_buf(dev_t, dev_info_t *, int, char *, caddr_t, int *) SUNDOG_LINK(ddi_getlongprop_buf);

#endif
