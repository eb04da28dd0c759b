/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * promote.h: an application's private pages become pages that the server shares, and private again: done by the
 * agent, on its own stack (a thread cannot do it to the stack that it runs on).
 *
 *	stop writers   userfaultfd write protection; where that cannot be: mprotect, and SIGSEGV's handler waits
 *	copy           into the file, by the kernel
 *	map            the file over the range, shared
 *	wake writers   they write again, into the shared pages
 */
#ifndef CLIENT_PROMOTE_H
#define CLIENT_PROMOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/wire.h"

/* ---- of the agent: raw system calls only; results are those of system calls ---- */

void promote_begin(void);
long promote_watch(int device);
long promote_populate(const struct wire_agent_command *c);
long promote_share(const struct wire_agent_command *c, int fd);
long promote_unshare(const struct wire_agent_command *c, int fd);

/* ---- of the application's threads ---- */

/* From SIGSEGV's handler: addr cannot be written for a moment, or could not; waits, and true: try again. */
bool promote_wait(uintptr_t addr);
/* In a fork child: if the fork came while writers were stopped, they are not in the child. */
void promote_thaw_child(void);
/* promote_fork.c.  In a fork child: pages that its parent shares with the server become its own.  device: is it a device's? */
void promote_fork_copy(bool (*device)(uintptr_t start, uintptr_t end));

#endif
