/* SPDX-License-Identifier: BSD-2-Clause */
/* sockets.c: see sockets.h. */
#define _GNU_SOURCE
#include "host/server/sockets.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/server/server.h"
#include "wire/address.h"

#define BACKLOG 512

static char file[PATH_MAX]; /* of ours; "": none */

static int socket_listen(const char *name, int *fd)
{
	static const int on = 1;
	struct sockaddr_un address;
	socklen_t length;
	int error = wire_address(name, &address, &length);

	*fd = error == 0 ? socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;
	if (*fd < 0)
		return error != 0 ? error : errno;
	connection_refuse(*fd);
	if (setsockopt(*fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0 &&
	    bind(*fd, (struct sockaddr *)&address, length) == 0 && listen(*fd, BACKLOG) == 0)
		return 0;
	error = errno;
	close(*fd);
	*fd = -1;
	return error;
}

/* Nobody listens there any more. */
static bool is_stale(const char *path)
{
	struct sockaddr_un address;
	socklen_t length;
	int fd, error = 0;

	if (wire_address(path, &address, &length) != 0)
		return false;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	if (connect(fd, (struct sockaddr *)&address, length) != 0)
		error = errno;
	close(fd);
	return error == ECONNREFUSED;
}

/* A server that was killed could not take its file away. */
static void sweep(const char *path)
{
	char directory[PATH_MAX], other[PATH_MAX + NAME_MAX + 2];
	const struct dirent *e;
	DIR *dir;

	(void)snprintf(directory, sizeof(directory), "%.*s", (int)(strrchr(path, '/') - path), path);
	dir = opendir(directory);
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		if (e->d_type != DT_SOCK || e->d_name[0] == '.') /* hidden: one that another server is about to show */
			continue;
		(void)snprintf(other, sizeof(other), "%s/%s", directory, e->d_name);
		if (is_stale(other))
			(void)unlink(other);
	}
	if (dir != NULL)
		closedir(dir);
}

/* Shown under its name only when it listens: whoever finds it refused may take it for one that was left behind. */
static int file_show(int *fd)
{
	char hidden[PATH_MAX + 16];
	char *base;
	int error;

	base = strrchr(file, '/') + 1;
	(void)snprintf(hidden, sizeof(hidden), "%.*s.%d", (int)(base - file), file, (int)getpid());
	(void)unlink(hidden);
	error = socket_listen(hidden, fd);
	if (error != 0)
		return error;
	if (renameat2(AT_FDCWD, hidden, AT_FDCWD, file, RENAME_NOREPLACE) == 0)
		return 0;
	error = errno;
	(void)unlink(hidden);
	close(*fd);
	*fd = -1;
	return error;
}

static int file_listen(const char *name, int *fd)
{
	int error;

	*fd = -1;
	do { /* the last server of another name takes the directory with it */
		error = wire_socket_file(name, true, file, sizeof(file));
		if (error != 0)
			return error;
		sweep(file);
		error = file_show(fd);
	} while (error == ENOENT);
	return error;
}

int sockets_open(const char *name, int sockets[SOCKETS])
{
	int error = socket_listen(name, &sockets[SOCKET_ABSTRACT]), second;

	sockets[SOCKET_FILE] = -1;
	if (error != 0)
		return error;
	second = file_listen(name, &sockets[SOCKET_FILE]);
	if (second == 0)
		return 0;
	if (server_verbose)
		posix_log(HOST_LOG_DEBUG, "socket %s: %s: programs in other network namespaces do not find this server",
			  file[0] != '\0' ? file : name, strerror(second));
	file[0] = '\0';
	return 0;
}

void sockets_close(int sockets[SOCKETS])
{
	if (file[0] != '\0')
		wire_socket_remove(file);
	for (int i = 0; i < SOCKETS; i++)
		if (sockets[i] >= 0)
			close(sockets[i]);
}
