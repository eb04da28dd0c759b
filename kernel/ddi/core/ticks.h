/* SPDX-License-Identifier: BSD-2-Clause */
/* ticks.h: the clock in ticks of 1 / hz seconds; lbolt counts from sys_boot(). */
#ifndef KERNEL_DDI_CORE_TICKS_H
#define KERNEL_DDI_CORE_TICKS_H

#include <sys/types.h>

/* rate: ticks per second, 0 = 100; EINVAL beyond 1 to 1000000. */
int ticks_boot(unsigned rate);
uint64_t ticks_nanoseconds(void); /* of one tick */
/* host_time_monotonic() at which lbolt reaches when, or delta ticks from now; past if they are. */
uint64_t ticks_deadline(clock_t when);
uint64_t ticks_deadline_in(clock_t delta);

#endif
