/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KERNEL_DDI_SYNC_TIMEOUT_H
#define KERNEL_DDI_SYNC_TIMEOUT_H

#include <stdint.h>

/*
 * At the halt: no timeout fires any more; what is pending stays in the register of leaks.  A function that has not
 * returned by then (monotonic nanoseconds) is reported, and its thread is left behind.
 */
void timeouts_halt(uint64_t deadline);

#endif
