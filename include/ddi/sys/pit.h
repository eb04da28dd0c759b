/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/pit.h>: the timer chip of the PC. */
#ifndef _SYS_PIT_H
#define _SYS_PIT_H

#define PITAUX_GATE2 1
#define PITAUX_OUT2 2
#define PITAUX_PORT 0x61

#define PIT_C0 0
#define PIT_ENDSIGMODE 0
#define PIT_READBACKC0 2
#define PIT_NDIVMODE 4
#define PIT_RATEMODE 6
#define PIT_SQUAREMODE 6
#define PIT_LOADMODE 0x30
#define PIT_READMODE 0x30
#define PIT_C1 0x40
#define PIT_C2 0x80
#define PIT_READBACK 0xc0
#define PIT_HZ 1193182

#define SANITY_CTR0 0x48
#define SANITY_CTL 0x4b
#define SANITY_CHECK 0x461
#define SANITY_NUM 0xffff

#define ENABLE_SANITY 4
#define FAILSAFE_NMI 0x80
#define PITCTL_PORT 0x43
#define PITCTR0_PORT 0x40
#define PITCTR1_PORT 0x41
#define PITCTR2_PORT 0x42
#define PITSTAT_NULLCNT 6
#define PITSTAT_OUTPUT 7
#define RESET_SANITY 0

#endif
