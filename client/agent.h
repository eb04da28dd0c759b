/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * agent.h: the helper process that changes the application's mappings for the server.  It shares the
 * application's memory and nothing else, and has a process group of its own, so it goes on while the application
 * is stopped by SIGSTOP, Ctrl-Z or a debugger, is invisible to wait(2), and keeps no program alive.  It ends when the
 * server closes its socket; the server ends it when the application has died or gone over to another image.
 */
#ifndef CLIENT_AGENT_H
#define CLIENT_AGENT_H

/*
 * Starts the agent on a connected SOCK_SEQPACKET socket and a userfaultfd (or -1), which stay the caller's to close (the
 * agent has its own).  When the socket's peer has gone it calls abandon(uffd), if there is one, and ends.  Returns the
 * agent's pid, or -errno.  Changes no signal mask, opens nothing.
 */
int agent_start(int socket, int uffd, void (*abandon)(int uffd));

#endif
