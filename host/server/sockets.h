/* SPDX-License-Identifier: BSD-2-Clause */
/* sockets.h: what the server listens on: an abstract socket, and one in its user's directory (wire/address.h). */
#ifndef HOST_SERVER_SOCKETS_H
#define HOST_SERVER_SOCKETS_H

enum {
	SOCKET_ABSTRACT,
	SOCKET_FILE,
	SOCKETS,
};
/*
 * Both listen, close-on-exec and non-blocking.  0, or errno of the abstract one: EADDRINUSE, ENAMETOOLONG...  Where the
 * directory is not to be had, sockets[SOCKET_FILE] is -1, which -v tells.  Files of servers that have been killed go.
 */
int sockets_open(const char *name, int sockets[SOCKETS]);
void sockets_close(int sockets[SOCKETS]);

#endif
