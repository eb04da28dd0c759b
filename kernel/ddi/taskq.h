/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KERNEL_DDI_TASKQ_H
#define KERNEL_DDI_TASKQ_H

/* Makes system_taskq; waits for its tasks and frees it. */
void taskq_boot(void);
void taskq_halt(void);

#endif
