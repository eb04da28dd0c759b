/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/admin.h"

#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/connect.h"
#include "wire/address.h"
#include "wire/admin.h"
#include "wire/wire.h"

#define LISTENS 0x10000u /* of the flags there */

/* A line of /proc/net/unix: the name of a socket of this user on which a server listens, or NULL. */
static const char *line_socket(char *line)
{
	char prefix[32], *name = strchr(line, '@');
	unsigned flags;

	snprintf(prefix, sizeof(prefix), "@sundog.%u.", getuid());
	if (sscanf(line, "%*x: %*x %*x %x", &flags) != 1 || (flags & LISTENS) == 0 || name == NULL ||
	    strncmp(name, prefix, strlen(prefix)) != 0)
		return NULL;
	name[strcspn(name, "\n")] = '\0';
	return name + 1;
}

/* This user's servers: how many, and the name of one. */
static unsigned servers_find(char *socket_name, size_t size)
{
	FILE *f = fopen("/proc/net/unix", "re");
	char line[256];
	unsigned n = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		const char *name = line_socket(line);

		if (name != NULL && n++ == 0)
			snprintf(socket_name, size, "%s", name);
	}
	if (f != NULL)
		fclose(f);
	return n;
}

static void choose_socket(struct admin_server *s, const char *name)
{
	snprintf(s->socket, sizeof(s->socket), "%s", name);
	snprintf(s->label, sizeof(s->label), "with socket %s", name);
}

void admin_choose(struct admin_server *s, const char *name, const char *socket_name)
{
	char only[128];

	if (socket_name == NULL && name == NULL)
		socket_name = getenv(WIRE_ENV);
	if (socket_name == NULL && name == NULL && servers_find(only, sizeof(only)) == 1)
		socket_name = only;
	if (socket_name != NULL) {
		choose_socket(s, socket_name);
		return;
	}
	if (name == NULL)
		name = "default";
	snprintf(s->socket, sizeof(s->socket), "sundog.%u.%s", getuid(), name);
	snprintf(s->label, sizeof(s->label), "named %s", name);
}

int admin_options(struct admin_server *s, const struct admin_command *c, void *arg, int argc, char **argv)
{
	static const struct option longs[] = {{"name", required_argument, NULL, 'N'},
					      {"socket", required_argument, NULL, 'S'},
					      {"help", no_argument, NULL, 'h'},
					      {0}};
	const char *name = NULL, *socket_name = NULL;
	char letters[64];
	int letter, status;

	snprintf(letters, sizeof(letters), "+:h%s", c->letters != NULL ? c->letters : "");
	opterr = 0;
	while ((letter = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (letter == 'h')
			return print(c->help);
		if (letter == ':')
			return fail("%s: %s: a value must follow", c->name, argv[optind - 1]);
		if (letter == '?')
			return fail("%s: %s: unknown option: try `sundog %s --help`", c->name, argv[optind - 1], c->name);
		if (letter == 'N')
			name = optarg;
		else if (letter == 'S')
			socket_name = optarg;
		else if ((status = c->take(arg, letter)) != 0)
			return status;
	}
	admin_choose(s, name, socket_name);
	return -1;
}

/* What else there is, for a user who has not found the right one. */
static int not_running(const char *label)
{
	char some[128];
	unsigned n = servers_find(some, sizeof(some));

	if (n == 0)
		return fail("no server %s is running for uid %u, nor any other", label, getuid());
	return fail("no server %s is running for uid %u; %u other%s: --socket %s", label, getuid(), n,
		    n == 1 ? " is" : "s are, one of them", some);
}

static int admin_connect(const char *name, const char *label, int *fd)
{
	uid_t owner;
	int error = connect_server(name, fd, &owner);

	switch (error) {
	case 0:
		return 0;
	case ENAMETOOLONG:
		return fail("%.60s: a socket's name has 1 to %zu bytes", name, sizeof(((struct sockaddr_un *)0)->sun_path) - 1);
	case ECONNREFUSED:
		return not_running(label);
	case EPERM:
		return fail("the server %s is user %u's, not root's or uid %u's: not obeyed", label, owner, getuid());
	default:
		return fail("cannot reach the server %s: %s", label, strerror(error));
	}
}

static int admin_greet(int fd, const char *label)
{
	struct wire_hello hello = {.magic = WIRE_MAGIC, .version = WIRE_VERSION, .kind = WIRE_ADMIN, .model = 64};
	struct wire_welcome welcome;

	if (send(fd, &hello, sizeof(hello), MSG_NOSIGNAL) < 0 ||
	    recv(fd, &welcome, sizeof(welcome), 0) != sizeof(welcome))
		return fail("the server %s does not answer", label);
	if (welcome.error == EPROTONOSUPPORT)
		return fail("the server %s is of another version", label);
	return welcome.error == 0 ? 0 : fail("the server %s: %s", label, strerror(welcome.error));
}

/* Until the last line, which is the result. */
static int admin_hear(int fd, const char *label, struct args *lines)
{
	char line[ADMIN_LINE_MAX + 1];
	ssize_t n;

	while ((n = recv(fd, line, sizeof(line) - 1, 0)) > 0 || (n < 0 && errno == EINTR)) {
		if (n < 0)
			continue;
		line[n] = '\0';
		if (strcmp(line, "end") == 0)
			return 0;
		if (strncmp(line, "failed\t", 7) == 0)
			return fail("%s", line + 7);
		args_add(lines, line);
	}
	return fail("the server %s did not finish its answer", label);
}

int admin_ask(const struct admin_server *s, const char *request, struct args *lines)
{
	const char *label = s->label;
	int fd = -1, status = admin_connect(s->socket, label, &fd);

	if (status != 0)
		return status;
	status = admin_greet(fd, label);
	if (status == 0 && send(fd, request, strlen(request), MSG_NOSIGNAL) < 0)
		status = fail("the server %s does not listen: %s", label, strerror(errno));
	if (status == 0)
		status = admin_hear(fd, label, lines);
	close(fd);
	return status;
}

size_t admin_fields(char *line, char **fields, size_t max)
{
	size_t n = 0;
	char *field;

	while (n < max && (field = strsep(&line, "\t")) != NULL)
		fields[n++] = field;
	for (size_t i = n; i < max; i++)
		fields[i] = "";
	return n;
}
