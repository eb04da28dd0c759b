/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * handler.c: the application's signal handlers, from the first call on.  A thread that waits for a call, or for an access
 * that the server serves, runs a handler at once, and the server would not hear of it before the handler returns, if
 * ever: so ours runs first and reports it.
 *
 *	Linux  --signal-->  on_signal()  --interrupt--> server
 *	                         '-> the application's handler
 *
 * The application sees what it has set.  What libc sets for itself, and what a vfork child sets, is left alone.
 */
#define _GNU_SOURCE
#include "client/signal/signals.h"

#include <string.h>

#include "client/core/upward.h"

#define SIGNALS 64

struct entry {
	unsigned sequence;    /* odd: being changed */
	struct sigaction app; /* as the application has set it */
};
static struct {
	struct lock lock; /* protects the fields below for writing; with all signals blocked */
	bool active;
	struct entry entry[SIGNALS + 1];
} handlers;

void handlers_fork_lock(void)
{
	lock_take(&handlers.lock);
}

void handlers_fork_unlock(void)
{
	lock_release(&handlers.lock);
}

bool handlers_wrapped(void)
{
	return __atomic_load_n(&handlers.active, __ATOMIC_RELAXED);
}

/* ---- one entry: handlers read it while other threads change it ---- */

static void entry_write(struct entry *e, const struct sigaction *a)
{
	__atomic_store_n(&e->sequence, e->sequence + 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	e->app = *a;
	__atomic_store_n(&e->sequence, e->sequence + 1, __ATOMIC_RELEASE);
}

static void entry_read(const struct entry *e, struct sigaction *a)
{
	unsigned before;

	do {
		before = __atomic_load_n(&e->sequence, __ATOMIC_ACQUIRE);
		*a = e->app;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	} while ((before & 1) || __atomic_load_n(&e->sequence, __ATOMIC_RELAXED) != before);
}

static void on_signal(int signo, siginfo_t *info, void *context)
{
	struct sigaction a;
	int saved = errno;

	entry_read(&handlers.entry[signo], &a);
	fault_left();
	call_left();
	errno = saved;
	if (a.sa_flags & SA_SIGINFO)
		a.sa_sigaction(signo, info, context);
	else
		a.sa_handler(signo);
}

/* ---- setting ---- */

static bool is_ours(const struct sigaction *a)
{
	return (a->sa_flags & SA_SIGINFO) && a->sa_sigaction == on_signal;
}

static bool is_function(const struct sigaction *a)
{
	return a->sa_handler != SIG_DFL && a->sa_handler != SIG_IGN;
}

/* With the lock.  The handler that is there may run with the new entry already, as if it had come a moment later. */
static int install(int signo, const struct sigaction *act)
{
	struct entry *e = &handlers.entry[signo];
	struct sigaction before = e->app, wrapped = *act;

	sigdelset(&wrapped.sa_mask, SIGSEGV);
	if (!is_function(act) || in_vfork_child)
		return REAL(sigaction)(signo, &wrapped, NULL);
	wrapped.sa_sigaction = on_signal;
	wrapped.sa_flags |= SA_SIGINFO;
	entry_write(e, act);
	int result = REAL(sigaction)(signo, &wrapped, NULL);
	if (result < 0)
		entry_write(e, &before);
	return result;
}

int handler_exchange(int signo, const struct sigaction *act, struct sigaction *old)
{
	struct sigaction new = {0}, was;
	uint64_t mask;

	if (signo < 1 || signo > SIGNALS)
		return REAL(sigaction)(signo, act, old);
	if (act)
		new = *act; /* a bad pointer faults here, without the lock */
	signals_block(&mask);
	lock_take(&handlers.lock);
	int result = REAL(sigaction)(signo, NULL, &was);
	if (result == 0 && is_ours(&was))
		was = handlers.entry[signo].app;
	if (result == 0 && act)
		result = install(signo, &new);
	int error = errno;
	lock_release(&handlers.lock);
	signals_restore(&mask);
	errno = error;
	if (result == 0 && old)
		*old = was;
	return result;
}

void handlers_wrap(void)
{
	struct sigaction a;
	uint64_t mask;

	if (handlers_wrapped())
		return;
	signals_block(&mask);
	lock_take(&handlers.lock);
	for (int signo = 1; !handlers.active && signo <= SIGNALS; signo++)
		if (signo != SIGSEGV && REAL(sigaction)(signo, NULL, &a) == 0 && is_function(&a)) {
			signals_handler_comes(signo, a.sa_handler, a.sa_flags & SA_RESTART); /* it may be older than we are */
			(void)install(signo, &a);
		}
	__atomic_store_n(&handlers.active, true, __ATOMIC_RELAXED);
	lock_release(&handlers.lock);
	signals_restore(&mask);
}
