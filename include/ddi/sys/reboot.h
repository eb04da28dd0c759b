/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/reboot.h>: how the system was booted. */
#ifndef _SYS_REBOOT_H
#define _SYS_REBOOT_H

#include <sys/types.h>

#define RB_ASKNAME 1
#define RB_AUTOBOOT 0
#define RB_CONFIG 0x800
#define RB_DEBUG 0x40
#define RB_DEBUGENTER 0x80000
#define RB_DUMP 0x80
#define RB_FORTHDEBUG 0x4000
#define RB_FORTHDEBUGDBP 0x8000
#define RB_HALT 8
#define RB_INITNAME 0x10
#define RB_KMDB 0x20000
#define RB_NOBOOTCLUSTER 0x40000
#define RB_NOBOOTRC 0x20
#define RB_NOSYNC 4
#define RB_RECONFIG 0x1000
#define RB_SINGLE 2
#define RB_STRING 0x200
#define RB_VERBOSE 0x2000
#define RB_WRITABLE 0x100

/* RB_*: nothing in particular. */
extern int boothowto SUNDOG_LINK(boothowto);

#endif
