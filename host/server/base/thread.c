/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * thread.c: the application's thread behind a server thread: what it is asked to do while its call is served, and how it is
 * interrupted.
 *
 * A driver may hold its mutex meanwhile, or the kernel part a mapping's lock, so others would wait too.  A thread that
 * does not answer loses its call: it has left the call by a jump out of a handler, its memory is slow beyond measure, or
 * it means no good.  One that is stopped gets longer: somebody debugs it.  The process that makes a habit of it is
 * killed.
 */
#define _GNU_SOURCE
#include <errno.h>

#include "host/server/base/linux.h"
#include "host/server/base/peers.h"

static _Thread_local struct thread *thread_self;

void thread_set_current(struct thread *t)
{
	thread_self = t;
}

struct thread *thread_waiting(const struct process *p)
{
	return thread_self != NULL && thread_self->process == p ? thread_self : NULL;
}

/* ---- steps ---- */

#define ANSWER_TIMEOUT_S 10
#define STOPPED_TIMEOUT_S 300
#define MAX_LOST_CALLS 8

/* By a signal, or by a debugger. */
static bool is_stopped(const struct thread *t)
{
	char state = task_state(t->process->pid, (pid_t)t->tid);

	return state == 'T' || state == 't';
}

static void give_up(const struct thread *t)
{
	struct process *p = t->process;

	posix_log(HOST_LOG_WARN, "process %d: a call fails: its thread %u did not answer for %d seconds", (int)p->pid,
		  (unsigned)t->tid, ANSWER_TIMEOUT_S);
	if (atomic_fetch_add(&p->unanswered, 1) + 1 < MAX_LOST_CALLS || atomic_load(&p->dying))
		return;
	posix_log(HOST_LOG_WARN, "process %d is killed: %d of its calls were not answered", (int)p->pid, MAX_LOST_CALLS);
	(void)pidfd_signal(p->pidfd, SIGKILL, NULL);
}

static int answer_wait(struct thread *t, struct wire_message *m)
{
	uint64_t timeout = ANSWER_TIMEOUT_S * UINT64_C(1000000000);
	int error, waits = 0;

	do {
		t->channel.deadline = host_time_monotonic() + timeout;
		do
			error = channel_receive(&t->channel, m);
		while (error == EINTR);
	} while (error == ETIMEDOUT && ++waits < STOPPED_TIMEOUT_S / ANSWER_TIMEOUT_S && is_stopped(t));
	t->channel.deadline = 0;
	if (error == ETIMEDOUT)
		give_up(t);
	return error;
}

int thread_step(struct thread *t, struct wire_message *m, const int *fds)
{
	int error = t->broken ? EPIPE : channel_send(&t->channel, m, fds);

	if (error == 0)
		error = answer_wait(t, m);
	if (error != 0) {
		t->broken = true;
		return EPIPE;
	}
	return m->error >= 0 && m->error < 4096 ? m->error : EPROTO;
}

/* ---- interrupts ---- */

void thread_interrupt(struct process *p, uint32_t tid, uint32_t turn)
{
	struct thread *t;

	pthread_mutex_lock(&p->lock);
	LIST_FOREACH (t, &p->threads, link) {
		if (t->tid != tid)
			continue;
		atomic_store(&t->interrupted, turn);
		if (atomic_load(&t->in_call))
			posix_thread_interrupt(t->posix);
	}
	pthread_mutex_unlock(&p->lock);
}
