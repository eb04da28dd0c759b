/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/clock.h>: the machine's clock. */
#ifndef _SYS_CLOCK_H
#define _SYS_CLOCK_H

#include <sys/types.h>
#include <sys/time.h>

/* Not provided: what they are about is not simulated. */
hrtime_t tsc_read(void) SUNDOG_ABSENT(tsc_read);

/* What comes along with it. */
#include <sys/processor.h>
#include <sys/spl.h>

#endif
