/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KERNEL_SYS_SYSTEM_H
#define KERNEL_SYS_SYSTEM_H

#include "kernel/sys/sys.h"

extern struct sys_config sys_config; /* constant from sys_boot() to sys_halt() */

#endif
