/* SPDX-License-Identifier: BSD-2-Clause */
/* newtask.h: moving processes to projects. */
#ifndef CMD_NEWTASK_H
#define CMD_NEWTASK_H

/*
 * The process pid, or NULL: the program that this process is going to execute, is in that project from now on.
 * socket_name: of the server.  0, or EXIT_SUNDOG after an error message.
 */
int newtask_ask(const char *socket_name, const char *project, const char *pid);

#endif
