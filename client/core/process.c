/* SPDX-License-Identifier: BSD-2-Clause */
/* process.c: what the table of hooks (calls/hooks.c) makes of a fork, and the end of a process. */
#define _GNU_SOURCE
#include "client/core/core.h"

#include <unistd.h>

_Thread_local bool in_vfork_child, in_vfork_fault;

#define FORWARDS(h) for (const struct fork_hook *h = fork_hooks; h < fork_hooks + fork_hooks_count; h++)
#define BACKWARDS(h) for (const struct fork_hook *h = fork_hooks + fork_hooks_count; h-- > fork_hooks;)

void fork_locks_take(void)
{
	FORWARDS(h)
	if (h->lock)
		h->lock();
	fork_holds = true;
}

void fork_locks_release(void)
{
	fork_holds = false;
	BACKWARDS(h)
	if (h->unlock)
		h->unlock();
}

/* With the last lock signals come again, if the caller lets them: that is the first of the table. */
void fork_child_begins(struct fork_child *c)
{
	BACKWARDS(h)
	{
		if (h->child)
			h->child(c);
		else if (h->unlock)
			h->unlock();
	}
}

/* Other threads may have held locks when the program forked without us. */
void fork_child_found(void)
{
	struct fork_child child = {.leash = -1};
	uint64_t mask;
	int error = errno;

	signals_block(&mask);
	fork_holds = fork_resets = true;
	fork_child_begins(&child);
	fork_holds = fork_resets = false;
	signals_restore(&mask);
	errno = error;
}

void vfork_enter(void)
{
	BACKWARDS(h)
	if (h->vfork_enter)
		h->vfork_enter();
	in_vfork_child = true;
}

void vfork_leave(void)
{
	in_vfork_child = in_vfork_fault = false;
	FORWARDS(h)
	if (h->vfork_leave)
		h->vfork_leave();
}

static pid_t leaver; /* the thread that exits */

void process_leaving(void)
{
	__atomic_store_n(&leaver, gettid(), __ATOMIC_RELEASE);
}

void process_wait_leaving(void)
{
	pid_t who = __atomic_load_n(&leaver, __ATOMIC_ACQUIRE);

	if (who != 0 && who != gettid())
		for (;;)
			pause();
}
