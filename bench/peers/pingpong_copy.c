/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pingpong_copy: the same as pingpong, and the server reads 4 KiB from the client's memory and writes them back.
 * CPU CPU-OF-SERVER
 */
#include "bench/peers/peer.h"

#include <sys/uio.h>

static char buffer[LOOP_PAGE];

static void serve(int socket, char *request)
{
	static char copy[LOOP_PAGE];
	struct iovec here = {copy, sizeof(copy)}, there = {0};

	memcpy(&there.iov_base, request, sizeof(there.iov_base));
	there.iov_len = sizeof(copy);
	CHECK(process_vm_readv(peer_client, &here, 1, &there, 1, 0) == sizeof(copy));
	CHECK(process_vm_writev(peer_client, &here, 1, &there, 1, 0) == sizeof(copy));
	peer_echo(socket, request);
}

static void once(void)
{
	char message[PEER_BYTES] = {0};
	void *address = buffer;

	memcpy(message, &address, sizeof(address));
	peer_call(message);
}

int main(int argc, char **argv)
{
	CHECK(argc == 3);
	peer_start(argv, serve);
	return loop_serve(once);
}
