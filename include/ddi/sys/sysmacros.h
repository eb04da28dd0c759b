/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/sysmacros.h>: arithmetic macros.  getmajor(9F), getminor(9F), makedevice(9F) are functions, in
 * <sys/ddi.h>.
 */
#ifndef _SYS_SYSMACROS_H
#define _SYS_SYSMACROS_H

#include <sys/param.h>
#include <sys/types.h>

#ifndef MIN
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#endif
#ifndef MAX
#define MAX(a, b) ((a) < (b) ? (b) : (a))
#endif
#ifndef ABS
#define ABS(a) ((a) < 0 ? -(a) : (a))
#endif
#ifndef SIGNOF
#define SIGNOF(a) ((a) < 0 ? -1 : (a) > 0)
#endif

#define howmany(x, y) (((x) + ((y) - 1)) / (y))
#define roundup(x, y) ((((x) + ((y) - 1)) / (y)) * (y))
#define rounddown(x, y) (((x) / (y)) * (y))

#define ISP2(x) (((x) & ((x) - 1)) == 0)

/* align is a power of two. */
#define P2ALIGN(x, align) ((x) & -(align))
#define P2PHASE(x, align) ((x) & ((align) - 1))
#define P2NPHASE(x, align) (-(x) & ((align) - 1))
#define P2ROUNDUP(x, align) (-(-(x) & -(align)))
#define P2END(x, align) (-(~(x) & -(align)))
#define P2PHASEUP(x, align, phase) ((phase) - (((phase) - (x)) & -(align)))
#define P2CROSS(x, y, align) (((x) ^ (y)) > (align) - 1)
#define P2SAMEHIGHBIT(x, y) (((x) ^ (y)) < ((x) & (y)))
#define P2BOUNDARY(off, len, align) (((off) ^ ((off) + (len) - 1)) > (align) - 1)
#define IS_P2ALIGNED(v, a) ((((uintptr_t)(v)) & ((uintptr_t)(a) - 1)) == 0)
#define P2ALIGN_TYPED(x, align, type) ((type)(x) & -(type)(align))
#define P2PHASE_TYPED(x, align, type) ((type)(x) & ((type)(align) - 1))
#define P2NPHASE_TYPED(x, align, type) (-(type)(x) & ((type)(align) - 1))
#define P2ROUNDUP_TYPED(x, align, type) (-(-(type)(x) & -(type)(align)))
#define P2END_TYPED(x, align, type) (-(~(type)(x) & -(type)(align)))

#define ARRAY_SIZE(x) (sizeof (x) / sizeof ((x)[0]))

#define INCR_COUNT(var, mutex) mutex_enter(mutex), (*(var))++, mutex_exit(mutex)
#define DECR_COUNT(var, mutex) mutex_enter(mutex), (*(var))--, mutex_exit(mutex)

#define O_BITSMINOR 8
#define L_BITSMINOR 32
#define L_BITSMAJOR 32
#define L_MAXMIN 0xffffffffu
#define L_MAXMAJ 0xffffffffu

/* What comes along with it. */
#include <sys/stddef.h>

#endif
