/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/open.h>: types of open, the otyp argument of open(9E) and close(9E). */
#ifndef _SYS_OPEN_H
#define _SYS_OPEN_H

#define OTYPCNT 5
#define OTYP_BLK 0
#define OTYP_MNT 1
#define OTYP_CHR 2
#define OTYP_SWP 3
#define OTYP_LYR 4

#endif
