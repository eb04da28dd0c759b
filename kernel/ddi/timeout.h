/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KERNEL_DDI_TIMEOUT_H
#define KERNEL_DDI_TIMEOUT_H

/* At the halt: no timeout fires any more; what is pending stays in the register of leaks. */
void timeouts_halt(void);

#endif
