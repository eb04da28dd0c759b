/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tool.h: tools that follow what a program does with its memory: valgrind, if the program runs under it, and
 * MemorySanitizer, if it is built with that.  They do not see what a driver writes, so they are told.
 *
 * valgrind's requests are instructions that do nothing elsewhere; where its header was missing when this library was built,
 * the program is taken for one that runs by itself.  It knows no clone(2) but those of threads, fork and vfork, so what
 * is cloned runs outside of it, on the processor itself.
 */
#ifndef CLIENT_TOOL_H
#define CLIENT_TOOL_H

#include <stdbool.h>
#include <stddef.h>

#ifdef VALGRIND_HEADERS
#include <valgrind/memcheck.h>
#else
#define RUNNING_ON_VALGRIND 0
#define VALGRIND_NON_SIMD_CALL1(run, arg) run(0, arg)
#define VALGRIND_MAKE_MEM_DEFINED(addr, len) ((void)(addr), (void)(len))
#endif

/* In the program, or not at all. */
extern void __msan_unpoison(const volatile void *addr, size_t len) __attribute__((weak));

static inline bool tool_valgrind(void)
{
	return RUNNING_ON_VALGRIND;
}

static inline long tool_run_outside(long (*run)(unsigned long thread, void *arg), void *arg)
{
	return (long)VALGRIND_NON_SIMD_CALL1(run, arg);
}

/* Somebody wants to know of tool_written(). */
static inline bool tool_watches(void)
{
	return tool_valgrind() || __msan_unpoison;
}

static inline void tool_written(void *addr, size_t len)
{
	(void)VALGRIND_MAKE_MEM_DEFINED(addr, len);
	if (__msan_unpoison)
		__msan_unpoison(addr, len);
}

#endif
