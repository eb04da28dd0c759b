/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/kd.h>: modes of consoles. */
#ifndef _SYS_KD_H
#define _SYS_KD_H

#include <sys/types.h>

#define KD_TEXT 0
#define KD_GRAPHICS 1
#define KD_RESETTEXT 2

#define KDGETMODE 19209
#define KDIOC 0x4b00
#define KDSETMODE 19210

#endif
