/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/cpu.h>: the processor. */
#ifndef _SYS_CPU_H
#define _SYS_CPU_H

#include <sys/types.h>

/* Not provided: what they are about is not simulated. */
void cli(void) SUNDOG_ABSENT(cli);
void sti(void) SUNDOG_ABSENT(sti);

#endif
