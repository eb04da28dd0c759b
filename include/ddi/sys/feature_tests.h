/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/feature_tests.h>: what the standards leave to choice, as a kernel module sees it. */
#ifndef _SYS_FEATURE_TESTS_H
#define _SYS_FEATURE_TESTS_H

#include <sys/ccompile.h>
#include <sys/isa_defs.h>

#define _DTRACE_VERSION 1
#ifndef _FILE_OFFSET_BITS
#define _FILE_OFFSET_BITS 64
#endif
#define _LARGEFILE_SOURCE 1
#ifndef _LARGEFILE64_SOURCE
#define _LARGEFILE64_SOURCE 1
#endif
#define _LONGLONG_TYPE
#define _STDC_C99
#define _XOPEN_VERSION 3
#define _ISO_CPP_14882_1998
#define _ISO_C_9899_1999
#define _ISO_C_9899_2011
#define __EXT1_VISIBLE 0

/* `restrict` is a word of C99, and none of C++. */
#if defined(__cplusplus) || !defined(__STDC_VERSION__) || __STDC_VERSION__ < 199901L
#define _RESTRICT_KYWD __restrict
#else
#define _RESTRICT_KYWD restrict
#endif
#define _NORETURN_KYWD
#define _C23_UNSEQ_ATTR

#endif
