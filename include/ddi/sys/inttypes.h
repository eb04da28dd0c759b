/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/inttypes.h>: integers of fixed width, their ranges, constants and formats. */
#ifndef _SYS_INTTYPES_H
#define _SYS_INTTYPES_H

#include <sys/feature_tests.h>
#include <sys/int_const.h>
#include <sys/int_fmtio.h>
#include <sys/int_limits.h>
#include <sys/int_types.h>

#endif
