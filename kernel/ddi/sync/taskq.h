/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KERNEL_DDI_SYNC_TASKQ_H
#define KERNEL_DDI_SYNC_TASKQ_H

#include <stdint.h>

/* Makes system_taskq. */
void taskq_boot(void);
/*
 * Waits for its tasks and frees it.  Tasks that have not returned by then (monotonic nanoseconds), of any queue, are
 * reported, and their threads are left behind.
 */
void taskq_halt(uint64_t deadline);

#endif
