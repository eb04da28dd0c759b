/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/rights.h"

#include <string.h>

void wire_letter_room(struct wire_letter *l, void *bytes, size_t n)
{
	memset(l, 0, sizeof(*l));
	l->iov = (struct iovec){bytes, n};
	l->mh = (struct msghdr){.msg_iov = &l->iov, .msg_iovlen = 1, .msg_control = l->control.bytes, .msg_controllen = sizeof(l->control.bytes)};
}

void wire_letter_fill(struct wire_letter *l, const void *bytes, size_t n, const int *fds, unsigned nfds)
{
	wire_letter_room(l, (void *)(uintptr_t)bytes, n);
	if (nfds == 0) {
		l->mh.msg_control = NULL;
		l->mh.msg_controllen = 0;
		return;
	}
	struct cmsghdr *c = &l->control.align;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(nfds * sizeof(int));
	memcpy(CMSG_DATA(c), fds, nfds * sizeof(int));
	l->mh.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
}

/* Linux makes one such part of a message at most.  It may come behind others, of credentials. */
static const struct cmsghdr *rights_of(const struct wire_letter *l)
{
	const char *at = l->control.bytes, *end = at + l->mh.msg_controllen;

	while ((size_t)(end - at) >= sizeof(struct cmsghdr)) {
		const struct cmsghdr *c = (const void *)at;
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			return c;
		if (c->cmsg_len < sizeof(*c) || CMSG_ALIGN(c->cmsg_len) > (size_t)(end - at))
			break;
		at += CMSG_ALIGN(c->cmsg_len);
	}
	return NULL;
}

unsigned wire_letter_take(const struct wire_letter *l, int *fds, unsigned max, void (*discard)(int fd), bool *lost)
{
	const struct cmsghdr *c = rights_of(l);
	size_t n = c ? (c->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0;

	if (lost)
		*lost = l->mh.msg_flags & MSG_CTRUNC;
	for (size_t i = 0; i < n; i++) {
		int fd;
		memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
		if (i < max)
			fds[i] = fd;
		else
			discard(fd);
	}
	return n < max ? (unsigned)n : max;
}
