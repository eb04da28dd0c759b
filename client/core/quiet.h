/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * quiet.h: system calls of the library's own that libc makes cancellation points.  Here they are none: a thread that is
 * cancelled in ioctl(2) or at an access to memory, which are none either, would leave locks and mappings behind.
 */
#ifndef CLIENT_QUIET_H
#define CLIENT_QUIET_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static inline int quiet_close(int fd)
{
	return (int)syscall(SYS_close, fd);
}

static inline ssize_t quiet_read(int fd, void *buffer, size_t n)
{
	return syscall(SYS_read, fd, buffer, n);
}

static inline ssize_t quiet_write(int fd, const void *buffer, size_t n)
{
	return syscall(SYS_write, fd, buffer, n);
}

static inline int quiet_connect(int fd, const struct sockaddr *address, socklen_t len)
{
	return (int)syscall(SYS_connect, fd, address, len);
}

static inline ssize_t quiet_send(int fd, const void *buffer, size_t n, int flags)
{
	return syscall(SYS_sendto, fd, buffer, n, flags, NULL, 0);
}

static inline ssize_t quiet_recv(int fd, void *buffer, size_t n, int flags)
{
	return syscall(SYS_recvfrom, fd, buffer, n, flags, NULL, NULL);
}

static inline ssize_t quiet_sendmsg(int fd, const struct msghdr *mh, int flags)
{
	return syscall(SYS_sendmsg, fd, mh, flags);
}

static inline ssize_t quiet_recvmsg(int fd, struct msghdr *mh, int flags)
{
	return syscall(SYS_recvmsg, fd, mh, flags);
}

/*
 * Others that are preloaded (fakeroot, torsocks) replace libc's functions too, make their answers up, and call ours: what the
 * library wants to know for itself it asks Linux.
 */
#ifdef SYS_getuid32
#define QUIET_ID(name) SYS_##name##32
#else
#define QUIET_ID(name) SYS_##name
#endif

static inline uid_t quiet_uid(bool effective)
{
	return (uid_t)syscall(effective ? QUIET_ID(geteuid) : QUIET_ID(getuid));
}

static inline gid_t quiet_gid(bool effective)
{
	return (gid_t)syscall(effective ? QUIET_ID(getegid) : QUIET_ID(getgid));
}

static inline int quiet_groups(int size, gid_t *groups)
{
	return (int)syscall(QUIET_ID(getgroups), size, groups);
}

/* SOCK_SEQPACKET and so on; -1: fd is no socket. */
static inline int quiet_socket_type(int fd)
{
	int type = -1;
	socklen_t size = sizeof(type);

	return syscall(SYS_getsockopt, fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 ? type : -1;
}

#endif
