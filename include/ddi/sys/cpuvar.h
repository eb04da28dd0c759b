/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/cpuvar.h>: processors. */
#ifndef _SYS_CPUVAR_H
#define _SYS_CPUVAR_H

#include <sys/types.h>

extern int ncpus SUNDOG_LINK(ncpus);
extern int ncpus_online SUNDOG_LINK(ncpus_online);

#endif
