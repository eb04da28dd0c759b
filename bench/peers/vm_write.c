/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vm_write: the client asks, and the server writes 1 MiB into its memory with process_vm_writev and answers.  With a third
 * argument into fresh memory each time.  CPU CPU-OF-SERVER [fresh]
 */
#include "bench/peers/peer.h"

#include <sys/uio.h>

static char data[LOOP_PHYS_BYTES];

static void serve(int socket, char *request)
{
	struct iovec here = {data, sizeof(data)}, there = {0};

	memcpy(&there.iov_base, request, sizeof(there.iov_base));
	there.iov_len = sizeof(data);
	CHECK(process_vm_writev(peer_client, &here, 1, &there, 1, 0) == sizeof(data));
	peer_echo(socket, request);
}

static void transfer(void *to)
{
	char message[PEER_BYTES] = {0};

	memcpy(message, &to, sizeof(to));
	peer_call(message);
}

static void once(void)
{
	static char buffer[LOOP_PHYS_BYTES];

	transfer(buffer);
}

static void once_fresh(void)
{
	void *buffer = loop_fresh(LOOP_PHYS_BYTES);

	transfer(buffer);
	loop_fresh_end(buffer, LOOP_PHYS_BYTES);
}

int main(int argc, char **argv)
{
	CHECK(argc == 3 || argc == 4);
	memset(data, 'p', sizeof(data));
	peer_start(argv, serve);
	return loop_serve(argc == 4 ? once_fresh : once);
}
