/* SPDX-License-Identifier: BSD-2-Clause */
/* lock.c: a mutex that works before main(), in handlers and around forks. */
#define _GNU_SOURCE
#include "client/core/core.h"

#include <linux/futex.h>

#include "client/core/raw.h"

_Thread_local bool fork_holds __attribute__((tls_model("initial-exec")));
_Thread_local bool fork_resets __attribute__((tls_model("initial-exec")));

/* 0 free, 1 taken, 2 taken with a sleeper. */
void lock_take(struct lock *l)
{
	uint64_t mask;
	int seen = 0;

	if (unlikely(fork_holds))
		return;
	signals_block(&mask);
	if (!__atomic_compare_exchange_n(&l->state, &seen, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		while (__atomic_exchange_n(&l->state, 2, __ATOMIC_ACQUIRE) != 0)
			raw_syscall(SYS_futex, (long)&l->state, FUTEX_WAIT_PRIVATE, 2, 0, 0, 0);
	l->mask = mask;
}

void lock_release(struct lock *l)
{
	if (unlikely(fork_resets))
		l->state = 0;
	if (unlikely(fork_holds))
		return;
	uint64_t mask = l->mask;

	if (__atomic_exchange_n(&l->state, 0, __ATOMIC_RELEASE) == 2)
		raw_syscall(SYS_futex, (long)&l->state, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
	signals_restore(&mask);
}
