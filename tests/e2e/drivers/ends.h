/* SPDX-License-Identifier: BSD-2-Clause */
/* ends.h: between the driver ends and its application. */
#ifndef ENDS_H
#define ENDS_H

struct ends_range {
	unsigned long long addr, len, sum;
};

#define ENDS_WAIT 0x4501   /* takes the driver's mutex, which the callbacks of all processes take, too */
#define ENDS_SUM 0x4502    /* sum of the bytes of a struct ends_range, by ddi_copyin(9F) */
#define ENDS_LOCKED 0x4503 /* the same of pages that are locked meanwhile, at a kernel address */

#endif
