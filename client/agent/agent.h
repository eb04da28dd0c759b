/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * agent.h: the helper process that changes the application's mappings for the server.  It shares the
 * application's memory and nothing else, and has a process group of its own, so it goes on while the application
 * is stopped by SIGSTOP, Ctrl-Z or a debugger, is invisible to wait(2), and keeps no program alive.  It ends when the
 * server closes its socket; the server ends it when the application has died or gone over to another image.
 */
#ifndef CLIENT_AGENT_H
#define CLIENT_AGENT_H

/* What an agent works with; the descriptors stay the caller's to close, the agent has its own. */
struct wire_agent_answer;
struct agent_means {
	int socket;                       /* connected, SOCK_SEQPACKET: descriptors that go with commands, the first answer */
	int commands;                     /* of a pipe, to read from */
	int uffd;                         /* userfaultfd, or -1 */
	struct wire_agent_answer *answer; /* shared with the server; stays mapped */
};
/*
 * Starts the agent.  When the pipe's other end has gone it calls abandon(uffd), if there is one, and ends.  Returns the
 * agent's pid, or -errno.  Changes no signal mask, opens nothing.
 */
int agent_start(const struct agent_means *means, void (*abandon)(int uffd));

/* A process in this one's memory, on the stack that ends at end.  flags: of clone(2).  Returns its pid, or -errno. */
long agent_process(unsigned long flags, void *end, int (*run)(void *), void *arg);

#endif
