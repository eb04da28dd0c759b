/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/stdint.h>: integers of fixed width, their ranges and constants. */
#ifndef _SYS_STDINT_H
#define _SYS_STDINT_H

#include <sys/int_const.h>
#include <sys/int_limits.h>
#include <sys/int_types.h>

#endif
