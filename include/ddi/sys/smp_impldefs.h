/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/smp_impldefs.h>: the inside of multiprocessing. */
#ifndef _SYS_SMP_IMPLDEFS_H
#define _SYS_SMP_IMPLDEFS_H

#include <sys/types.h>

/* What comes along with it. */
#include <sys/cpuvar.h>
#include <sys/pic.h>
#include <sys/sunddi.h>

#endif
