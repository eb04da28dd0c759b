/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/debug.h>: assertions.  ASSERT is checked in a driver compiled with -DDEBUG, VERIFY always. */
#ifndef _SYS_DEBUG_H
#define _SYS_DEBUG_H

#include <sys/note.h>
#include <sys/types.h>

void assfail(const char *, const char *, int) SUNDOG_LINK(assfail) __attribute__((noreturn));
void assfail3(const char *, uintmax_t, const char *, uintmax_t, const char *, int) SUNDOG_LINK(assfail3);

#define VERIFY(ex) ((void)((ex) || (assfail(#ex, __FILE__, __LINE__), 0)))
#define SUNDOG_VERIFY3(left, op, right, type)                                                        \
	do {                                                                                         \
		const type sundog_left_ = (type)(left);                                              \
		const type sundog_right_ = (type)(right);                                            \
		if (!(sundog_left_ op sundog_right_))                                                \
			assfail3(#left " " #op " " #right, (uintmax_t)sundog_left_, #op,             \
				 (uintmax_t)sundog_right_, __FILE__, __LINE__);                      \
	} while (0)
#define VERIFY3B(l, op, r) SUNDOG_VERIFY3(l, op, r, boolean_t)
#define VERIFY3S(l, op, r) SUNDOG_VERIFY3(l, op, r, int64_t)
#define VERIFY3U(l, op, r) SUNDOG_VERIFY3(l, op, r, uint64_t)
#define VERIFY3P(l, op, r) SUNDOG_VERIFY3(l, op, r, uintptr_t)
#define VERIFY0(ex) VERIFY3S(ex, ==, 0)

#ifdef DEBUG
#define ASSERT(ex) VERIFY(ex)
#define ASSERT3B(l, op, r) VERIFY3B(l, op, r)
#define ASSERT3S(l, op, r) VERIFY3S(l, op, r)
#define ASSERT3U(l, op, r) VERIFY3U(l, op, r)
#define ASSERT3P(l, op, r) VERIFY3P(l, op, r)
#define ASSERT0(ex) VERIFY0(ex)
#else
#define ASSERT(ex) ((void)0)
#define ASSERT3B(l, op, r) ((void)0)
#define ASSERT3S(l, op, r) ((void)0)
#define ASSERT3U(l, op, r) ((void)0)
#define ASSERT3P(l, op, r) ((void)0)
#define ASSERT0(ex) ((void)0)
/* A message: there is no debugger to enter. */
void abort_sequence_enter(char *) SUNDOG_LINK(abort_sequence_enter);

#endif
#define ASSERT64(ex) ASSERT(ex)
#define ASSERT32(ex)
#define IMPLY(a, b) ASSERT(!(a) || (b))
#define EQUIV(a, b) ASSERT(!!(a) == !!(b))

#ifndef CTASSERT
#define CTASSERT(ex) _Static_assert(ex, #ex)
#endif

#endif
