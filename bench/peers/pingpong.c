/* SPDX-License-Identifier: BSD-2-Clause */
/* pingpong: 64 bytes to another process and back over a SEQPACKET socket.  CPU CPU-OF-SERVER */
#include "bench/peers/peer.h"

static void once(void)
{
	char message[PEER_BYTES] = {0};

	peer_call(message);
}

int main(int argc, char **argv)
{
	CHECK(argc == 3);
	peer_start(argv, peer_echo);
	return loop_serve(once);
}
