/* SPDX-License-Identifier: BSD-2-Clause */
/* address.c: for both sides.  The client's: nothing but system calls, since it lives below the program's own functions. */
#define _GNU_SOURCE
#include "wire/address.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define UNKNOWN_USER 65534u /* how Linux shows a user that the namespace has no name for */

int wire_address(const char *name, struct sockaddr_un *address, socklen_t *length)
{
	size_t n = strlen(name);

	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (n == 0 || n >= sizeof(address->sun_path))
		return ENAMETOOLONG;
	/* An abstract name has a NUL in front and none behind; a path the other way round. */
	memcpy(address->sun_path + (name[0] == '/' ? 0 : 1), name, n);
	*length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + n);
	return 0;
}

/* The first namespace has a name for every user: its map is one line, from 0 on, of all 2^32 - 1. */
static bool users_have_names(void)
{
	char map[128];
	int fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
	long n = fd < 0 ? -1 : syscall(SYS_read, fd, map, sizeof(map) - 1);

	if (fd >= 0)
		(void)syscall(SYS_close, fd);
	if (n <= 0)
		return true;
	map[n] = '\0';
	return strstr(map, " 4294967295\n") != NULL;
}

int wire_server_check(int connection, uid_t real, uid_t effective, uid_t *owner)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	*owner = (uid_t)-1;
	if (syscall(SYS_getsockopt, connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
		return EPERM;
	*owner = peer.uid;
	if (peer.uid == 0 || (peer.uid == real && peer.uid == effective))
		return 0;
	return peer.uid == UNKNOWN_USER && !users_have_names() ? 0 : EPERM;
}
