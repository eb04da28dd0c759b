/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rights.h: a message with descriptors (SCM_RIGHTS), put together and taken apart in one place.  No libc state and no
 * system calls: the agent uses it, too.
 */
#ifndef WIRE_RIGHTS_H
#define WIRE_RIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "wire/wire.h"

struct wire_letter {
	struct msghdr mh; /* for sendmsg(2) or recvmsg(2) */
	struct iovec iov;
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(WIRE_FDS_MAX * sizeof(int))];
	} control;
};

/* To be sent: n bytes, which stay the caller's until it is, with nfds <= WIRE_FDS_MAX descriptors. */
void wire_letter_fill(struct wire_letter *l, const void *bytes, size_t n, const int *fds, unsigned nfds);
/* Room for n bytes and WIRE_FDS_MAX descriptors. */
void wire_letter_room(struct wire_letter *l, void *bytes, size_t n);
/*
 * The descriptors of one that has been received: the first max of them into fds, the rest goes to discard(), one by one.
 * Returns how many are in fds.  *lost, unless that is NULL: more were sent, but this process had no room for them.
 */
unsigned wire_letter_take(const struct wire_letter *l, int *fds, unsigned max, void (*discard)(int fd), bool *lost);

#endif
