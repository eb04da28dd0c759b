/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * buffer.c: buffers of system calls that lie in intercepted mappings.  Linux itself cannot wait for a page that is
 * not loaded and says EFAULT, so the pages are touched before, as the call will touch them; and again if one has been
 * unloaded meanwhile.
 *
 *	          |---- intercepted ----|
 *	    |------- buffer -------|
 *	          ^   ^   ^   ^   ^              one access each
 *
 * differs: the whole buffer is touched, also where the call would end earlier.  Other calls (stat, getcwd, poll, ...)
 * and calls from inside libc (fread) still get EFAULT.
 */
#define _GNU_SOURCE
#include "client/client.h"

#include <limits.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define PAGE ((uintptr_t)4096)

/* touch.S */
int touch_read(const void *at);
int touch_write(void *at);

bool buffer_load(const void *buffer, size_t len, bool write)
{
	uintptr_t at = (uintptr_t)buffer, end = at + len, start, stop;

	if (end < at)
		return true; /* Linux knows what to say */
	while (at < end && memory_intercepted_part(at, end, &start, &stop)) {
		for (at = start; at < stop; at = (at | (PAGE - 1)) + 1)
			if (write ? touch_write((void *)at) : touch_read((void *)at))
				return false;
	}
	return true;
}

/* Can it be read at all? */
static bool readable(const void *p, size_t len)
{
	for (uintptr_t at = (uintptr_t)p, end = at + len; at < end; at = (at | (PAGE - 1)) + 1)
		if (touch_read((const void *)at))
			return false;
	return true;
}

bool buffer_load_vector(const struct iovec *iov, int count, bool write)
{
	if (count < 0 || count > IOV_MAX || !readable(iov, (size_t)count * sizeof(*iov)))
		return true; /* Linux knows what to say */
	for (int i = 0; i < count; i++)
		if (!buffer_load(iov[i].iov_base, iov[i].iov_len, write))
			return false;
	return true;
}

/* ---- sockets ---- */

static bool message_load(const struct msghdr *mh, bool write)
{
	if (!readable(mh, sizeof(*mh)) || mh->msg_iovlen > IOV_MAX)
		return true;
	return buffer_load(mh->msg_name, mh->msg_name ? mh->msg_namelen : 0, write) &&
	       buffer_load(mh->msg_control, mh->msg_control ? mh->msg_controllen : 0, write) &&
	       buffer_load_vector(mh->msg_iov, (int)mh->msg_iovlen, write);
}

static bool address_load(const struct sockaddr *address, const socklen_t *len, bool write)
{
	return address == NULL || !readable(len, sizeof(*len)) || buffer_load(address, *len, write);
}

EXPORT ssize_t recv(int fd, void *buffer, size_t n, int flags)
{
	return WITH_BUFFERS(buffer_load(buffer, n, true), REAL(recv)(fd, buffer, n, flags));
}

EXPORT ssize_t recvfrom(int fd, void *buffer, size_t n, int flags, struct sockaddr *address, socklen_t *len)
{
	return WITH_BUFFERS(buffer_load(buffer, n, true) && address_load(address, len, true),
			    REAL(recvfrom)(fd, buffer, n, flags, address, len));
}

EXPORT ssize_t recvmsg(int fd, struct msghdr *mh, int flags)
{
	return WITH_BUFFERS(message_load(mh, true), REAL(recvmsg)(fd, mh, flags));
}

EXPORT ssize_t send(int fd, const void *buffer, size_t n, int flags)
{
	return WITH_BUFFERS(buffer_load(buffer, n, false), REAL(send)(fd, buffer, n, flags));
}

EXPORT ssize_t sendto(int fd, const void *buffer, size_t n, int flags, const struct sockaddr *address, socklen_t len)
{
	return WITH_BUFFERS(buffer_load(buffer, n, false) && address_load(address, &len, false),
			    REAL(sendto)(fd, buffer, n, flags, address, len));
}

EXPORT ssize_t sendmsg(int fd, const struct msghdr *mh, int flags)
{
	return WITH_BUFFERS(message_load(mh, false), REAL(sendmsg)(fd, mh, flags));
}

ssize_t __recv_chk(int fd, void *buffer, size_t n, size_t size, int flags);
EXPORT ssize_t __recv_chk(int fd, void *buffer, size_t n, size_t size, int flags)
{
	return WITH_BUFFERS(n > size || buffer_load(buffer, n, true), REAL(__recv_chk)(fd, buffer, n, size, flags));
}

ssize_t __recvfrom_chk(int fd, void *buffer, size_t n, size_t size, int flags, struct sockaddr *address,
		       socklen_t *len);
EXPORT ssize_t __recvfrom_chk(int fd, void *buffer, size_t n, size_t size, int flags, struct sockaddr *address,
			      socklen_t *len)
{
	return WITH_BUFFERS(n > size || (buffer_load(buffer, n, true) && address_load(address, len, true)),
			    REAL(__recvfrom_chk)(fd, buffer, n, size, flags, address, len));
}
