/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * supervisor.h: what the sundog command and the server that it has started send to each other.
 *
 *   sundog-server -S FD -n SOCKET [-v] [--strict-lock] [--fault-engine uffd|sigsegv] [--projects FILE] [-p PROJECT]
 *                 [-x RCTL=VALUE]... [-d DRIVER.so[:CONF]]...
 *
 * FD is a SOCK_SEQPACKET socket, inherited; each message is one line of text with its newline, at most
 * SUPERVISOR_LINE_MAX bytes.  SOCKET is the abstract socket's name, without the NUL.
 *
 *   server -> command   ready            the drivers are attached and the socket listens
 *                       failed WHAT: WHY instead of ready; the server then exits with status 125
 *   command -> server   busy?
 *   server -> command   busy N           N processes are connected that hold an open or a mapping; answered at
 *                                        once, and when N > 0 a second time, "busy 0", when the last is gone
 *   command -> server   kill             SIGKILL to every process that holds one; no answer of its own
 *   command -> server   stop             detach and unload the drivers
 *   server -> command   leaks N          N kinds of things were left (each reported on stderr); then it exits, 0
 *
 * End of file from the command: the server stops as for "stop" and ends.  End of file from the server
 * without leaks: it has died.
 */
#ifndef WIRE_SUPERVISOR_H
#define WIRE_SUPERVISOR_H

#define SUPERVISOR_LINE_MAX 4096u

#endif
