/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/cpuvar.h>: processors. */
#ifndef _SYS_CPUVAR_H
#define _SYS_CPUVAR_H

#include <sys/mutex.h>
#include <sys/processor.h>
#include <sys/types.h>

extern int ncpus SUNDOG_LINK(ncpus);
extern int ncpus_online SUNDOG_LINK(ncpus_online);

/* Drivers read these fields; everything else is the framework's. */
typedef struct cpu {
	processorid_t cpu_id;
	processorid_t cpu_seqid;
	processor_info_t cpu_type_info;
	uint64_t cpu_curr_clock; /* hertz; 0: not known */
} cpu_t;

/* By number, NULL behind the last; all of them are on line for good. */
extern struct cpu *cpu[] SUNDOG_LINK(cpu);
extern processorid_t max_cpuid SUNDOG_LINK(max_cpuid);
extern int max_ncpus SUNDOG_LINK(max_ncpus);
extern int boot_max_ncpus SUNDOG_LINK(boot_max_ncpus);
/* Held by who looks at processors, and adds and removes cyclics. */
extern kmutex_t cpu_lock SUNDOG_LINK(cpu_lock);
/* With cpu_lock held (else panic); NULL: no such processor. */
cpu_t *cpu_get(processorid_t) SUNDOG_LINK(cpu_get);

#define CPU_BEST (-4)
#define CPU_CURRENT (-3)

/* What comes along with it. */
#include <sys/avintr.h>
#include <sys/bitmap.h>
#include <sys/disp.h>
#include <sys/file.h>
#include <sys/stddef.h>
#include <sys/x_call.h>

#endif
