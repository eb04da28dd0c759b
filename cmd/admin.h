/* SPDX-License-Identifier: BSD-2-Clause */
/* admin.h: one request to a running server, see wire/admin.h. */
#ifndef CMD_ADMIN_H
#define CMD_ADMIN_H

#include "cmd/args.h"

/* The socket of the server of that name of this user. */
void admin_public_name(const char *name, char *socket_name, size_t size);
/*
 * Sends the request and gathers the answer's lines, without the last one.  socket_name: the abstract socket's; label: what
 * the user calls the server.  0, or EXIT_SUNDOG after having said why.
 */
int admin_ask(const char *socket_name, const char *label, const char *request, struct args *lines);
/* Cuts a line at its tabs: the number of fields, at most max. */
size_t admin_fields(char *line, char **fields, size_t max);

#endif
