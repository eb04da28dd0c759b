/* SPDX-License-Identifier: BSD-2-Clause */
/* memfd_map: maps 64 MiB of a resident memfd, touches every page, unmaps.  CPU [CPU] */
#include "bench/peers/peer.h"

static int fd;

static void once(void)
{
	unsigned char *p = mmap(NULL, LOOP_64M, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	CHECK(p != MAP_FAILED);
	loop_touch(p, LOOP_64M);
	CHECK(munmap(p, LOOP_64M) == 0);
}

int main(int argc, char **argv)
{
	CHECK(argc >= 2);
	loop_pin(atoi(argv[1]));
	fd = peer_memfd(LOOP_64M);
	return loop_serve(once);
}
