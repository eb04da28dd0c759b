/* SPDX-License-Identifier: BSD-2-Clause */
/* peer.h: a memfd, and a process on the other end of a SEQPACKET socket. */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include "bench/loop.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define PEER_BYTES 64 /* of a request and of a reply */

static int peer_socket;
static pid_t peer_client;

/* Memory that is resident, as the driver's non-pageable memory is. */
static inline int peer_memfd(size_t size)
{
	int fd = memfd_create("peer", MFD_CLOEXEC);

	CHECK(fd >= 0);
	CHECK(ftruncate(fd, (off_t)size) == 0);
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
	CHECK(p != MAP_FAILED);
	memset(p, 0, size);
	CHECK(munmap(p, size) == 0);
	return fd;
}

/*
 * argv: CPU of the client, CPU of the server.  Forks the server, which calls serve for each request
 * and returns when the client is gone.  Returns in the client.
 */
static inline void peer_start(char **argv, void (*serve)(int socket, char *request))
{
	int ends[2];

	CHECK(argv[1] && argv[2]);
	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
	peer_client = getpid();
	pid_t child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		char request[PEER_BYTES];

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		loop_pin(atoi(argv[2]));
		close(ends[0]);
		while (recv(ends[1], request, sizeof(request), 0) == sizeof(request))
			serve(ends[1], request);
		_exit(0);
	}
	loop_pin(atoi(argv[1]));
	close(ends[1]);
	peer_socket = ends[0];
}

static inline void peer_call(char *message)
{
	CHECK(send(peer_socket, message, PEER_BYTES, 0) == PEER_BYTES);
	CHECK(recv(peer_socket, message, PEER_BYTES, 0) == PEER_BYTES);
}

/* An empty answer. */
static inline void peer_echo(int socket, char *request)
{
	CHECK(send(socket, request, PEER_BYTES, 0) == PEER_BYTES);
}

#endif
