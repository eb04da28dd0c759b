/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/int_const.h>: constants of the integers of fixed width. */
#ifndef _SYS_INT_CONST_H
#define _SYS_INT_CONST_H

#include <sys/feature_tests.h>

#define __CONCAT__(a, b) a##b

#define INT8_C(c) (c)
#define INT16_C(c) (c)
#define INT32_C(c) (c)
#define INT64_C(c) __CONCAT__(c, l)
#define UINT8_C(c) __CONCAT__(c, u)
#define UINT16_C(c) __CONCAT__(c, u)
#define UINT32_C(c) __CONCAT__(c, u)
#define UINT64_C(c) __CONCAT__(c, ul)
#define INTMAX_C(c) __CONCAT__(c, l)
#define UINTMAX_C(c) __CONCAT__(c, ul)

#endif
