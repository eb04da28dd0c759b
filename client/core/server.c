/* SPDX-License-Identifier: BSD-2-Clause */
/* server.c: where the server is, and whether the one that is there is ours. */
#define _GNU_SOURCE
#include "client/core/server.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/core/core.h"
#include "client/core/quiet.h"
#include "wire/address.h"

#define NAME_SIZE sizeof(((struct sockaddr_un *)0)->sun_path)
static char server_name[NAME_SIZE]; /* "": one that is none */
static char server_file[NAME_SIZE]; /* "": there is none */

static void keep(char *to, const char *name)
{
	if (name != NULL && strlen(name) < NAME_SIZE)
		memcpy(to, name, strlen(name) + 1);
}

/* The first time as the program starts: it may clear its environment later. */
static int read_names(void)
{
	const char *name = getenv(WIRE_ENV);

	if (name == NULL || *name == '\0')
		return -1;
	keep(server_name, name);
	keep(server_file, getenv(WIRE_ENV_FILE));
	return 1;
}

bool client_active(void)
{
	static int active; /* 0 not asked, 1 yes, -1 no */
	int a = __atomic_load_n(&active, __ATOMIC_ACQUIRE);

	if (unlikely(a == 0)) {
		if (environ == NULL) /* before libc has begun, as in .preinit_array: not yet */
			return false;
		a = read_names();
		__atomic_store_n(&active, a, __ATOMIC_RELEASE);
	}
	return a > 0;
}

/* 0, or errno.  Linux's own numbers count, not those that a fakeroot makes up. */
static int connect_to(int fd, const char *name)
{
	struct sockaddr_un address;
	socklen_t length;
	uid_t owner;
	int result;

	if (wire_address(name, &address, &length) != 0)
		return ENXIO;
	do /* a handler may run while the server is slow to accept */
		result = quiet_connect(fd, (struct sockaddr *)&address, length);
	while (result < 0 && errno == EINTR);
	if (result < 0)
		return errno;
	if (wire_server_check(fd, quiet_uid(false), quiet_uid(true), &owner) != 0)
		return ENXIO;
	return 0;
}

static int attempt(const char *name)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	int error = connect_to(fd, name);
	if (error == 0)
		return fd;
	quiet_close(fd);
	return fail(error);
}

/* An abstract name ends at the network namespace; a file does not. */
int server_connect(void)
{
	int fd = attempt(server_name);

	if (fd < 0 && server_file[0] != '\0' && (errno == ECONNREFUSED || errno == ENXIO))
		fd = attempt(server_file);
	return fd;
}
