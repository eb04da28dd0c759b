/* SPDX-License-Identifier: BSD-2-Clause */
/* supervisor.h: the server as a child of the command; see wire/supervisor.h for the messages. */
#ifndef CMD_SUPERVISOR_H
#define CMD_SUPERVISOR_H

#include <signal.h>
#include <sys/types.h>

#include "cmd/install.h"
#include "cmd/options.h"

struct supervisor {
	pid_t pid;
	int fd;
	const char *socket_name; /* the caller's */
};

/*
 * Starts the server that the drivers need and waits until it is ready.  socket_name: of its abstract socket; it must last as long as *s.
 * 0, or EXIT_SUNDOG after an error message; then nothing is left.
 */
int supervisor_start(struct supervisor *s, const struct options *o, const struct install *in,
		     const char *socket_name);
/*
 * Waits until no process holds a device.  o->kill_after seconds later (never when negative), or when *hurry becomes
 * nonzero in a signal handler, those that still do are killed.  0, or EXIT_SUNDOG: the server has died (reported).
 */
int supervisor_idle(struct supervisor *s, const struct options *o, volatile sig_atomic_t *hurry);
/* Detaches the drivers and ends the server.  0, EXIT_LEAKED, or EXIT_SUNDOG after an error message. */
int supervisor_stop(struct supervisor *s);

#endif
