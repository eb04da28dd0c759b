/* SPDX-License-Identifier: BSD-2-Clause */
/* periodic.h: functions that are called again and again: ddi_periodic_add(9F), cyclic_add(9F). */
#ifndef KERNEL_DDI_SYNC_PERIODIC_H
#define KERNEL_DDI_SYNC_PERIODIC_H

#include <stdbool.h>
#include <stdint.h>

/* At the halt: what drivers have left is told as leaked, and not called any more. */
void periodic_halt(uint64_t deadline);

#endif
