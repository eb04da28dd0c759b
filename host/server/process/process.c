/* SPDX-License-Identifier: BSD-2-Clause */
/* process.c: making a process, and the descriptors that tell of its end. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/server/process/process.h"

/* In one piece: struct process points to the rooms' parts. */
struct whole {
	struct process process;
	struct host_as as;
	struct proofs proofs;
};

static void process_job(void *arg)
{
	process_teardown(arg, NULL);
}

static void process_free(struct process *p)
{
	if (p->pidfd >= 0)
		close(p->pidfd);
	if (p->proc >= 0)
		close(p->proc);
	if (p->connection >= 0)
		connection_close(p->connection);
	if (p->leash >= 0)
		close(p->leash);
	if (p->parent != NULL)
		process_put(p->parent);
	proofs_fini(p->proofs);
	pins_fini(p->as->pins);
	as_fini(p->as);
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

struct process *process_alloc(enum sys_model model)
{
	struct whole *whole = calloc(1, sizeof(*whole));
	struct process *p;

	if (whole == NULL)
		return NULL;
	p = &whole->process;
	p->as = &whole->as;
	p->proofs = &whole->proofs;
	p->free = process_free;
	atomic_init(&p->refs, 1);
	p->model = model;
	p->pidfd = p->proc = p->connection = p->leash = -1;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->changed, NULL);
	p->job.run = process_job;
	p->job.arg = p;
	if (as_init(p->as, p) == 0)
		return p;
	process_put(p);
	return NULL;
}

/* ---- in the table, and watched ---- */

void process_publish(struct process *p, enum process_state state)
{
	p->state = state;
	LIST_INSERT_HEAD(&server.processes, p, link);
	server.nprocesses++;
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
