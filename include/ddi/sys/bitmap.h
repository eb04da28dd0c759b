/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/bitmap.h>: bits of a word by number, from 1 (the lowest) on.  Any context. */
#ifndef _SYS_BITMAP_H
#define _SYS_BITMAP_H

#include <sys/types.h>

/* ---- maps: arrays of words, their bits numbered from 0 on ---- */

#define BT_ULSHIFT 6
#define BT_ULSHIFT32 5
#define BT_NBIPUL (1 << BT_ULSHIFT)
#define BT_NBIPUL32 (1 << BT_ULSHIFT32)
#define BT_ULMASK (BT_NBIPUL - 1)
#define BT_ULMASK32 (BT_NBIPUL32 - 1)
#define BT_ULMAXMASK 0xffffffffffffffff

/* Words, and bytes, of a map of so many bits. */
#define BT_BITOUL(bits) (((bits) + BT_NBIPUL - 1) / BT_NBIPUL)
#define BT_SIZEOFMAP(bits) (BT_BITOUL(bits) * sizeof(ulong_t))
/* The word of a bit, and the bit in its word. */
#define BT_WIM(map, bit) ((map)[(bit) >> BT_ULSHIFT])
#define BT_BIW(bit) (1UL << ((bit) & BT_ULMASK))
/* 0 or 1. */
#define BT_TEST(map, bit) ((BT_WIM(map, bit) & BT_BIW(bit)) != 0)
#define BT_SET(map, bit) (BT_WIM(map, bit) |= BT_BIW(bit))
#define BT_CLEAR(map, bit) (BT_WIM(map, bit) &= ~BT_BIW(bit))

/* ---- words ---- */

/* The lowest, or highest, bit that is set; 0: none is. */
int lowbit(ulong_t) SUNDOG_LINK(lowbit);
int highbit(ulong_t) SUNDOG_LINK(highbit);
int highbit64(uint64_t) SUNDOG_LINK(highbit64);

/* What comes along with it. */
#include <sys/atomic.h>

#endif
