/* SPDX-License-Identifier: BSD-2-Clause */
/* signal.c: signal functions of other times, which libc makes of sigaction(2) where we do not see it. */
#define _GNU_SOURCE
#include "client/signal/signals.h"

#include <signal.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations" /* so that nobody begins with them */

static uint64_t interrupting; /* a bit for each signal */

bool signals_interrupting(int signo)
{
	return signo > 0 && signo <= 64 && (__atomic_load_n(&interrupting, __ATOMIC_RELAXED) >> (signo - 1) & 1);
}

static void remember(int signo, bool interrupt)
{
	uint64_t bit = UINT64_C(1) << (signo - 1);

	if (interrupt)
		__atomic_or_fetch(&interrupting, bit, __ATOMIC_RELAXED);
	else
		__atomic_and_fetch(&interrupting, ~bit, __ATOMIC_RELAXED);
}

int siginterrupt(int signo, int interrupt);
EXPORT int siginterrupt(int signo, int interrupt)
{
	struct sigaction a;

	if (likely(!client_active()))
		return REAL(siginterrupt)(signo, interrupt);
	if (sigaction(signo, NULL, &a) < 0)
		return -1;
	a.sa_flags = interrupt ? a.sa_flags & ~SA_RESTART : a.sa_flags | SA_RESTART;
	if (signo != SIGSEGV && REAL(siginterrupt)(signo, interrupt) < 0) /* so that libc knows, too */
		return -1;
	remember(signo, interrupt != 0);
	return sigaction(signo, &a, NULL);
}

sighandler_t sigset(int signo, sighandler_t disposition);
EXPORT sighandler_t sigset(int signo, sighandler_t disposition)
{
	struct sigaction a = {.sa_handler = disposition}, old;
	bool hold = disposition == SIG_HOLD;
	sigset_t one, was;

	if (likely(!client_active()))
		return REAL(sigset)(signo, disposition);
	sigemptyset(&one);
	if (sigaddset(&one, signo) < 0 || sigaction(signo, hold ? NULL : &a, &old) < 0 ||
	    sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &one, &was) < 0)
		return SIG_ERR;
	return sigismember(&was, signo) ? SIG_HOLD : old.sa_handler;
}
