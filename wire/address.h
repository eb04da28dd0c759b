/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * address.h: where a server listens, and whether the one that answers there is to be believed.
 *
 * A server has two sockets.  The abstract one leaves nothing behind, but anybody may bind its name first, and it is seen
 * only in its own network namespace.  The other one lies in a directory that belongs to the server's user alone:
 *
 *	$XDG_RUNTIME_DIR/sundog/NAME          where that directory is the user's own
 *	/run/sundog/NAME                      root's
 *	/tmp/sundog-UID/NAME                  everybody else's
 *
 * NAME is what follows "sundog.UID." in the name of the abstract one.
 */
#ifndef WIRE_ADDRESS_H
#define WIRE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#define WIRE_ENV "SUNDOG_SOCKET"           /* environment: name of the abstract socket, or an absolute path */
#define WIRE_ENV_FILE "SUNDOG_SOCKET_FILE" /* environment: path of the other one, for whoever cannot reach the abstract one */

/* The address of a socket: of that path, if name begins with '/', else of that abstract name.  0 or ENAMETOOLONG. */
int wire_address(const char *name, struct sockaddr_un *address, socklen_t *length);

/*
 * Whether the listening peer of this connection is to be obeyed by a process of these user ids: root's servers are, and
 * those of the process's own user.  Linux attests who has called listen(2).  In a user namespace that has no name for the
 * server's user every unknown user looks alike, and is believed.  0 or EPERM; *owner: the server's user.
 */
int wire_server_check(int connection, uid_t real, uid_t effective, uid_t *owner);

/*
 * The path of a server's socket in its user's directory, which is made if create.  0 or errno: EPERM, the directory is not
 * the user's own or others may write there.
 */
int wire_socket_file(const char *abstract, bool create, char *path, size_t size);
/* Takes that file away, if it is there, and the directory, if it was the last one. */
void wire_socket_remove(const char *path);

#endif
