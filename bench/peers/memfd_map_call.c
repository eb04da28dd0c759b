/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memfd_map_call: maps 4 KiB of another process's memfd, touches it, unmaps; one round trip to that
 * process to ask for the mapping and one to give it back.  The descriptor is handed over once.
 * CPU CPU-OF-SERVER
 */
#include "bench/peers/peer.h"

static int fd;

static void once(void)
{
	char message[PEER_BYTES] = {0};

	peer_call(message);
	unsigned char *p = mmap(NULL, LOOP_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED);
	loop_touch(p, LOOP_PAGE);
	CHECK(munmap(p, LOOP_PAGE) == 0);
	peer_call(message);
}

int main(int argc, char **argv)
{
	CHECK(argc == 3);
	fd = peer_memfd(LOOP_PAGE); /* inherited by the server below: held by both */
	peer_start(argv, peer_echo);
	return loop_serve(once);
}
