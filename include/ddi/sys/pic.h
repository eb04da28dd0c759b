/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/pic.h>: a controller of fans and temperatures: its registers. */
#ifndef _SYS_PIC_H
#define _SYS_PIC_H

#include <sys/types.h>

#define PIC_86MODE 1
#define PIC_NEEDICW4 1
#define PIC_AUTOEOI 2
#define PIC_LTIM 8
#define PIC_SLAVEBUF 8
#define PIC_READIRR 0xa
#define PIC_READISR 0xb
#define PIC_MASTERBUF 0xc
#define PIC_ICW1BASE 0x10
#define PIC_SPFMODE 0x10
#define PIC_NSEOI 0x20
#define PIC_VECTBASE 0x20
#define PIC_SEOI 0x60

#define CLOCK_VECTOR 0
#define MASTERLINE 2
#define MCMD_PORT 0x20
#define MIMR_PORT 0x21
#define NPIC 2
#define PICBUFFERED 0
#define PIC_SEOI_LVL7 0x67
#define SCMD_PORT 0xa0
#define SIMR_PORT 0xa1
#define SLAVEBASE 8

struct standard_pic {
	short c_npic;
	uchar_t c_curmask[2];
	uchar_t c_iplmask[32];
};

/* What comes along with it. */
#include <sys/avintr.h>

#endif
