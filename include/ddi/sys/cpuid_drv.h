/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/cpuid_drv.h>: processors: ioctls. */
#ifndef _SYS_CPUID_DRV_H
#define _SYS_CPUID_DRV_H

#include <sys/types.h>
#include <sys/ioccom.h>

#define CPUID_GET_HWCAP 1667851264
#define CPUID_IOC 0x63696400
#define CPUID_RDMSR 1667851265
#define CPUID_SELF_CPUID_MINOR 0x3ffff

#define CPUID_DIR_NAME "cpu"
#define CPUID_DRIVER_NAME "cpuid"
#define CPUID_DRIVER_SELF_NODE "self"
#define CPUID_NAME "cpuid"
#define CPUID_SELF_DIR_NAME "self"
#define CPUID_SELF_NAME "cpu/self/cpuid"

struct cpuid_get_hwcap {
	char *cgh_archname;
	uint_t cgh_hwcap[3];
};

struct cpuid_get_hwcap32 {
	caddr32_t cgh_archname;
	uint32_t cgh_hwcap[3];
};

struct cpuid_rdmsr {
	uint64_t cr_msr_nr;
	uint64_t cr_msr_val;
};

#endif
