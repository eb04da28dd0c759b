/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/consdev.h>: the system's console. */
#ifndef _SYS_CONSDEV_H
#define _SYS_CONSDEV_H

#include <sys/types.h>

/* Not provided: what they are about is not simulated. */
extern dev_t fbdev SUNDOG_ABSENT(fbdev);
extern dev_t rconsdev SUNDOG_ABSENT(rconsdev);

/* What comes along with it. */
#include <sys/dditypes.h>

#endif
