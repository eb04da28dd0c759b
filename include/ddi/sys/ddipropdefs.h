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

/*
 * PROPERTIES of a device instance have a name, a type, a value, and the dev_t that they are for.  Those of
 * driver.conf(4) are for DDI_DEV_T_NONE, and are integers (32 bits), strings, or nothing at all; those that a driver
 * makes are for the dev_t that it gives.  A property that is set again is replaced, type and all.
 *
 * dev in a search: DDI_DEV_T_ANY finds any; DDI_DEV_T_NONE or a device's own number only those made for it.
 * flags: DDI_PROP_CANSLEEP lets the value's copy wait for memory; the others are accepted and mean nothing here.
 * differs: a search never goes on to the parent, with or without DDI_PROP_DONTPASS: `pseudo` has no properties.
 *
 * Results of functions that return int, unless stated otherwise: DDI_PROP_SUCCESS; DDI_PROP_NOT_FOUND;
 * DDI_PROP_INVAL_ARG for no node, no name or an empty one, or DDI_DEV_T_ANY where something is made;
 * DDI_PROP_END_OF_DATA for a property without a value; DDI_PROP_CANNOT_DECODE for a value of another size.  What the
 * other arguments point to is untouched then.
 *
 * Context: user and kernel; no driver's lock matters.  Source: ddi_prop_op(9F), ddi_prop_lookup(9F),
 * ddi_prop_get_int(9F), ddi_prop_update(9F), ddi_prop_exists(9F), ddi_getlongprop(9F).
 */

/* ---- any type, as bytes: cb_prop_op(9E) ---- */

/*
 * PROP_LEN: *length; PROP_EXISTS: returns 1 or 0; PROP_LEN_AND_VAL_BUF: copies to value, which has *length bytes, and
 * sets *length in any case (DDI_PROP_BUF_TOO_SMALL: to what is needed); PROP_LEN_AND_VAL_ALLOC: *(void **)value, to be
 * freed with kmem_free(9F) of *length bytes (DDI_PROP_NO_MEMORY, only without DDI_PROP_CANSLEEP).
 */
int ddi_prop_op(dev_t, dev_info_t *, ddi_prop_op_t, int, char *, caddr_t, int *) SUNDOG_LINK(ddi_prop_op);
/*
 * For the device number dev of a disk of so many bytes, or blocks of DEV_BSIZE: the properties Size and Nblocks have 64
 * bits, size and nblocks 32 (and are not there if that is too little); any other name, size 0 and dev DDI_DEV_T_ANY are
 * ddi_prop_op()'s.
 */
int ddi_prop_op_nblocks(dev_t, dev_info_t *, ddi_prop_op_t, int, char *, caddr_t, int *, uint64_t)
	SUNDOG_LINK(ddi_prop_op_nblocks);
int ddi_prop_op_size(dev_t, dev_info_t *, ddi_prop_op_t, int, char *, caddr_t, int *, uint64_t)
	SUNDOG_LINK(ddi_prop_op_size);

/* ---- by type ---- */

/* dev, dip, flags, name, default.  The first number; 1 of a property without a value; the default of any other. */
int ddi_prop_get_int(dev_t, dev_info_t *, uint_t, char *, int) SUNDOG_LINK(ddi_prop_get_int);
int64_t ddi_prop_get_int64(dev_t, dev_info_t *, uint_t, char *, int64_t) SUNDOG_LINK(ddi_prop_get_int64);
/* 1 or 0, of whatever type. */
int ddi_prop_exists(dev_t, dev_info_t *, uint_t, char *) SUNDOG_LINK(ddi_prop_exists);
/*
 * dev, dip, flags, name, *data, *count.  The value as an array of the type, to be given to ddi_prop_free(); what a driver
 * has not freed when it is unloaded is reported with the place of the lookup.  Waits for memory.
 */
int ddi_prop_lookup_int_array(dev_t, dev_info_t *, uint_t, char *, int **, uint_t *)
	SUNDOG_LINK(ddi_prop_lookup_int_array);
int ddi_prop_lookup_int64_array(dev_t, dev_info_t *, uint_t, char *, int64_t **, uint_t *)
	SUNDOG_LINK(ddi_prop_lookup_int64_array);
int ddi_prop_lookup_byte_array(dev_t, dev_info_t *, uint_t, char *, uchar_t **, uint_t *)
	SUNDOG_LINK(ddi_prop_lookup_byte_array);
/* Of several strings the first. */
int ddi_prop_lookup_string(dev_t, dev_info_t *, uint_t, char *, char **) SUNDOG_LINK(ddi_prop_lookup_string);
/* *data: *count pointers and a NULL; one block, freed as one. */
int ddi_prop_lookup_string_array(dev_t, dev_info_t *, uint_t, char *, char ***, uint_t *)
	SUNDOG_LINK(ddi_prop_lookup_string_array);
/* NULL: nothing happens.  Anything that no lookup has returned is a bug of the driver: panic. */
void ddi_prop_free(void *) SUNDOG_LINK(ddi_prop_free);
/* dev, dip, name, value, elements of an array: makes the property or replaces it.  Waits for memory. */
int ddi_prop_update_int(dev_t, dev_info_t *, char *, int) SUNDOG_LINK(ddi_prop_update_int);
int ddi_prop_update_int64(dev_t, dev_info_t *, char *, int64_t) SUNDOG_LINK(ddi_prop_update_int64);
int ddi_prop_update_int_array(dev_t, dev_info_t *, char *, int *, uint_t) SUNDOG_LINK(ddi_prop_update_int_array);
int ddi_prop_update_int64_array(dev_t, dev_info_t *, char *, int64_t *, uint_t) SUNDOG_LINK(ddi_prop_update_int64_array);
int ddi_prop_update_byte_array(dev_t, dev_info_t *, char *, uchar_t *, uint_t)
	SUNDOG_LINK(ddi_prop_update_byte_array);
int ddi_prop_update_string(dev_t, dev_info_t *, char *, char *) SUNDOG_LINK(ddi_prop_update_string);
int ddi_prop_update_string_array(dev_t, dev_info_t *, char *, char **, uint_t)
	SUNDOG_LINK(ddi_prop_update_string_array);

/* ---- the older functions, as bytes ---- */

/*
 * dev, dip, flags, name, value, its length: a property of bytes, which lookups by any type find.  create makes it or
 * replaces it; modify replaces only (DDI_PROP_NOT_FOUND); undefine makes every lookup of it end with DDI_PROP_UNDEFINED, until
 * it is removed or made again.  Length 0: a property without a value.
 */
int ddi_prop_create(dev_t, dev_info_t *, int, char *, caddr_t, int) SUNDOG_LINK(ddi_prop_create);
int ddi_prop_modify(dev_t, dev_info_t *, int, char *, caddr_t, int) SUNDOG_LINK(ddi_prop_modify);
int ddi_prop_undefine(dev_t, dev_info_t *, int, char *) SUNDOG_LINK(ddi_prop_undefine);
/* Exactly that of dev. */
int ddi_prop_remove(dev_t, dev_info_t *, char *) SUNDOG_LINK(ddi_prop_remove);
/* Those of driver.conf(4) as well. */
void ddi_prop_remove_all(dev_info_t *) SUNDOG_LINK(ddi_prop_remove_all);
/* As ddi_prop_get_int(), but a value of more or less than one integer is the default, too. */
int ddi_getprop(dev_t, dev_info_t *, int, char *, int) SUNDOG_LINK(ddi_getprop);
int ddi_getproplen(dev_t, dev_info_t *, int, char *, int *) SUNDOG_LINK(ddi_getproplen);
/* As PROP_LEN_AND_VAL_ALLOC and PROP_LEN_AND_VAL_BUF of ddi_prop_op(). */
int ddi_getlongprop(dev_t, dev_info_t *, int, char *, caddr_t, int *) SUNDOG_LINK(ddi_getlongprop);
int ddi_getlongprop_buf(dev_t, dev_info_t *, int, char *, caddr_t, int *) SUNDOG_LINK(ddi_getlongprop_buf);

/* Lists of properties: the layout of drivers that walk them; ours are kept otherwise. */
typedef struct ddi_prop {
	struct ddi_prop *prop_next;
	dev_t prop_dev;
	char *prop_name;
	int prop_flags;
	int prop_len;
	caddr_t prop_val;
} ddi_prop_t;
typedef struct ddi_prop_list {
	ddi_prop_t *prop_list;
	int prop_ref;
} ddi_prop_list_t;

#endif
