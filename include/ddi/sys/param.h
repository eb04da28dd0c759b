/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/param.h>: sizes and limits of the system; pages and ticks. */
#ifndef _SYS_PARAM_H
#define _SYS_PARAM_H

#include <sys/int_limits.h>
#include <sys/types.h>

/* A signed int, so that `offset & PAGEMASK` keeps the high bits of a 64-bit offset. */
#define PAGESHIFT 12
#define PAGESIZE (1 << PAGESHIFT)
#define PAGEOFFSET (PAGESIZE - 1)
#define PAGEMASK (~PAGEOFFSET)
#define MMU_PAGESHIFT PAGESHIFT
#define MMU_PAGESIZE PAGESIZE
#define MMU_PAGEOFFSET PAGEOFFSET
#define MMU_PAGEMASK PAGEMASK

#define NBBY 8      /* bits in a byte */
#define NBPW sizeof (int)
#define DEV_BSIZE 512
#define DEV_BSHIFT 9
#define MAXPATHLEN 1024
#define MAXNAMELEN 256
#define MAXCOMLEN 16 /* of a process's name */
#define MAXLINKNAMELEN 32
#define NGROUPS_UMAX 1024
#define NGROUPS_MAX_DEFAULT 16
#define MAXSYMLINKS 20
#define NZERO 20
#define MAXBSIZE 8192
#define SSIZE 4096
#ifndef PATH_MAX
#define PATH_MAX 1024
#endif

/* Dispatch priorities: minclsyspri and maxclsyspri in <sys/disp.h>. */

#define MAXPROJID 2147483647
#define UID_NOBODY 60001
#define GID_NOBODY UID_NOBODY
#define UID_NOACCESS 60002

#define lbtodb(bytes) ((u_offset_t)(bytes) >> DEV_BSHIFT)
#define ldbtob(db) ((u_offset_t)(db) << DEV_BSHIFT)
#define btodb(bytes) ((daddr_t)((ulong_t)(bytes) >> DEV_BSHIFT))
#define dbtob(db) ((ulong_t)(db) << DEV_BSHIFT)

/* Ticks: hz is 100 unless the system was started with another rate. */
extern int hz SUNDOG_LINK(hz);
extern int tick_per_msec SUNDOG_LINK(tick_per_msec); /* 0 if hz < 1000 */
extern int msec_per_tick SUNDOG_LINK(msec_per_tick); /* 0 if hz > 1000 */
extern int usec_per_tick SUNDOG_LINK(usec_per_tick);
extern int nsec_per_tick SUNDOG_LINK(nsec_per_tick);

#define HZ ((clock_t)hz)

void drv_usecwait(clock_t) SUNDOG_LINK(drv_usecwait);

#define MAXOFFSET_T 0x7fffffffffffffffl
#define NBPSCTR 512
#define SCTRSHFT 9
#define TYPICALMAXPATHLEN 64

/* Waits until the condition holds, n microseconds at most. */
#define CDELAY(condition, n) \
	do { \
		for (int n_ = (n); n_ > 0 && !(condition); n_--) \
			drv_usecwait(1); \
	} while (0)
#define mmu_btop(x) ((ulong_t)(x) >> MMU_PAGESHIFT)
#define mmu_btopr(x) (((ulong_t)(x) + MMU_PAGEOFFSET) >> MMU_PAGESHIFT)
#define mmu_ptob(x) ((ulong_t)(x) << MMU_PAGESHIFT)

/* What comes along with it. */
#include <sys/null.h>

#endif
