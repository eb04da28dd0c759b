/* SPDX-License-Identifier: BSD-2-Clause */
/* mask.c: signal masks by the kernel's own call, since libc's is interposed; and what handlers the application has. */
#define _GNU_SOURCE
#include "client/core/core.h"

#include <sys/syscall.h>

#include "client/core/raw.h"

#define BIT_SEGV SIGNAL_BIT(SIGSEGV)

bool segv_taken;

void signals_block(uint64_t *old)
{
	uint64_t all = ~UINT64_C(0);

	raw_syscall(SYS_rt_sigprocmask, SIG_BLOCK, (long)&all, (long)old, KERNEL_SIGSET, 0, 0);
}

void signals_block_most(uint64_t *old)
{
	uint64_t most = ~BIT_SEGV;

	raw_syscall(SYS_rt_sigprocmask, SIG_BLOCK, (long)&most, (long)old, KERNEL_SIGSET, 0, 0);
}

void signals_restore(const uint64_t *old)
{
	uint64_t mask = __atomic_load_n(&segv_taken, __ATOMIC_ACQUIRE) ? *old & ~BIT_SEGV : *old;

	raw_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&mask, 0, KERNEL_SIGSET, 0, 0);
}

/* ---- handlers ---- */

/* What handlers there are, by signal. */
static uint64_t handled, handled_once; /* the second: without SA_RESTART */

bool signals_handled(void)
{
	return __atomic_load_n(&handled, __ATOMIC_RELAXED) != 0;
}

bool signals_restart(void)
{
	return __atomic_load_n(&handled_once, __ATOMIC_RELAXED) == 0;
}

/* Forgets none that is there. */
void signals_handler_comes(int signo, sighandler_t handler, bool restart)
{
	uint64_t bit = signo > 0 && signo <= 64 ? SIGNAL_BIT(signo) : 0;

	if (handler == SIG_DFL || handler == SIG_IGN)
		return;
	__atomic_or_fetch(&handled, bit, __ATOMIC_RELAXED);
	if (restart)
		__atomic_and_fetch(&handled_once, ~bit, __ATOMIC_RELAXED);
	else
		__atomic_or_fetch(&handled_once, bit, __ATOMIC_RELAXED);
}

void signals_handler_gone(int signo, sighandler_t handler)
{
	uint64_t bit = signo > 0 && signo <= 64 ? SIGNAL_BIT(signo) : 0;

	if (handler != SIG_DFL && handler != SIG_IGN)
		return;
	__atomic_and_fetch(&handled, ~bit, __ATOMIC_RELAXED);
	__atomic_and_fetch(&handled_once, ~bit, __ATOMIC_RELAXED);
}
