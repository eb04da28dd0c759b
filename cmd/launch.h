/* SPDX-License-Identifier: BSD-2-Clause */
/* launch.h: COMMAND, run as it would run without sundog. */
#ifndef CMD_LAUNCH_H
#define CMD_LAUNCH_H

#include <signal.h>

#include "cmd/install.h"

/* Is there such a command?  0; EXIT_CANNOT_RUN or EXIT_NOT_FOUND after an error message. */
int launch_check(const char *command);
/* Puts the client library and the server's socket into the environment.  0 or EXIT_SUNDOG. */
int launch_environment(const struct install *in, const char *socket_name);
/* Replaces this process.  Returns EXIT_CANNOT_RUN or EXIT_NOT_FOUND after an error message. */
int launch_exec(char **command);
/*
 * Runs it in the foreground and waits: its exit status, or 128 + n.  From then on SIGINT, SIGTERM and SIGHUP only set
 * launch_hurry, until launch_signals_default().
 */
int launch_run(char **command);
extern volatile sig_atomic_t launch_hurry;
void launch_signals_default(void);

#endif
