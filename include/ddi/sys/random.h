/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/random.h>: random numbers, random_get_bytes(9F). */
#ifndef _SYS_RANDOM_H
#define _SYS_RANDOM_H

#include <sys/atomic.h>
#include <sys/types.h>

#define GRND_NONBLOCK 0x01
#define GRND_RANDOM 0x02

typedef struct rnd_stats {
	uint64_t rs_rndOut;
	uint64_t rs_rndcOut;
	uint64_t rs_urndOut;
} rnd_stats_t;

typedef struct swrand_stats {
	uint32_t ss_entEst;
	uint64_t ss_entIn;
	uint64_t ss_entOut;
	uint64_t ss_bytesIn;
	uint64_t ss_bytesOut;
} swrand_stats_t;

/* buffer, bytes.  0; EAGAIN: the host has none.  Both are as good.  Any context. */
int random_get_bytes(uint8_t *, size_t) SUNDOG_LINK(random_get_bytes);
int random_get_pseudo_bytes(uint8_t *, size_t) SUNDOG_LINK(random_get_pseudo_bytes);
/* bytes, their number, how many bits of them nobody can guess (not looked at): mixed in.  0, or -1: NULL. */
int random_add_entropy(uint8_t *, size_t, uint_t) SUNDOG_LINK(random_add_entropy);

#endif
