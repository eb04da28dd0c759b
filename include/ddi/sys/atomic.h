/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/atomic.h>: atomic_ops(9F) and membar_ops(9F).
 *
 * Each changes *target in one step that no other CPU sees half done.  The target is aligned for its type; any memory
 * will do, also pages that applications have mapped.  Results wrap around as unsigned arithmetic does; the operand of
 * add is signed.  The _nv forms return the new value, cas and swap the old one.  No errors.
 *
 * differs: all are sequentially consistent, where the original promises no order without membar_ops(9F); a driver that
 * is right there is right here.  Context: any, with any locks held.  Source: atomic_ops(9F), membar_ops(9F).
 */
#ifndef _SYS_ATOMIC_H
#define _SYS_ATOMIC_H

#include <sys/types.h>

/* ---- *target += 1, *target -= 1 ---- */

void atomic_inc_8(volatile uint8_t *) SUNDOG_LINK(atomic_inc_8);
uint8_t atomic_inc_8_nv(volatile uint8_t *) SUNDOG_LINK(atomic_inc_8_nv);
void atomic_dec_8(volatile uint8_t *) SUNDOG_LINK(atomic_dec_8);
uint8_t atomic_dec_8_nv(volatile uint8_t *) SUNDOG_LINK(atomic_dec_8_nv);
void atomic_inc_uchar(volatile uchar_t *) SUNDOG_LINK(atomic_inc_uchar);
uchar_t atomic_inc_uchar_nv(volatile uchar_t *) SUNDOG_LINK(atomic_inc_uchar_nv);
void atomic_dec_uchar(volatile uchar_t *) SUNDOG_LINK(atomic_dec_uchar);
uchar_t atomic_dec_uchar_nv(volatile uchar_t *) SUNDOG_LINK(atomic_dec_uchar_nv);
void atomic_inc_16(volatile uint16_t *) SUNDOG_LINK(atomic_inc_16);
uint16_t atomic_inc_16_nv(volatile uint16_t *) SUNDOG_LINK(atomic_inc_16_nv);
void atomic_dec_16(volatile uint16_t *) SUNDOG_LINK(atomic_dec_16);
uint16_t atomic_dec_16_nv(volatile uint16_t *) SUNDOG_LINK(atomic_dec_16_nv);
void atomic_inc_ushort(volatile ushort_t *) SUNDOG_LINK(atomic_inc_ushort);
ushort_t atomic_inc_ushort_nv(volatile ushort_t *) SUNDOG_LINK(atomic_inc_ushort_nv);
void atomic_dec_ushort(volatile ushort_t *) SUNDOG_LINK(atomic_dec_ushort);
ushort_t atomic_dec_ushort_nv(volatile ushort_t *) SUNDOG_LINK(atomic_dec_ushort_nv);
void atomic_inc_32(volatile uint32_t *) SUNDOG_LINK(atomic_inc_32);
uint32_t atomic_inc_32_nv(volatile uint32_t *) SUNDOG_LINK(atomic_inc_32_nv);
void atomic_dec_32(volatile uint32_t *) SUNDOG_LINK(atomic_dec_32);
uint32_t atomic_dec_32_nv(volatile uint32_t *) SUNDOG_LINK(atomic_dec_32_nv);
void atomic_inc_uint(volatile uint_t *) SUNDOG_LINK(atomic_inc_uint);
uint_t atomic_inc_uint_nv(volatile uint_t *) SUNDOG_LINK(atomic_inc_uint_nv);
void atomic_dec_uint(volatile uint_t *) SUNDOG_LINK(atomic_dec_uint);
uint_t atomic_dec_uint_nv(volatile uint_t *) SUNDOG_LINK(atomic_dec_uint_nv);
void atomic_inc_64(volatile uint64_t *) SUNDOG_LINK(atomic_inc_64);
uint64_t atomic_inc_64_nv(volatile uint64_t *) SUNDOG_LINK(atomic_inc_64_nv);
void atomic_dec_64(volatile uint64_t *) SUNDOG_LINK(atomic_dec_64);
uint64_t atomic_dec_64_nv(volatile uint64_t *) SUNDOG_LINK(atomic_dec_64_nv);
void atomic_inc_ulong(volatile ulong_t *) SUNDOG_LINK(atomic_inc_ulong);
ulong_t atomic_inc_ulong_nv(volatile ulong_t *) SUNDOG_LINK(atomic_inc_ulong_nv);
void atomic_dec_ulong(volatile ulong_t *) SUNDOG_LINK(atomic_dec_ulong);
ulong_t atomic_dec_ulong_nv(volatile ulong_t *) SUNDOG_LINK(atomic_dec_ulong_nv);

/* ---- *target += operand; of a pointer: bytes ---- */

void atomic_add_8(volatile uint8_t *, int8_t) SUNDOG_LINK(atomic_add_8);
uint8_t atomic_add_8_nv(volatile uint8_t *, int8_t) SUNDOG_LINK(atomic_add_8_nv);
void atomic_add_char(volatile uchar_t *, signed char) SUNDOG_LINK(atomic_add_char);
uchar_t atomic_add_char_nv(volatile uchar_t *, signed char) SUNDOG_LINK(atomic_add_char_nv);
void atomic_add_16(volatile uint16_t *, int16_t) SUNDOG_LINK(atomic_add_16);
uint16_t atomic_add_16_nv(volatile uint16_t *, int16_t) SUNDOG_LINK(atomic_add_16_nv);
void atomic_add_short(volatile ushort_t *, short) SUNDOG_LINK(atomic_add_short);
ushort_t atomic_add_short_nv(volatile ushort_t *, short) SUNDOG_LINK(atomic_add_short_nv);
void atomic_add_32(volatile uint32_t *, int32_t) SUNDOG_LINK(atomic_add_32);
uint32_t atomic_add_32_nv(volatile uint32_t *, int32_t) SUNDOG_LINK(atomic_add_32_nv);
void atomic_add_int(volatile uint_t *, int) SUNDOG_LINK(atomic_add_int);
uint_t atomic_add_int_nv(volatile uint_t *, int) SUNDOG_LINK(atomic_add_int_nv);
void atomic_add_64(volatile uint64_t *, int64_t) SUNDOG_LINK(atomic_add_64);
uint64_t atomic_add_64_nv(volatile uint64_t *, int64_t) SUNDOG_LINK(atomic_add_64_nv);
void atomic_add_long(volatile ulong_t *, long) SUNDOG_LINK(atomic_add_long);
ulong_t atomic_add_long_nv(volatile ulong_t *, long) SUNDOG_LINK(atomic_add_long_nv);
void atomic_add_ptr(volatile void *, ssize_t) SUNDOG_LINK(atomic_add_ptr);
void *atomic_add_ptr_nv(volatile void *, ssize_t) SUNDOG_LINK(atomic_add_ptr_nv);

/* ---- *target |= operand, *target &= operand ---- */

void atomic_or_8(volatile uint8_t *, uint8_t) SUNDOG_LINK(atomic_or_8);
uint8_t atomic_or_8_nv(volatile uint8_t *, uint8_t) SUNDOG_LINK(atomic_or_8_nv);
void atomic_or_uchar(volatile uchar_t *, uchar_t) SUNDOG_LINK(atomic_or_uchar);
uchar_t atomic_or_uchar_nv(volatile uchar_t *, uchar_t) SUNDOG_LINK(atomic_or_uchar_nv);
void atomic_or_16(volatile uint16_t *, uint16_t) SUNDOG_LINK(atomic_or_16);
uint16_t atomic_or_16_nv(volatile uint16_t *, uint16_t) SUNDOG_LINK(atomic_or_16_nv);
void atomic_or_ushort(volatile ushort_t *, ushort_t) SUNDOG_LINK(atomic_or_ushort);
ushort_t atomic_or_ushort_nv(volatile ushort_t *, ushort_t) SUNDOG_LINK(atomic_or_ushort_nv);
void atomic_or_32(volatile uint32_t *, uint32_t) SUNDOG_LINK(atomic_or_32);
uint32_t atomic_or_32_nv(volatile uint32_t *, uint32_t) SUNDOG_LINK(atomic_or_32_nv);
void atomic_or_uint(volatile uint_t *, uint_t) SUNDOG_LINK(atomic_or_uint);
uint_t atomic_or_uint_nv(volatile uint_t *, uint_t) SUNDOG_LINK(atomic_or_uint_nv);
void atomic_or_64(volatile uint64_t *, uint64_t) SUNDOG_LINK(atomic_or_64);
uint64_t atomic_or_64_nv(volatile uint64_t *, uint64_t) SUNDOG_LINK(atomic_or_64_nv);
void atomic_or_ulong(volatile ulong_t *, ulong_t) SUNDOG_LINK(atomic_or_ulong);
ulong_t atomic_or_ulong_nv(volatile ulong_t *, ulong_t) SUNDOG_LINK(atomic_or_ulong_nv);
void atomic_and_8(volatile uint8_t *, uint8_t) SUNDOG_LINK(atomic_and_8);
uint8_t atomic_and_8_nv(volatile uint8_t *, uint8_t) SUNDOG_LINK(atomic_and_8_nv);
void atomic_and_uchar(volatile uchar_t *, uchar_t) SUNDOG_LINK(atomic_and_uchar);
uchar_t atomic_and_uchar_nv(volatile uchar_t *, uchar_t) SUNDOG_LINK(atomic_and_uchar_nv);
void atomic_and_16(volatile uint16_t *, uint16_t) SUNDOG_LINK(atomic_and_16);
uint16_t atomic_and_16_nv(volatile uint16_t *, uint16_t) SUNDOG_LINK(atomic_and_16_nv);
void atomic_and_ushort(volatile ushort_t *, ushort_t) SUNDOG_LINK(atomic_and_ushort);
ushort_t atomic_and_ushort_nv(volatile ushort_t *, ushort_t) SUNDOG_LINK(atomic_and_ushort_nv);
void atomic_and_32(volatile uint32_t *, uint32_t) SUNDOG_LINK(atomic_and_32);
uint32_t atomic_and_32_nv(volatile uint32_t *, uint32_t) SUNDOG_LINK(atomic_and_32_nv);
void atomic_and_uint(volatile uint_t *, uint_t) SUNDOG_LINK(atomic_and_uint);
uint_t atomic_and_uint_nv(volatile uint_t *, uint_t) SUNDOG_LINK(atomic_and_uint_nv);
void atomic_and_64(volatile uint64_t *, uint64_t) SUNDOG_LINK(atomic_and_64);
uint64_t atomic_and_64_nv(volatile uint64_t *, uint64_t) SUNDOG_LINK(atomic_and_64_nv);
void atomic_and_ulong(volatile ulong_t *, ulong_t) SUNDOG_LINK(atomic_and_ulong);
ulong_t atomic_and_ulong_nv(volatile ulong_t *, ulong_t) SUNDOG_LINK(atomic_and_ulong_nv);

/* ---- cas: target, expected, desired: stores desired if *target == expected; swap: stores in any case ---- */

uint8_t atomic_cas_8(volatile uint8_t *, uint8_t, uint8_t) SUNDOG_LINK(atomic_cas_8);
uchar_t atomic_cas_uchar(volatile uchar_t *, uchar_t, uchar_t) SUNDOG_LINK(atomic_cas_uchar);
uint16_t atomic_cas_16(volatile uint16_t *, uint16_t, uint16_t) SUNDOG_LINK(atomic_cas_16);
ushort_t atomic_cas_ushort(volatile ushort_t *, ushort_t, ushort_t) SUNDOG_LINK(atomic_cas_ushort);
uint32_t atomic_cas_32(volatile uint32_t *, uint32_t, uint32_t) SUNDOG_LINK(atomic_cas_32);
uint_t atomic_cas_uint(volatile uint_t *, uint_t, uint_t) SUNDOG_LINK(atomic_cas_uint);
uint64_t atomic_cas_64(volatile uint64_t *, uint64_t, uint64_t) SUNDOG_LINK(atomic_cas_64);
ulong_t atomic_cas_ulong(volatile ulong_t *, ulong_t, ulong_t) SUNDOG_LINK(atomic_cas_ulong);
void *atomic_cas_ptr(volatile void *, void *, void *) SUNDOG_LINK(atomic_cas_ptr);
uint8_t atomic_swap_8(volatile uint8_t *, uint8_t) SUNDOG_LINK(atomic_swap_8);
uchar_t atomic_swap_uchar(volatile uchar_t *, uchar_t) SUNDOG_LINK(atomic_swap_uchar);
uint16_t atomic_swap_16(volatile uint16_t *, uint16_t) SUNDOG_LINK(atomic_swap_16);
ushort_t atomic_swap_ushort(volatile ushort_t *, ushort_t) SUNDOG_LINK(atomic_swap_ushort);
uint32_t atomic_swap_32(volatile uint32_t *, uint32_t) SUNDOG_LINK(atomic_swap_32);
uint_t atomic_swap_uint(volatile uint_t *, uint_t) SUNDOG_LINK(atomic_swap_uint);
uint64_t atomic_swap_64(volatile uint64_t *, uint64_t) SUNDOG_LINK(atomic_swap_64);
ulong_t atomic_swap_ulong(volatile ulong_t *, ulong_t) SUNDOG_LINK(atomic_swap_ulong);
void *atomic_swap_ptr(volatile void *, void *) SUNDOG_LINK(atomic_swap_ptr);

/* ---- bits, 0 to 63: 0, or -1 if the bit already had that value ---- */

int atomic_set_long_excl(volatile ulong_t *, uint_t) SUNDOG_LINK(atomic_set_long_excl);
int atomic_clear_long_excl(volatile ulong_t *, uint_t) SUNDOG_LINK(atomic_clear_long_excl);

/*
 * ---- order of ordinary loads and stores ----
 * enter: after taking a lock of one's own making; exit: before releasing it; producer: stores before it are seen before
 * those after it; consumer: likewise for loads.
 */
void membar_enter(void) SUNDOG_LINK(membar_enter);
void membar_exit(void) SUNDOG_LINK(membar_exit);
void membar_producer(void) SUNDOG_LINK(membar_producer);
void membar_consumer(void) SUNDOG_LINK(membar_consumer);

#endif
