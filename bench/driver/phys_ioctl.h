/* SPDX-License-Identifier: BSD-2-Clause */
/* phys_ioctl.h: what phys.c and its application agree on. */
#ifndef PHYS_IOCTL_H
#define PHYS_IOCTL_H

#define PHYS_MAPIN (('P' << 8) | 0)  /* arg: struct phys_range: locks it, and maps it into the kernel */
#define PHYS_RELEASE (('P' << 8) | 1) /* undoes that */
#define PHYS_LOCK (('P' << 8) | 2)   /* arg: struct phys_range: locks and unlocks it */

struct phys_range { unsigned long long addr, len; };

#endif
