/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/ivintr.h>: interrupt vectors of another machine. */
#ifndef _SYS_IVINTR_H
#define _SYS_IVINTR_H

#include <sys/types.h>

typedef uint_t (*softintrfunc)(caddr_t, caddr_t);

/* Not provided: what they are about is not simulated. */
int rem_softintr(uint64_t) SUNDOG_ABSENT(rem_softintr);

/* What comes along with it. */
#include <sys/intreg.h>
#include <sys/param.h>

#endif
