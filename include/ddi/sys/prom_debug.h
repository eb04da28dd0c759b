/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/prom_debug.h>: messages of the start of the system. */
#ifndef _SYS_PROM_DEBUG_H
#define _SYS_PROM_DEBUG_H

#define PRM_DEBUG(expression) ((void)0)

/* What comes along with it. */
#include <sys/promif.h>

#endif
