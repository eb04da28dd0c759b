/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/mc.h>: memory controllers: ioctls. */
#ifndef _SYS_MC_H
#define _SYS_MC_H

#include <sys/types.h>

#define MC_IOC_SNAPSHOT_INFO 1296236545
#define MC_IOC_SNAPSHOT 1296236546
#define MC_IOC_ONLINESPARE_EN 1296236548

#define MC_INVALNUM 0xffffffff
#define MC_UNUM_NDIMM 2

typedef struct mc_snapshot_info {
	uint32_t mcs_size;
	uint_t mcs_gen;
} mc_snapshot_info_t;

typedef struct mc_unum {
	int unum_board;
	int unum_chip;
	int unum_mc;
	int unum_chan;
	int unum_cs;
	int unum_rank;
	uint64_t unum_offset;
	int unum_dimms[2];
} mc_unum_t;

/* What comes along with it. */
#include <sys/cpuvar.h>

#endif
