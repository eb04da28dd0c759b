/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/dumpadm.h>: dumps of the system: ioctls. */
#ifndef _SYS_DUMPADM_H
#define _SYS_DUMPADM_H

#include <sys/types.h>

#define DUMP_EXCL 1
#define DUMP_STATE 0xffff
#define DUMP_KERNEL 0x10000
#define DUMP_ALL 0x20000
#define DUMP_CURPROC 0x40000
#define DUMP_CONTENT 0xffff0000

#define DDIOC 0xdd00
#define DIOCDUMP 0xdd16
#define DIOCGETCONF 0xdd11
#define DIOCGETDEV 0xdd13
#define DIOCGETDUMPSIZE 0xdd10
#define DIOCGETUUID 0xdd18
#define DIOCRMDEV 0xdd19
#define DIOCSETCONF 0xdd12
#define DIOCSETDEV 0xdd14
#define DIOCSETUUID 0xdd17
#define DIOCTRYDEV 0xdd15

#endif
