/* SPDX-License-Identifier: BSD-2-Clause */
/* directory.c: the directory of a user's sockets; for the server and the command. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/address.h"

/* 0: a directory of this user, where nobody else may write; strict: nor look. */
static int own_directory(const char *path, bool strict)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno;
	if (!S_ISDIR(st.st_mode))
		return ENOTDIR;
	return st.st_uid == geteuid() && (st.st_mode & (strict ? 077 : 022)) == 0 ? 0 : EPERM;
}

static void directory_choose(char *path, size_t size)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");

	if (runtime != NULL && runtime[0] == '/' && own_directory(runtime, true) == 0)
		(void)snprintf(path, size, "%s/sundog", runtime);
	else if (geteuid() == 0)
		(void)snprintf(path, size, "/run/sundog");
	else
		(void)snprintf(path, size, "/tmp/sundog-%u", geteuid());
}

/* "sundog.UID.NAME": where NAME begins. */
static const char *name_part(const char *abstract)
{
	const char *dot = strncmp(abstract, "sundog.", 7) == 0 ? strchr(abstract + 7, '.') : NULL;

	return dot != NULL ? dot + 1 : abstract;
}

int wire_socket_file(const char *abstract, bool create, char *path, size_t size)
{
	const char *name = name_part(abstract);
	int n, error;

	if (*name == '\0' || strchr(name, '/') != NULL || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return EINVAL;
	directory_choose(path, size);
	if (create && mkdir(path, 0700) != 0 && errno != EEXIST)
		return errno;
	error = own_directory(path, true);
	if (error != 0)
		return error;
	n = (int)strlen(path);
	if ((size_t)snprintf(path + n, size - (size_t)n, "/%s", name) >= size - (size_t)n)
		return ENAMETOOLONG;
	return 0;
}

void wire_socket_remove(const char *path)
{
	char directory[sizeof(((struct sockaddr_un *)0)->sun_path) + 1];
	const char *slash = strrchr(path, '/');

	(void)unlink(path);
	if (slash == NULL || (size_t)(slash - path) >= sizeof(directory))
		return;
	(void)snprintf(directory, sizeof(directory), "%.*s", (int)(slash - path), path);
	(void)rmdir(directory);
}
