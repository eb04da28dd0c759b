/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * processes.c: who refers to a process, and who works for it.
 *
 *	(WIRE_FORK) PENDING ----hello----> LIVE --death, exec, WIRE_EXIT, stop--> DYING --torn down--> DEAD
 *	                 '---failure, death before the hello---------------------^
 *
 * The rooms above take it from one state to the next: process/hello.c, process/fork.c, process/end.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "host/server/base/linux.h"
#include "host/server/base/peers.h"

#define TOP_64 (UINT64_C(1) << 47)
#define TOP_32 (UINT64_C(1) << 32)

void process_put(struct process *p)
{
	if (atomic_fetch_sub(&p->refs, 1) == 1)
		p->free(p);
}

struct process *process_get(struct process *p)
{
	atomic_fetch_add(&p->refs, 1);
	return p;
}

struct process *process_find(const struct wire_image *image, pid_t pid, uid_t uid)
{
	struct process *p;

	server_lock();
	LIST_FOREACH (p, &server.processes, link)
		if (p->state == PROCESS_LIVE && memcmp(&p->image, image, sizeof(*image)) == 0)
			break;
	/* A vfork child has its parent's image and another pid. */
	if (p != NULL && (p->pid == pid || atomic_load(&p->euid) == uid))
		process_get(p);
	else
		p = NULL;
	server_unlock();
	return p;
}

/* ---- who works for it ---- */

bool process_enter(struct process *p)
{
	bool full;

	pthread_mutex_lock(&p->lock);
	full = p->nthreads >= THREADS_MAX;
	if (!full)
		p->nthreads++;
	pthread_mutex_unlock(&p->lock);
	return !full;
}

int process_join(struct process *p)
{
	int error = 0;

	pthread_mutex_lock(&p->lock);
	if (atomic_load(&p->dying))
		error = ESRCH;
	else if (p->nthreads >= THREADS_MAX)
		error = EAGAIN;
	else
		p->nthreads++;
	pthread_mutex_unlock(&p->lock);
	return error;
}

void process_leave(struct process *p)
{
	pthread_mutex_lock(&p->lock);
	p->nthreads--;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
}

bool process_is_ending(const struct process *p)
{
	return atomic_load(&p->dying) || pid_is_exiting(p->pid) || pidfd_is_dead(p->pidfd, 0); /* in this order: it may be reaped meanwhile */
}

/* ---- its addresses ---- */

uint64_t process_top(const struct process *p)
{
	return p->model == SYS_ILP32 ? TOP_32 : TOP_64;
}

bool process_has_range(const struct process *p, uint64_t addr, uint64_t len)
{
	return addr < process_top(p) && len <= process_top(p) - addr;
}

bool process_has_pages(const struct process *p, uint64_t addr, uint64_t len)
{
	return (addr & PAGE_MASK) == 0 && addr >= PAGE_SIZE && len != 0 && process_has_range(p, addr, len);
}
