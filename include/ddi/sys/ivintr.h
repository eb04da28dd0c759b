/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/ivintr.h>: interrupt vectors of another machine. */
#ifndef _SYS_IVINTR_H
#define _SYS_IVINTR_H

#include <sys/types.h>

typedef enum softint_type softint_type_t;
typedef uint_t (*softintrfunc)(caddr_t, caddr_t);

/* Not provided: what they are about is not simulated. */
uint64_t add_softintr(uint_t, softintrfunc, caddr_t, softint_type_t) SUNDOG_ABSENT(add_softintr);
int rem_softintr(uint64_t) SUNDOG_ABSENT(rem_softintr);

/* What comes along with it. */
#include <sys/intreg.h>
#include <sys/param.h>

#endif
