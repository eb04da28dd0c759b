/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/auxv.h>: what the machine can do, as programs are told. */
#ifndef _SYS_AUXV_H
#define _SYS_AUXV_H

#include <sys/types.h>

/* Not provided: what they are about is not simulated. */
extern uint_t auxv_hwcap SUNDOG_ABSENT(auxv_hwcap);
extern uint_t auxv_hwcap32 SUNDOG_ABSENT(auxv_hwcap32);

#endif
