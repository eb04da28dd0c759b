/* SPDX-License-Identifier: BSD-2-Clause */
/* signals.h: SIGSEGV is ours and the application does not see it; and its handlers of other signals. */
#ifndef CLIENT_SIGNAL_SIGNALS_H
#define CLIENT_SIGNAL_SIGNALS_H

#include "client/core/upward.h"
#include "client/memory/memory.h"

/* ---- sigaction.c ---- */

/* SIGSEGV goes to handler from now on.  0 or errno. */
int signals_take(void (*handler)(int, siginfo_t *, void *));
/*
 * From the handler: the application gets the signal as if it had been the one to get it.  forced: an access failed,
 * so it cannot be ignored or blocked.
 */
void signals_deliver(int signo, siginfo_t *info, void *context, bool forced);
/* A mask to sleep with: itself, or a copy in *to without SIGSEGV. */
const sigset_t *signals_without_segv(const sigset_t *mask, sigset_t *to);
void signals_fork_lock(void);
void signals_fork_unlock(void);

/* ---- signal.c ---- */

/* siginterrupt(3): signal(3) sets handlers of this one that let calls fail. */
bool signals_interrupting(int signo);

/* ---- handler.c ---- */

bool handlers_wrapped(void);
/* sigaction(2) then. */
int handler_exchange(int signo, const struct sigaction *act, struct sigaction *old);
void handlers_fork_lock(void);
void handlers_fork_unlock(void);

#endif
