/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/agp/agptarget_io.h>: AGP targets, host bridges: ioctls, kernel to driver. */
#ifndef _SYS_AGP_AGPTARGET_IO_H
#define _SYS_AGP_AGPTARGET_IO_H

#include <sys/types.h>
#include <sys/agpgart.h>

#define AGP_TARGET_SET_GATTADDR (-2147201759)
#define AGP_TARGET_SETCMD (-2147201758)
#define AGP_TARGET_PCICONFIG_SET16 (-2147201750)
#define AGP_TARGET_PCICONFIG_GET16 (-1073590999)
#define AGP_TARGET_FLUSH_GTLB 536890659
#define AGP_TARGET_CONFIGURE 536890660
#define AGP_TARGET_UNCONFIG 536890661
#define AGP_TARGET_GETINFO 1075858720

#define INTEL_CHIPSET_FLUSH_SETUP 536890662
#define INTEL_CHIPSET_FLUSH 536890663
#define INTEL_CHIPSET_FLUSH_FREE 536890664

#define AGPTARGETIOC_BASE 77
#define CHIP_DETECT 1074023710
#define I8XX_GET_PREALLOC_SIZE 1074285855

#define AGPTARGET_DEVLINK "/dev/agp/agptarget"
#define AGPTARGET_NAME "agptarget"

typedef struct _i_agp_info {
	agp_version_t iagp_ver;
	uint32_t iagp_devid;
	uint32_t iagp_mode;
	uint64_t iagp_aperbase;
	size_t iagp_apersize;
} i_agp_info_t;

#endif
