/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * open_call: a descriptor made by another process for us, and closed.  The server makes a socketpair,
 * hands one end over (SCM_RIGHTS) with its reply, and learns of the close by the end of file on the other.
 * CPU CPU-OF-SERVER
 */
#include "bench/peers/peer.h"

union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static void serve(int socket, char *request)
{
	int ends[2];
	union control control = {0};
	struct iovec iov = {request, PEER_BYTES};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};

	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &ends[1], sizeof(int));
	CHECK(sendmsg(socket, &mh, 0) == PEER_BYTES);
	close(ends[1]);
	CHECK(recv(ends[0], request, PEER_BYTES, 0) == 0);
	close(ends[0]);
}

static void once(void)
{
	char message[PEER_BYTES] = {0};
	union control control;
	struct iovec iov = {message, PEER_BYTES};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
	int fd;

	CHECK(send(peer_socket, message, PEER_BYTES, 0) == PEER_BYTES);
	CHECK(recvmsg(peer_socket, &mh, MSG_CMSG_CLOEXEC) == PEER_BYTES);
	CHECK(CMSG_FIRSTHDR(&mh) && CMSG_FIRSTHDR(&mh)->cmsg_type == SCM_RIGHTS);
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&mh)), sizeof(int));
	CHECK(close(fd) == 0);
}

int main(int argc, char **argv)
{
	CHECK(argc == 3);
	peer_start(argv, serve);
	return loop_serve(once);
}
