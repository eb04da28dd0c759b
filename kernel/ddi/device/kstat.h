/* SPDX-License-Identifier: BSD-2-Clause */
/* kstat.h: statistics, for those who show them. */
#ifndef KERNEL_DDI_DEVICE_KSTAT_H
#define KERNEL_DDI_DEVICE_KSTAT_H

#include <sys/kstat.h>

/* Brings the named or raw data up to date and calls fn with it, under the driver's ks_lock, for each installed one. */
void kstat_each(void (*fn)(void *arg, kstat_t *), void *arg);

#endif
