/* SPDX-License-Identifier: BSD-2-Clause */
/* What drivers/ctx and its applications agree on. */
#ifndef CTX_IOCTL_H
#define CTX_IOCTL_H

#define CTX_IOC_SWITCHES (('C' << 8) | 1) /* returns context switches so far (modulo 2^31) */
#define CTX_IOC_TIMEOUT (('C' << 8) | 2)  /* arg: ticks that each later mapping holds the device at least */

#endif
