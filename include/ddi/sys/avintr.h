/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/avintr.h>: interrupt vectors. */
#ifndef _SYS_AVINTR_H
#define _SYS_AVINTR_H

#include <sys/types.h>
#include <sys/dditypes.h>

typedef uint_t (*avfunc)(caddr_t, caddr_t);

/* Not provided: what they are about is not simulated. */
int add_avintr(void *, int, avfunc, char *, int, caddr_t, caddr_t, uint64_t *, dev_info_t *) SUNDOG_ABSENT(add_avintr);
void rem_avintr(void *, int, avfunc, int) SUNDOG_ABSENT(rem_avintr);

/* What comes along with it. */
#include <sys/ddi_intr.h>

#endif
