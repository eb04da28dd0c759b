/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/tuneable.h>: parameters of the system. */
#ifndef _SYS_TUNEABLE_H
#define _SYS_TUNEABLE_H

#include <sys/types.h>

typedef struct tune {
	int t_gpgslo;
	int t_fsflushr;
	pgcnt_t t_minarmem;
	pgcnt_t t_minasmem;
	int t_flckrec;
} tune_t;

extern tune_t tune SUNDOG_ABSENT(tune);

#endif
