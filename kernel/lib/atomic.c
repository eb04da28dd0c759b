/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <sys/atomic.h>

#define ORDER __ATOMIC_SEQ_CST

/* One function that discards the new value and one that returns it. */
#define ATOMIC_UNARY(name, type, op, by) \
	void atomic_##name(volatile type *p) \
	{ \
		(void)__atomic_##op##_fetch(p, by, ORDER); \
	} \
	type atomic_##name##_nv(volatile type *p) \
	{ \
		return __atomic_##op##_fetch(p, by, ORDER); \
	}
#define ATOMIC_BINARY(name, type, operand, op) \
	void atomic_##name(volatile type *p, operand v) \
	{ \
		(void)__atomic_##op##_fetch(p, (type)v, ORDER); \
	} \
	type atomic_##name##_nv(volatile type *p, operand v) \
	{ \
		return __atomic_##op##_fetch(p, (type)v, ORDER); \
	}
#define ATOMIC_EXCHANGE(name, type) \
	type atomic_cas_##name(volatile type *p, type expected, type desired) \
	{ \
		(void)__atomic_compare_exchange_n(p, &expected, desired, false, ORDER, ORDER); \
		return expected; \
	} \
	type atomic_swap_##name(volatile type *p, type v) \
	{ \
		return __atomic_exchange_n(p, v, ORDER); \
	}

/* The type's name in inc, dec, or, and, cas, swap; the same in add, with its signed operand. */
#define ATOMIC_ALL(name, type, add_name, operand) \
	ATOMIC_UNARY(inc_##name, type, add, 1) \
	ATOMIC_UNARY(dec_##name, type, sub, 1) \
	ATOMIC_BINARY(add_##add_name, type, operand, add) \
	ATOMIC_BINARY(or_##name, type, type, or) \
	ATOMIC_BINARY(and_##name, type, type, and) \
	ATOMIC_EXCHANGE(name, type)

ATOMIC_ALL(8, uint8_t, 8, int8_t)
ATOMIC_ALL(uchar, uchar_t, char, signed char)
ATOMIC_ALL(16, uint16_t, 16, int16_t)
ATOMIC_ALL(ushort, ushort_t, short, short)
ATOMIC_ALL(32, uint32_t, 32, int32_t)
ATOMIC_ALL(uint, uint_t, int, int)
ATOMIC_ALL(64, uint64_t, 64, int64_t)
ATOMIC_ALL(ulong, ulong_t, long, long)

static volatile uintptr_t *word_of(volatile void *p)
{
	return (volatile uintptr_t *)p;
}

void atomic_add_ptr(volatile void *p, ssize_t delta)
{
	(void)__atomic_add_fetch(word_of(p), (uintptr_t)delta, ORDER);
}

void *atomic_add_ptr_nv(volatile void *p, ssize_t delta)
{
	return (void *)__atomic_add_fetch(word_of(p), (uintptr_t)delta, ORDER);
}

void *atomic_cas_ptr(volatile void *p, void *expected, void *desired)
{
	uintptr_t seen = (uintptr_t)expected;

	(void)__atomic_compare_exchange_n(word_of(p), &seen, (uintptr_t)desired, false, ORDER, ORDER);
	return (void *)seen;
}

void *atomic_swap_ptr(volatile void *p, void *v)
{
	return (void *)__atomic_exchange_n(word_of(p), (uintptr_t)v, ORDER);
}

int atomic_set_long_excl(volatile ulong_t *p, uint_t bit)
{
	ulong_t mask = 1ul << bit;

	return (__atomic_fetch_or(p, mask, ORDER) & mask) != 0 ? -1 : 0;
}

int atomic_clear_long_excl(volatile ulong_t *p, uint_t bit)
{
	ulong_t mask = 1ul << bit;

	return (__atomic_fetch_and(p, ~mask, ORDER) & mask) == 0 ? -1 : 0;
}

#ifndef __SANITIZE_THREAD__
#define FENCE(order) __atomic_thread_fence(order)
#else
/* ThreadSanitizer does not follow fences: gcc refuses them; a read-modify-write orders as well. */
static int fence_word;
#define FENCE(order) ((void)__atomic_fetch_add(&fence_word, 0, ORDER))
#endif

void membar_enter(void)
{
	FENCE(__ATOMIC_SEQ_CST);
}

void membar_exit(void)
{
	FENCE(__ATOMIC_SEQ_CST);
}

void membar_producer(void)
{
	FENCE(__ATOMIC_SEQ_CST);
}

void membar_consumer(void)
{
	FENCE(__ATOMIC_SEQ_CST);
}
