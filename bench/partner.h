/* SPDX-License-Identifier: BSD-2-Clause */
/* partner.h: a second process that touches a page when it is told to. */
#ifndef BENCH_PARTNER_H
#define BENCH_PARTNER_H

#include "bench/loop.h"

#include <signal.h>
#include <sys/prctl.h>

static int partner_order[2], partner_done[2]; /* pipes */
static int partner_is_child;

/* Both processes return. */
static inline void partner_start(void)
{
	CHECK(pipe(partner_order) == 0);
	CHECK(pipe(partner_done) == 0);
	pid_t child = fork();
	CHECK(child >= 0);
	partner_is_child = child == 0;
	if (partner_is_child)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(partner_is_child ? partner_order[1] : partner_order[0]);
	close(partner_is_child ? partner_done[0] : partner_done[1]);
}

/* Only the first process returns, when its partner is ready. */
static inline void partner_serve(volatile unsigned char *page)
{
	char byte = 0;

	if (!partner_is_child) {
		CHECK(read(partner_done[0], &byte, 1) == 1);
		return;
	}
	do {
		CHECK(write(partner_done[1], &byte, 1) == 1);
		if (read(partner_order[0], &byte, 1) != 1)
			break;
		*page = 1;
	} while (1);
	_exit(0);
}

static inline void partner_touch(void)
{
	char byte = 0;

	CHECK(write(partner_order[1], &byte, 1) == 1);
	CHECK(read(partner_done[0], &byte, 1) == 1);
}

#endif
