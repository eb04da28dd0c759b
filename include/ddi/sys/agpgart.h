/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/agpgart.h>: AGP memory: ioctls of applications. */
#ifndef _SYS_AGPGART_H
#define _SYS_AGPGART_H

#include <sys/types.h>
#include <sys/types32.h>
#include <sys/ioccom.h>

#define AGP2_RATE_1X 1
#define AGP2_RATE_2X 2
#define AGP2_RATE_4X 4

#define AGP3_CMD_GART64BEN 0x80
#define AGP3_CMD_CAL_MASK 0x1c00
#define AGP3_CMD_ARQSZ_MASK 0xe000

#define AGPCMD_FWEN 0x10
#define AGPCMD_OVER4GEN 0x20
#define AGPCMD_AGPEN 0x100
#define AGPCMD_SBAEN 0x200

#define AGPIOC_SETUP (-2147203325)
#define AGPIOC_DEALLOCATE (-2147203323)
#define AGPIOC_BIND (-2146941178)
#define AGPIOC_UNBIND (-2146941177)
#define AGPIOC_ALLOCATE (-1072675068)
#define AGPIOC_BASE 71
#define AGPIOC_ACQUIRE 536889089
#define AGPIOC_RELEASE 536889090
#define AGPIOC_IOREMAP 536889096
#define AGPIOC_READ 536889098
#define AGPIOC_WRITE 536889099
#define AGPIOC_FLUSHCHIPSET 536889100
#define AGPIOC_INFO 1074022144

#define AGPSTAT_MODE3 8
#define AGPSTAT_FW 0x10
#define AGPSTAT_OVER4G 0x20
#define AGPSTAT_GART64B 0x80
#define AGPSTAT_SBA 0x200

#define AGP_USER_MEMORY 65536
#define AGP_USER_TYPES 0x10000
#define AGP_USER_CACHED_MEMORY 65537

#define AGP3_RATE_4X 1
#define AGP3_RATE_8X 2
#define AGPCMD_RATE_MASK 7
#define AGPCMD_RQ_MASK 0xff000000
#define AGPIOC_IOREMAP_FREE 536889097
#define AGPIOC_PAGES_BIND (-2145892595)
#define AGPIOC_PAGES_UNBIND (-2145892594)
#define AGPIOC_RW_GTT (-2145892593)
#define AGPSTAT_ARQSZ_MASK 0xe000
#define AGPSTAT_CAL_MASK 0x1c00
#define AGPSTAT_RATE_MASK 7
#define AGPSTAT_RQ_MASK 0xff000000
#define AGP_NORMAL 0

#define AGP_DEVICE "/dev/agpgart"

typedef struct _agp_allocate {
	int32_t agpa_key;
	uint32_t agpa_pgcount;
	uint32_t agpa_type;
	uint32_t agpa_physical;
} agp_allocate_t;

typedef struct _agp_bind {
	int32_t agpb_key;
	uint32_t agpb_pgstart;
} agp_bind_t;

typedef struct _agp_bind_pages {
	uint32_t agpb_pgstart;
	uint32_t agpb_pgcount;
	pfn_t *agpb_pages;
	uint32_t agpb_type;
} agp_bind_pages_t;

typedef struct _agp_version {
	uint16_t agpv_major;
	uint16_t agpv_minor;
} agp_version_t;

typedef struct _agp_info {
	agp_version_t agpi_version;
	uint32_t agpi_devid;
	uint32_t agpi_mode;
	ulong_t agpi_aperbase;
	size_t agpi_apersize;
	uint32_t agpi_pgtotal;
	uint32_t agpi_pgsystem;
	uint32_t agpi_pgused;
} agp_info_t;

typedef struct _agp_rw_gtt {
	uint32_t agprw_pgstart;
	uint32_t agprw_pgcount;
	void *agprw_addr;
	uint32_t agprw_flags;
} agp_rw_gtt_t;

typedef struct _agp_setup {
	uint32_t agps_mode;
} agp_setup_t;

typedef struct _agp_unbind {
	int32_t agpu_key;
	uint32_t agpu_pri;
} agp_unbind_t;

typedef struct _agp_unbind_pages {
	uint32_t agpu_pgstart;
	uint32_t agpu_pgcount;
	pfn_t agpu_scratch;
	uint32_t agpu_flags;
} agp_unbind_pages_t;

#endif
