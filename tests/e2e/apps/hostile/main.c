/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hostile: speaks wire/wire.h itself, badly.  Run without the client library, with the socket's name in the
 * environment.  Each part is bounded; what it shows is that the server afterwards still serves others.
 *
 *   hostile PART SEED
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	if (argc > 2)
		rng_state = strtoull(argv[2], NULL, 10);
	image.id[0] = rng64() + (uint64_t)getpid();
	signal(SIGPIPE, SIG_IGN);
	return part_main(argc, argv);
}
