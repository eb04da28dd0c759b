/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/machsystm.h>: what of the system depends on the machine. */
#ifndef _SYS_MACHSYSTM_H
#define _SYS_MACHSYSTM_H

#include <sys/types.h>
#include <sys/cpuvar.h>
#include <sys/time.h>

extern struct cpu *cpu[] SUNDOG_LINK(cpu);

/* Not provided: what they are about is not simulated. */
int kcpc_hw_load_pcbe(void) SUNDOG_ABSENT(kcpc_hw_load_pcbe);
void memscrub_disable(void) SUNDOG_ABSENT(memscrub_disable);
hrtime_t tsc_gethrtime_params(uint64_t *, uint32_t *, uint8_t *) SUNDOG_ABSENT(tsc_gethrtime_params);
hrtime_t tsc_gethrtime_tick_delta(void) SUNDOG_ABSENT(tsc_gethrtime_tick_delta);

/* What comes along with it. */
#include <sys/systm.h>
#include <vm/seg.h>

#endif
