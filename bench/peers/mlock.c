/* SPDX-License-Identifier: BSD-2-Clause */
/* mlock: locks and unlocks 1 MiB of its own memory.  CPU CPU-OF-NOBODY */
#include "bench/loop.h"

static void once(void)
{
	static char buffer[LOOP_PHYS_BYTES] __attribute__((aligned(LOOP_PAGE)));

	CHECK(mlock(buffer, sizeof(buffer)) == 0);
	CHECK(munlock(buffer, sizeof(buffer)) == 0);
}

int main(int argc, char **argv)
{
	CHECK(argc == 3);
	loop_pin(atoi(argv[1]));
	return loop_serve(once);
}
