/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/obpdefs.h>: names and numbers of the firmware's device tree. */
#ifndef _SYS_OBPDEFS_H
#define _SYS_OBPDEFS_H

#include <sys/types.h>

#define OBP_BADNODE (-1)
#define OBP_NONODE 0
#define OBP_MAXPROPNAME 32
#define OBP_STACKDEPTH 85
#define OBP_MAXPATHLEN 256

#define OBP_CPU "cpu"

typedef int phandle_t;
typedef phandle_t pnode_t;

#endif
