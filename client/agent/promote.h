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
/* promote_split.c */
long promote_split(const struct wire_agent_command *c, int fd);
long promote_join(const struct wire_agent_command *c, int fd);

/* ---- of the agent, between promote.c and promote_split.c ---- */

enum promote_way {
	WAY_NONE,
	WAY_WATCH,
	WAY_SIGNAL,
};
/* What is mapped there now, as the command expects it: 0, EAGAIN it is something else, EEXIST the command has been done. */
long promote_check(const struct wire_agent_command *c);
/* Whether writers can be stopped as the server believes: 0 or ENODATA. */
long promote_ready(const struct wire_agent_command *c);
/* No thread writes to the range.  0, or EFAULT: they cannot be stopped. */
long promote_stop(const struct wire_agent_command *c, enum promote_way *way);
/* replaced: another mapping is there now. */
void promote_go(const struct wire_agent_command *c, enum promote_way way, bool replaced);
/* The range's bytes into the file. */
long promote_copy_out(uint64_t addr, uint64_t len, int fd, uint64_t offset);

/* ---- of the application's threads ---- */

/* From SIGSEGV's handler: addr cannot be written for a moment, or could not; waits, and true: try again. */
bool promote_wait(uintptr_t addr);
/* In a fork child: if the fork came while writers were stopped, they are not in the child. */
void promote_thaw_child(void);

#endif
