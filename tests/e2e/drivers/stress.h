/* SPDX-License-Identifier: BSD-2-Clause */
/* What drivers/stress.c and its applications agree on. */
#ifndef STRESS_H
#define STRESS_H

/* Pages of the device. */
#define STRESS_CTX 0        /* registers that exist once; every mapping has a context of its own */
#define STRESS_CTX_PAGES 8
#define STRESS_DUEL 8       /* one page: each access takes it from all mappings and loads its own */
#define STRESS_PAGEABLE 16  /* pageable memory that nobody has written */
#define STRESS_PAGEABLE_PAGES 64
#define STRESS_PAGES 80

/* STRESS_COUNT: what is counted. */
enum { STRESS_SWITCHES, STRESS_ROUNDS, STRESS_TOUCHES, STRESS_MAPPINGS };

#define STRESS_COUNT (('S' << 8) | 1)    /* arg: one of those above */
#define STRESS_TIMEOUT (('S' << 8) | 2)  /* arg: ticks for mappings made from now on; forgets the shortest hold */
#define STRESS_SWITCHED (('S' << 8) | 3) /* arg: waits until there were so many switches */
#define STRESS_DUELLED (('S' << 8) | 4)  /* arg: waits until there were so many rounds of the duel */
#define STRESS_SHORTEST (('S' << 8) | 5) /* shortest hold so far, in microseconds */
#define STRESS_FREEZE (('S' << 8) | 6)   /* holds the lock of the contexts until STRESS_THAW */
#define STRESS_FROZEN (('S' << 8) | 7)   /* waits for STRESS_FREEZE; returns whose context is current, 0: nobody's */
#define STRESS_THAW (('S' << 8) | 8)

#endif
