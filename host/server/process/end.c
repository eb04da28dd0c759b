/* SPDX-License-Identifier: BSD-2-Clause */
/* end.c: the ends of processes: what stops at once, and the job that tears down the rest. */
#define _GNU_SOURCE
#include <sys/socket.h>

#include "host/server/process/process.h"

static void threads_end(struct process *p, const struct thread *self)
{
	struct thread *t;

	pthread_mutex_lock(&p->lock);
	LIST_FOREACH (t, &p->threads, link) {
		if (t == self)
			continue;
		posix_thread_dying(t->posix);
		(void)shutdown(t->channel.socket, SHUT_RDWR);
	}
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
	engine_end(p->as);
}

bool process_end(struct process *p, enum process_end end, const struct thread *self)
{
	if (p->state == PROCESS_DYING || p->state == PROCESS_DEAD)
		return false;
	if (p->state == PROCESS_PENDING && p->parent != NULL)
		p->parent->forks--;
	p->state = PROCESS_DYING;
	p->end = end;
	atomic_store(&p->dying, true);
	job_begin(&p->job); /* first: a thread that finds the set of watches empty must find the job */
	process_unwatch(p);
	threads_end(p, self);
	if (p->connection >= 0 && self == NULL)
		(void)shutdown(p->connection, SHUT_RDWR);
	return true;
}

#define WAKE_AGAIN_NS 10000000u

static void threads_wait_some(struct process *p)
{
	if (engine_wake(p->as))
		(void)posix_wait_until(&p->changed, &p->lock, host_time_monotonic() + WAKE_AGAIN_NS);
	else
		(void)pthread_cond_wait(&p->changed, &p->lock);
}

static void threads_wait(struct process *p, const struct thread *self)
{
	unsigned left = self != NULL;

	pthread_mutex_lock(&p->lock);
	if (p->nthreads > left) {
		job_blocks();
		while (p->nthreads > left)
			threads_wait_some(p);
		job_resumes();
	}
	pthread_mutex_unlock(&p->lock);
}

static void proc_destroy(struct process *p)
{
	sys_thread_enter(p->sys);
	sys_proc_destroy(p->sys);
	sys_thread_leave();
}

/* Exit closes the files first; exec closes those marked for it when the old address space is gone. */
static void process_take_down(struct process *p)
{
	if (p->end == END_EXEC) {
		proc_destroy(p);
		sys_thread_enter(NULL);
		open_drop(p, true);
		sys_thread_leave();
		return;
	}
	sys_thread_enter(p->sys);
	open_drop(p, false);
	sys_thread_leave();
	proc_destroy(p);
	sys_thread_enter(NULL);
	open_drop(p, true);
	sys_thread_leave();
}

void process_teardown(struct process *p, const struct thread *self)
{
	struct sys_account *account;

	threads_wait(p, self);
	process_take_down(p);
	pins_gone(p->as);
	agent_end(p->as);
	engine_close(p->as);
	server_lock();
	p->state = PROCESS_DEAD;
	LIST_REMOVE(p, link);
	server.nprocesses--;
	account = p->account;
	p->account = NULL;
	server_unlock();
	if (account != NULL && p->end == END_EXEC)
		heir_add(p->pid, p->pidfd, account);
	else if (account != NULL)
		sys_account_release(account);
	pthread_mutex_lock(&p->lock);
	p->gone = true;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
	server_changed();
	job_end(&p->job);
	process_put(p);
}

void process_wait_gone(struct process *p)
{
	pthread_mutex_lock(&p->lock);
	while (!p->gone)
		pthread_cond_wait(&p->changed, &p->lock);
	pthread_mutex_unlock(&p->lock);
}

void process_end_all(void)
{
	struct process *p;
	bool more;

	do {
		server_lock();
		LIST_FOREACH (p, &server.processes, link)
			if (process_end(p, END_EXIT, NULL))
				break;
		more = p != NULL;
		server_unlock();
		if (more)
			job_spawn(&p->job);
	} while (more);
}
