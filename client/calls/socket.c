/* SPDX-License-Identifier: BSD-2-Clause */
/* socket.c: messages of sockets, whose buffers may lie in intercepted mappings, and which may bring device descriptors. */
#define _GNU_SOURCE
#include "client/calls/calls.h"

#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* A device's descriptor is a socket to nobody but us. */
static bool is_device(int fd)
{
	return unlikely(descriptor_get(fd, &(struct device){0}));
}

static bool message_load(const struct msghdr *mh, bool write)
{
	if (!buffer_readable(mh, sizeof(*mh)) || mh->msg_iovlen > IOV_MAX)
		return true;
	return buffer_load(mh->msg_name, mh->msg_name ? mh->msg_namelen : 0, write) &&
	       buffer_load(mh->msg_control, mh->msg_control ? mh->msg_controllen : 0, write) &&
	       buffer_load_vector(mh->msg_iov, (int)mh->msg_iovlen, write);
}

static bool address_load(const struct sockaddr *address, const socklen_t *len, bool write)
{
	return address == NULL || !buffer_readable(len, sizeof(*len)) || buffer_load(address, *len, write);
}

EXPORT ssize_t recv(int fd, void *buffer, size_t n, int flags)
{
	return is_device(fd) ? fail(ENOTSOCK) : WITH_BUFFERS(buffer_load(buffer, n, true), REAL(recv)(fd, buffer, n, flags));
}

EXPORT ssize_t recvfrom(int fd, void *buffer, size_t n, int flags, struct sockaddr *address, socklen_t *len)
{
	return is_device(fd) ? fail(ENOTSOCK) : WITH_BUFFERS(buffer_load(buffer, n, true) && address_load(address, len, true), REAL(recvfrom)(fd, buffer, n, flags, address, len));
}

/* Descriptors that came have numbers that libc may have closed, unknown to us. */
static void forget_rights(struct msghdr *mh)
{
	if (likely(mh->msg_controllen == 0) || !client_active())
		return;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); c; c = CMSG_NXTHDR(mh, c)) {
		int fd;
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t at = 0; at + sizeof(fd) <= c->cmsg_len - CMSG_LEN(0); at += sizeof(fd)) {
			memcpy(&fd, CMSG_DATA(c) + at, sizeof(fd));
			descriptor_forget(fd);
		}
	}
}

#define RECVMSG(name) \
	ssize_t name(int fd, struct msghdr *mh, int flags); \
	EXPORT ssize_t name(int fd, struct msghdr *mh, int flags) \
	{ \
		if (is_device(fd)) \
			return fail(ENOTSOCK); \
		ssize_t n = WITH_BUFFERS(message_load(mh, true), REAL(name)(fd, mh, flags)); \
		if (n >= 0) \
			forget_rights(mh); \
		return n; \
	}
RECVMSG(recvmsg)

#define RECVMMSG(name) \
	int name(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout); \
	EXPORT int name(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout) \
	{ \
		if (is_device(fd)) \
			return fail(ENOTSOCK); \
		int n = REAL(name)(fd, messages, count, flags, timeout); \
		for (int i = 0; i < n; i++) \
			forget_rights(&messages[i].msg_hdr); \
		return n; \
	}
RECVMMSG(recvmmsg)

EXPORT ssize_t send(int fd, const void *buffer, size_t n, int flags)
{
	return is_device(fd) ? fail(ENOTSOCK) : WITH_BUFFERS(buffer_load(buffer, n, false), REAL(send)(fd, buffer, n, flags));
}

ALIAS(__send, send);

EXPORT ssize_t sendto(int fd, const void *buffer, size_t n, int flags, const struct sockaddr *address, socklen_t len)
{
	return is_device(fd) ? fail(ENOTSOCK) : WITH_BUFFERS(buffer_load(buffer, n, false) && address_load(address, &len, false), REAL(sendto)(fd, buffer, n, flags, address, len));
}

#define SENDMSG(name) \
	ssize_t name(int fd, const struct msghdr *mh, int flags); \
	EXPORT ssize_t name(int fd, const struct msghdr *mh, int flags) \
	{ \
		return is_device(fd) ? fail(ENOTSOCK) : WITH_BUFFERS(message_load(mh, false), REAL(name)(fd, mh, flags)); \
	}
SENDMSG(sendmsg)

/* 32-bit programs with 64-bit time */
#ifndef __x86_64__
RECVMSG(__recvmsg64)
RECVMMSG(__recvmmsg64)
SENDMSG(__sendmsg64)
#endif

ssize_t __recv_chk(int fd, void *buffer, size_t n, size_t size, int flags);
EXPORT ssize_t __recv_chk(int fd, void *buffer, size_t n, size_t size, int flags)
{
	return is_device(fd) ? fail(ENOTSOCK) : WITH_BUFFERS(n > size || buffer_load(buffer, n, true), REAL(__recv_chk)(fd, buffer, n, size, flags));
}

ssize_t __recvfrom_chk(int fd, void *buffer, size_t n, size_t size, int flags, struct sockaddr *address,
		       socklen_t *len);
EXPORT ssize_t __recvfrom_chk(int fd, void *buffer, size_t n, size_t size, int flags, struct sockaddr *address,
			      socklen_t *len)
{
	return is_device(fd) ? fail(ENOTSOCK) : WITH_BUFFERS(n > size || (buffer_load(buffer, n, true) && address_load(address, len, true)), REAL(__recvfrom_chk)(fd, buffer, n, size, flags, address, len));
}

/* ---- what is about the socket itself ---- */

#define NO_SOCKET(name, parameters, ...) \
	int name parameters; \
	EXPORT int name parameters \
	{ \
		return is_device(fd) ? fail(ENOTSOCK) : REAL(name)(__VA_ARGS__); \
	}
NO_SOCKET(getpeername, (int fd, struct sockaddr *address, socklen_t *len), fd, address, len)
NO_SOCKET(getsockname, (int fd, struct sockaddr *address, socklen_t *len), fd, address, len)
NO_SOCKET(getsockopt, (int fd, int level, int option, void *value, socklen_t *len), fd, level, option, value, len)
NO_SOCKET(setsockopt, (int fd, int level, int option, const void *value, socklen_t len), fd, level, option, value, len)
NO_SOCKET(shutdown, (int fd, int how), fd, how)
NO_SOCKET(bind, (int fd, const struct sockaddr *address, socklen_t len), fd, address, len)
NO_SOCKET(listen, (int fd, int backlog), fd, backlog)
NO_SOCKET(connect, (int fd, const struct sockaddr *address, socklen_t len), fd, address, len)
ALIAS(__connect, connect);
NO_SOCKET(accept, (int fd, struct sockaddr *address, socklen_t *len), fd, address, len)
NO_SOCKET(accept4, (int fd, struct sockaddr *address, socklen_t *len, int flags), fd, address, len, flags)
NO_SOCKET(sendmmsg, (int fd, struct mmsghdr *messages, unsigned count, int flags), fd, messages, count, flags)
#ifndef __x86_64__
NO_SOCKET(__sendmmsg64, (int fd, struct mmsghdr *messages, unsigned count, int flags), fd, messages, count, flags)
NO_SOCKET(__getsockopt64, (int fd, int level, int option, void *value, socklen_t *len), fd, level, option, value, len)
NO_SOCKET(__setsockopt64, (int fd, int level, int option, const void *value, socklen_t len), fd, level, option, value, len)
#endif
