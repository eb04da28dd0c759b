/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/vmsystm.h>: ranges of addresses, as the mapping code sees them. */
#ifndef _SYS_VMSYSTM_H
#define _SYS_VMSYSTM_H

#include <sys/types.h>

struct as;

int valid_usr_range(caddr_t, size_t, uint_t, struct as *, caddr_t) SUNDOG_ABSENT(valid_usr_range);
#define RANGE_OKAY 0
#define RANGE_BADADDR 1
#define RANGE_BADPROT 2
void map_addr(caddr_t *, size_t, offset_t, int, uint_t) SUNDOG_ABSENT(map_addr);

int pf_is_memory(pfn_t) SUNDOG_LINK(pf_is_memory);

extern pgcnt_t freemem SUNDOG_LINK(freemem);

/* What comes along with it. */
#include <sys/user.h>

#endif
