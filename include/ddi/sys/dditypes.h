/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/dditypes.h>: handles and commands that pass between framework and drivers. */
#ifndef _SYS_DDITYPES_H
#define _SYS_DDITYPES_H

#include <sys/types.h>

typedef struct dev_info dev_info_t;
#define DEVI(dip) ((struct dev_info *)(dip))

typedef void *ddi_umem_cookie_t; /* memory that can be exported; struct ddi_umem_cookie in ddi_impldefs.h */
typedef struct __devmap_pmem_cookie *devmap_pmem_cookie_t;
typedef void *devmap_cookie_t;   /* mapping handle; devmap_handle_t in ddidevmap.h */

typedef struct __ddi_dma_handle *ddi_dma_handle_t;
typedef struct __ddi_dma_win *ddi_dma_win_t;
typedef struct __ddi_dma_seg *ddi_dma_seg_t;
typedef struct __ddi_acc_handle *ddi_acc_handle_t;
typedef struct __ddi_softintr *ddi_softintr_t;
typedef struct __ddi_iblock_cookie *ddi_iblock_cookie_t;
typedef struct __ddi_regspec *ddi_regspec_t;
typedef struct __ddi_intrspec *ddi_intrspec_t;
typedef struct __ddi_devid *ddi_devid_t;
typedef struct __ddi_periodic *ddi_periodic_t;
typedef struct ddi_event_cookie *ddi_eventcookie_t;
typedef struct ddi_event_callbacks *ddi_callback_id_t;
typedef void (*ddi_event_cb_f)(dev_info_t *, ddi_eventcookie_t, void *, void *);
typedef struct ddi_taskq ddi_taskq_t;
typedef union {
	struct {
		ushort_t _idev_vector;
		ushort_t _idev_priority;
	} idu;
	uint_t idev_softint;
} ddi_idevice_cookie_t;
#define idev_vector idu._idev_vector
#define idev_priority idu._idev_priority

typedef enum { DDI_ATTACH = 0, DDI_RESUME = 1, DDI_PM_RESUME = 2 } ddi_attach_cmd_t;
typedef enum { DDI_DETACH = 0, DDI_SUSPEND = 1, DDI_PM_SUSPEND = 2, DDI_HOTPLUG_DETACH = 3 } ddi_detach_cmd_t;
typedef enum { DDI_INFO_DEVT2DEVINFO = 0, DDI_INFO_DEVT2INSTANCE = 1 } ddi_info_cmd_t;
typedef enum { DDI_RESET_FORCE = 0 } ddi_reset_cmd_t;
typedef enum {
	PROP_LEN = 0,             /* length only */
	PROP_LEN_AND_VAL_BUF,     /* into the caller's buffer */
	PROP_LEN_AND_VAL_ALLOC,   /* into a buffer made for it */
	PROP_EXISTS
} ddi_prop_op_t;

/* Attributes of device access: ddi_device_acc_attr(9S). */
typedef struct ddi_device_acc_attr {
	ushort_t devacc_attr_version;
	uchar_t devacc_attr_endian_flags;
	uchar_t devacc_attr_dataorder;
	uchar_t devacc_attr_access;
} ddi_device_acc_attr_t;

#define DDI_DEVICE_ATTR_V0 0x0001
#define DDI_DEVICE_ATTR_V1 0x0002
#define DDI_NEVERSWAP_ACC 0x00
#define DDI_STRUCTURE_LE_ACC 0x01
#define DDI_STRUCTURE_BE_ACC 0x02
#define DDI_STRICTORDER_ACC 0x00
#define DDI_UNORDERED_OK_ACC 0x01
#define DDI_MERGING_OK_ACC 0x02
#define DDI_LOADCACHING_OK_ACC 0x03
#define DDI_STORECACHING_OK_ACC 0x04
#define DDI_DEFAULT_ACC 0x01
#define DDI_FLAGERR_ACC 0x02
#define DDI_CAUTIOUS_ACC 0x03
#define DDI_DATA_SZ01_ACC 1
#define DDI_DATA_SZ02_ACC 2
#define DDI_DATA_SZ04_ACC 4
#define DDI_DATA_SZ08_ACC 8

/* A range that a device may use: ddi_dma_cookie(9S). */
typedef struct {
	union {
		uint64_t _dmac_ll;
		uint32_t _dmac_la[2];
	} _dmu;
	size_t dmac_size; /* bytes */
	uint_t dmac_type;
} ddi_dma_cookie_t;
#define dmac_laddress _dmu._dmac_ll
#define dmac_address _dmu._dmac_la[0]
#define dmac_notused _dmu._dmac_la[1]

#endif
