/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * step.c: what the client's thread is asked to do while its call is served.
 *
 * A driver may hold its mutex meanwhile, or the kernel part a mapping's lock, so others would wait too.  A thread that
 * does not answer loses its call: it has left the call by a jump out of a handler, its memory is slow beyond measure, or
 * it means no good.  One that is stopped gets longer: somebody debugs it.  The process that makes a habit of it is
 * killed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/server/server.h"

#define PATIENCE_S 10
#define STOPPED_S 300
#define HABIT 8 /* calls lost */

/* By a signal, or by a debugger. */
static bool is_stopped(const struct thread *t)
{
	char path[64], text[512];
	const char *behind_name;
	size_t n;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%u/stat", (int)t->process->pid, (unsigned)t->tid);
	file = fopen(path, "re");
	if (file == NULL)
		return false;
	n = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[n] = '\0';
	behind_name = strrchr(text, ')');
	return behind_name != NULL && (behind_name[2] == 'T' || behind_name[2] == 't');
}

static void give_up(const struct thread *t)
{
	struct process *p = t->process;

	posix_log(HOST_LOG_WARN, "process %d: a call fails: its thread %u did not answer for %d seconds", (int)p->pid,
		  (unsigned)t->tid, PATIENCE_S);
	if (atomic_fetch_add(&p->unanswered, 1) + 1 < HABIT || atomic_load(&p->dying))
		return;
	posix_log(HOST_LOG_WARN, "process %d is killed: %d of its calls were not answered", (int)p->pid, HABIT);
	(void)syscall(SYS_pidfd_send_signal, p->pidfd, SIGKILL, NULL, 0);
}

static int answer_wait(struct thread *t, struct wire_message *m)
{
	uint64_t patience = PATIENCE_S * UINT64_C(1000000000);
	int error, waits = 0;

	do {
		t->channel.deadline = host_time_monotonic() + patience;
		do
			error = channel_receive(&t->channel, m);
		while (error == EINTR);
	} while (error == ETIMEDOUT && ++waits < STOPPED_S / PATIENCE_S && is_stopped(t));
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
