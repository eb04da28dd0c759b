/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/agp/agpamd64gart_io.h>: the address translation of the processor's AGP bridge: its ioctls, kernel to driver. */
#ifndef _SYS_AGP_AGPAMD64GART_IO_H
#define _SYS_AGP_AGPAMD64GART_IO_H

#include <sys/types.h>

#define AGPAMD64GARTIOC_BASE 77
#define AMD64_CONFIGURE 536890677
#define AMD64_UNCONFIG 536890678
#define AMD64_FLUSH_GTLB 536890676
#define AMD64_GET_INFO 1074810162
#define AMD64_SET_GART_ADDR (-2147201741)

#define AMD64GART_NAME "amd64_gart"
#define CPUGART_DEVLINK "/dev/agp/cpugart"

typedef struct amdgart_info {
	uint64_t cgart_aperbase;
	size_t cgart_apersize;
} amdgart_info_t;

#endif
