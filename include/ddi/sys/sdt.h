/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/sdt.h>: probes: DTRACE_PROBE and its kin leave nothing in the code. */
#ifndef _SYS_SDT_H
#define _SYS_SDT_H

#include <sys/types.h>

#define DTRACE_IO(name) ((void)0)
#define DTRACE_IO1(name, type1, value1) ((void)0)
#define DTRACE_IO2(name, type1, value1, type2, value2) ((void)0)
#define DTRACE_IO3(name, type1, value1, type2, value2, type3, value3) ((void)0)
#define DTRACE_IO4(name, type1, value1, type2, value2, type3, value3, type4, value4) ((void)0)
#define DTRACE_NFSV3_3(name, type1, value1, type2, value2, type3, value3) ((void)0)
#define DTRACE_NFSV3_4(name, type1, value1, type2, value2, type3, value3, type4, value4) ((void)0)
#define DTRACE_NFSV4_1(name, type1, value1) ((void)0)
#define DTRACE_NFSV4_2(name, type1, value1, type2, value2) ((void)0)
#define DTRACE_NFSV4_3(name, type1, value1, type2, value2, type3, value3) ((void)0)
#define DTRACE_PROBE(name) ((void)0)
#define DTRACE_PROBE1(name, type1, value1) ((void)0)
#define DTRACE_PROBE2(name, type1, value1, type2, value2) ((void)0)
#define DTRACE_PROBE3(name, type1, value1, type2, value2, type3, value3) ((void)0)
#define DTRACE_PROBE4(name, type1, value1, type2, value2, type3, value3, type4, value4) ((void)0)
#define DTRACE_PROBE5(name, type1, value1, type2, value2, type3, value3, type4, value4, type5, value5) ((void)0)
#define DTRACE_PROBE6(name, type1, value1, type2, value2, type3, value3, type4, value4, type5, value5, type6, value6) ((void)0)
#define DTRACE_PROC(name) ((void)0)
#define DTRACE_PROC1(name, type1, value1) ((void)0)
#define DTRACE_PROC2(name, type1, value1, type2, value2) ((void)0)
#define DTRACE_PROC3(name, type1, value1, type2, value2, type3, value3) ((void)0)
#define DTRACE_PROC4(name, type1, value1, type2, value2, type3, value3, type4, value4) ((void)0)
#define DTRACE_SCHED(name) ((void)0)
#define DTRACE_SCHED1(name, type1, value1) ((void)0)
#define DTRACE_SCHED2(name, type1, value1, type2, value2) ((void)0)
#define DTRACE_SCHED3(name, type1, value1, type2, value2, type3, value3) ((void)0)
#define DTRACE_SCHED4(name, type1, value1, type2, value2, type3, value3, type4, value4) ((void)0)
#define DTRACE_SYSEVENT2(name, type1, value1, type2, value2) ((void)0)
#define DTRACE_XPV(name) ((void)0)
#define DTRACE_XPV1(name, type1, value1) ((void)0)
#define DTRACE_XPV2(name, type1, value1, type2, value2) ((void)0)
#define DTRACE_XPV3(name, type1, value1, type2, value2, type3, value3) ((void)0)
#define DTRACE_XPV4(name, type1, value1, type2, value2, type3, value3, type4, value4) ((void)0)

/* Not provided: what they are about is not simulated. */
extern const char *sdt_prefix SUNDOG_ABSENT(sdt_prefix);

/* What comes along with it. */
#include <sys/stdint.h>

#endif
