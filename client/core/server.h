/* SPDX-License-Identifier: BSD-2-Clause */
/* server.h: for connection.c: the way to the server. */
#ifndef CLIENT_CORE_SERVER_H
#define CLIENT_CORE_SERVER_H

/*
 * A new connection to the server, close-on-exec, or -1 with errno: ENXIO, there is none that this process may obey;
 * EAGAIN, EMFILE, ENFILE, ENOMEM, no room now.
 */
int server_connect(void);

#endif
