/* SPDX-License-Identifier: BSD-2-Clause */
/* What drivers/waits.c and its applications agree on. */
#ifndef WAITS_H
#define WAITS_H

/*
 * Pages of the device.  Two sides pass a ball: one gives on its first page, and waits on its second until the other
 * has given.  Each access to one of the two pages takes the other away from its process.
 */
#define WAITS_GIVE(side) (2 * (side))
#define WAITS_TAKE(side) (2 * (side) + 1)
/* A lock: one process at a time gets through an access to the first page, until it touches the second or unmaps. */
#define WAITS_LOCK 4
#define WAITS_UNLOCK 5
#define WAITS_PAGES 6

/* WAITS_COUNT: what is counted. */
enum { WAITS_ROUNDS, WAITS_SIGNALS, WAITS_WAITERS, WAITS_MAPPINGS, WAITS_OWNER /* a pid; 0: nobody */ };

#define WAITS_COUNT (('W' << 8) | 1) /* arg: one of those above */
#define WAITS_UNTIL (('W' << 8) | 2) /* arg: what, and << 8 the number: waits until there are so many or more */

#endif
