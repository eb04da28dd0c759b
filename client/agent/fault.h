/* SPDX-License-Identifier: BSD-2-Clause */
/* fault.h: what the rest of the library knows of accesses to intercepted mappings, and of the agent that serves them. */
#ifndef CLIENT_AGENT_FAULT_H
#define CLIENT_AGENT_FAULT_H

#include "client/agent/agent.h"
#include "client/signal/signals.h"

/* ---- fault.c ---- */

/* fault_prepare() and fault_left(): core/upward.h. */
void fault_fork_lock(void);
void fault_fork_unlock(void);
void fault_fork_child(struct fork_child *c);
/* What a vfork child will need when it touches an intercepted mapping. */
void fault_vfork_enter(void);

/* ---- join.c ---- */

/* A WIRE_AGENT connection that the server has welcomed, and all that the agent needs.  0 or errno. */
int agent_join(struct agent_means *means);
void agent_leave(struct agent_means *means);

/* ---- uffd.c ---- */

/* Makes a userfaultfd, by device unless that is -1, and offers it; *fd: it or -1.  0 or errno. */
int uffd_offer(int socket, int device, int *fd);

/* ---- promote_fork.c ---- */

/* In a fork child: pages that its parent shares with the server become its own. */
void promote_fork_child(struct fork_child *c);

#endif
