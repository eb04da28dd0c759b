/* SPDX-License-Identifier: BSD-2-Clause */
/* admin.h: one request to a running server, see wire/admin.h. */
#ifndef CMD_ADMIN_H
#define CMD_ADMIN_H

#include "cmd/args.h"

struct admin_server {
	char socket[128]; /* the abstract one's name */
	char label[160];  /* what the user calls it */
};
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
