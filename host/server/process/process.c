/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * process.c: the table of processes, and who works for one; hello.c puts them in, end.c takes them out.
 *
 *	(WIRE_FORK) PENDING ----hello----> LIVE --death, exec, WIRE_EXIT, stop--> DYING --torn down--> DEAD
 *	                 '---failure, death before the hello---------------------^
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/server/server.h"

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

/* ---- making and freeing ---- */

static void process_job(void *arg)
{
	process_teardown(arg, NULL);
}

struct process *process_alloc(enum sys_model model)
{
	struct process *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	atomic_init(&p->refs, 1);
	p->model = model;
	p->pidfd = p->connection = p->leash = -1;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->changed, NULL);
	as_init(&p->as, p);
	p->job.run = process_job;
	p->job.arg = p;
	return p;
}

static void process_free(struct process *p)
{
	if (p->pidfd >= 0)
		close(p->pidfd);
	if (p->connection >= 0)
		close(p->connection);
	if (p->leash >= 0)
		close(p->leash);
	if (p->parent != NULL)
		process_put(p->parent);
	proofs_fini(&p->proofs);
	as_fini(&p->as);
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

void process_put(struct process *p)
{
	if (atomic_fetch_sub(&p->refs, 1) == 1)
		process_free(p);
}

struct process *process_get(struct process *p)
{
	atomic_fetch_add(&p->refs, 1);
	return p;
}

int pidfd_of_peer(int connection, pid_t pid)
{
	int fd;
	socklen_t size = sizeof(fd);

	if (getsockopt(connection, SOL_SOCKET, SO_PEERPIDFD, &fd, &size) == 0)
		return fd;
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

int process_watch_pidfd(struct process *p)
{
	p->pidfd_id = watch_id_create(WATCH_PIDFD, p);
	return p->pidfd_id == WATCH_NO_ID ? ENOMEM : lifecycle_watch(p->pidfd, p->pidfd_id);
}

int process_watch(struct process *p)
{
	int error = p->pidfd_id == WATCH_NO_ID ? process_watch_pidfd(p) : 0;

	if (error != 0)
		return error;
	p->connection_id = watch_id_create(WATCH_CONNECTION, p);
	if (p->connection_id == WATCH_NO_ID)
		return ENOMEM;
	error = lifecycle_watch(p->connection, p->connection_id);
	return error != 0 ? error : lifecycle_listen(p->connection, p->connection_id);
}

void process_unwatch_connection(struct process *p)
{
	if (p->connection_id == WATCH_NO_ID)
		return;
	lifecycle_unwatch(p->connection);
	lifecycle_unlisten(p->connection);
	watch_id_destroy(p->connection_id);
	p->connection_id = WATCH_NO_ID;
}

void process_unwatch(struct process *p)
{
	if (p->pidfd_id != WATCH_NO_ID) {
		lifecycle_unwatch(p->pidfd);
		watch_id_destroy(p->pidfd_id);
		p->pidfd_id = WATCH_NO_ID;
	}
	if (p->leash_id != WATCH_NO_ID) {
		lifecycle_unwatch(p->leash);
		watch_id_destroy(p->leash_id);
		p->leash_id = WATCH_NO_ID;
	}
	process_unwatch_connection(p);
}

void process_publish(struct process *p, enum process_state state)
{
	p->state = state;
	LIST_INSERT_HEAD(&server.processes, p, link);
	server.nprocesses++;
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
