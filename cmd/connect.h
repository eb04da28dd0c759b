/* SPDX-License-Identifier: BSD-2-Clause */
/* connect.h: the way from a command to a server that is there already. */
#ifndef CMD_CONNECT_H
#define CMD_CONNECT_H

#include <sys/types.h>

/*
 * Connects to the server of that socket: an abstract name, whose file in this user's directory is tried as well, or an
 * absolute path.  0, or errno: ECONNREFUSED none is running; EPERM somebody else's is, of user *owner, who is not obeyed;
 * ENAMETOOLONG.
 */
int connect_server(const char *socket_name, int *fd, uid_t *owner);

#endif
