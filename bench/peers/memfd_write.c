/* SPDX-License-Identifier: BSD-2-Clause */
/* memfd_write: writes 64 MiB through a mapped memfd, already touched.  CPU [CPU] */
#include "bench/peers/peer.h"

static unsigned char *memory;

static void once(void)
{
	loop_write(memory, LOOP_64M);
}

int main(int argc, char **argv)
{
	CHECK(argc >= 2);
	loop_pin(atoi(argv[1]));
	memory = mmap(NULL, LOOP_64M, PROT_READ | PROT_WRITE, MAP_SHARED, peer_memfd(LOOP_64M), 0);
	CHECK(memory != MAP_FAILED);
	loop_touch(memory, LOOP_64M);
	return loop_serve(once);
}
