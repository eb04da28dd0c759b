/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/connect.h"

#include <errno.h>
#include <linux/limits.h>
#include <unistd.h>

#include "wire/address.h"

static int connect_to(const char *name, int *fd, uid_t *owner)
{
	struct sockaddr_un address;
	socklen_t length;
	int error = wire_address(name, &address, &length);

	*fd = -1;
	if (error != 0)
		return error;
	*fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return errno;
	if (connect(*fd, (struct sockaddr *)&address, length) != 0)
		error = errno;
	else
		error = wire_server_check(*fd, getuid(), geteuid(), owner);
	if (error != 0)
		close(*fd);
	return error;
}

int connect_server(const char *socket_name, int *fd, uid_t *owner)
{
	char file[PATH_MAX];
	int error = connect_to(socket_name, fd, owner);

	if (error != ECONNREFUSED || socket_name[0] == '/' || wire_socket_file(socket_name, false, file, sizeof(file)) != 0)
		return error;
	error = connect_to(file, fd, owner);
	return error == ENOENT ? ECONNREFUSED : error;
}
