/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/cpupart.h>: sets of processors; there is one, with all of them. */
#ifndef _SYS_CPUPART_H
#define _SYS_CPUPART_H

#include <sys/types.h>

typedef struct cpupart cpupart_t;
typedef int cpupartid_t;

/* What comes along with it. */
#include <sys/cpuvar.h>
#include <sys/zone.h>
#include <vm/seg.h>

#endif
