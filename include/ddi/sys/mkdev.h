/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/mkdev.h>: device numbers: the functions are in <sys/ddi.h>. */
#ifndef _SYS_MKDEV_H
#define _SYS_MKDEV_H

#include <sys/types.h>

#define NBITSMAJOR64 32
#define NBITSMINOR64 32
#define MAXMAJ64 0xffffffffu
#define MAXMIN64 0xffffffffu
#define MAXMAJ MAXMAJ64
#define MAXMIN MAXMIN64 /* largest minor number */

#define MAXMAJ32 0x3fff
#define MAXMIN32 0x3ffff
#define NBITSMINOR32 18

#endif
