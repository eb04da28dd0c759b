/* SPDX-License-Identifier: BSD-2-Clause */
/* admin.h: one request to a running server, see wire/admin.h. */
#ifndef CMD_ADMIN_H
#define CMD_ADMIN_H

#include "cmd/args.h"

/* A subcommand that asks a running server. */
struct admin_command {
	const char *name, *help;
	const char *letters; /* its own options, as getopt(3) has them; NULL: none */
	/* One of them, with its value in optarg.  0, or the exit status after an error message. */
	int (*take)(void *arg, int letter);
};
struct admin_server {
	char socket[128]; /* the abstract one's name */
	char label[160];  /* what the user calls it */
};
/*
 * Reads the options, --name, --socket and --help among them, and chooses the server.  -1: go on, with the arguments from
 * argv[optind] on; else the exit status.
 */
int admin_options(struct admin_server *s, const struct admin_command *c, void *arg, int argc, char **argv);
/*
 * By the name of its socket, or its own name among this user's; both NULL: the one around this command (`sundog run`),
 * else the only one that this user has, else the one of the name default.
 */
void admin_choose(struct admin_server *s, const char *name, const char *socket_name);
/* Sends the request and gathers the answer's lines, without the last one.  0, or EXIT_SUNDOG after an error message. */
int admin_ask(const struct admin_server *s, const char *request, struct args *lines);
/* Cuts a line at its tabs: the number of fields, at most max. */
size_t admin_fields(char *line, char **fields, size_t max);

#endif
