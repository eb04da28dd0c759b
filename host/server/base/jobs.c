/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * jobs.c: teardowns and closes that no caller waits for.
 *
 * A process that has seen a death may count on its effects.  So requests wait for the jobs in progress, but
 * never for a job that sits in a driver's wait: the wake-up may be the very request that waits.  Such a
 * job gets a moment (it may only be passing a contended mutex) and is waited for no more after that.
 */
#define _GNU_SOURCE
#include <errno.h>

#include "host/server/base/peers.h"

#define GRACE_NS 250000000u /* a thread that was woken may have to wait for a CPU */

TAILQ_HEAD(job_list, job);
static struct {
	pthread_mutex_t lock; /* protects the fields below */
	pthread_cond_t changed;
	struct job_list list;
	struct job_list waiting; /* for the spare thread, when no thread can be made; linked by queue */
	unsigned running, blocked;
	atomic_uint unsettled; /* running + blocked, for a look without the lock */
	pthread_cond_t spare;
	void (*find)(void); /* constant */
} jobs = {.lock = PTHREAD_MUTEX_INITIALIZER,
	  .changed = PTHREAD_COND_INITIALIZER,
	  .spare = PTHREAD_COND_INITIALIZER,
	  .list = TAILQ_HEAD_INITIALIZER(jobs.list),
	  .waiting = TAILQ_HEAD_INITIALIZER(jobs.waiting)};

static _Thread_local struct job *job_self;

static void job_set_state(struct job *job, enum job_state state)
{
	jobs.running -= job->state == JOB_RUNNING;
	jobs.blocked -= job->state == JOB_BLOCKED;
	job->state = state;
	jobs.running += state == JOB_RUNNING;
	jobs.blocked += state == JOB_BLOCKED;
	atomic_store(&jobs.unsettled, jobs.running + jobs.blocked);
	pthread_cond_broadcast(&jobs.changed);
}

static void job_block(struct job *job)
{
	pthread_mutex_lock(&jobs.lock);
	if (job->state == JOB_RUNNING)
		job_set_state(job, JOB_BLOCKED);
	pthread_mutex_unlock(&jobs.lock);
}

/* What our own files wait for comes soon, but for what job_blocks() tells of. */
static void before_block(void *arg, bool announced)
{
	if (!announced)
		job_block(arg);
}

void job_blocks(void)
{
	if (job_self != NULL)
		job_block(job_self);
}

void job_resumes(void)
{
	if (job_self == NULL)
		return;
	pthread_mutex_lock(&jobs.lock);
	if (job_self->state == JOB_BLOCKED)
		job_set_state(job_self, JOB_RUNNING);
	pthread_mutex_unlock(&jobs.lock);
}

void job_begin(struct job *job)
{
	pthread_mutex_lock(&jobs.lock);
	job->state = JOB_STUCK;
	job_set_state(job, JOB_RUNNING);
	TAILQ_INSERT_TAIL(&jobs.list, job, link);
	pthread_mutex_unlock(&jobs.lock);
}

void job_enter(struct job *job)
{
	job_self = job;
	posix_thread_before_block(before_block, job);
}

void job_end(struct job *job)
{
	posix_thread_before_block(NULL, NULL);
	job_self = NULL;
	pthread_mutex_lock(&jobs.lock);
	job_set_state(job, JOB_STUCK);
	TAILQ_REMOVE(&jobs.list, job, link);
	pthread_mutex_unlock(&jobs.lock);
}

static void job_run(struct job *job)
{
	job_enter(job);
	job->run(job->arg);
}

static void *job_thread(void *arg)
{
	pthread_setname_np(pthread_self(), "teardown");
	job_run(arg);
	return NULL;
}

/* Takes the jobs that got no thread of their own, one after the other. */
static void *spare_thread(void *arg)
{
	struct job *job;

	pthread_setname_np(pthread_self(), "teardown-spare");
	pthread_mutex_lock(&jobs.lock);
	for (;;) {
		while ((job = TAILQ_FIRST(&jobs.waiting)) == NULL)
			pthread_cond_wait(&jobs.spare, &jobs.lock);
		TAILQ_REMOVE(&jobs.waiting, job, queue);
		pthread_mutex_unlock(&jobs.lock);
		job_run(job);
		pthread_mutex_lock(&jobs.lock);
	}
	return NULL;
}

static int thread_detached(void *(*fn)(void *), void *arg)
{
	pthread_t id;
	int error = pthread_create(&id, NULL, fn, arg);

	return error != 0 ? error : pthread_detach(id);
}

int jobs_start(void (*find)(void))
{
	jobs.find = find;
	return thread_detached(spare_thread, NULL);
}

void job_spawn(struct job *job)
{
	if (thread_detached(job_thread, job) == 0)
		return;
	pthread_mutex_lock(&jobs.lock);
	TAILQ_INSERT_TAIL(&jobs.waiting, job, queue);
	pthread_cond_signal(&jobs.spare);
	pthread_mutex_unlock(&jobs.lock);
}

/* ---- waiting for them ---- */

static void give_up_blocked(void)
{
	struct job *job;

	TAILQ_FOREACH (job, &jobs.list, link)
		if (job->state == JOB_BLOCKED)
			job_set_state(job, JOB_STUCK);
}

static void settle_locked(const struct process *p)
{
	uint64_t end = 0;

	while (jobs.running + jobs.blocked > 0 && !atomic_load(&p->dying)) {
		if (jobs.running > 0) {
			pthread_cond_wait(&jobs.changed, &jobs.lock);
			continue;
		}
		if (end == 0)
			end = host_time_monotonic() + GRACE_NS;
		if (posix_wait_until(&jobs.changed, &jobs.lock, end) == ETIMEDOUT)
			give_up_blocked();
	}
}

/* False: there was nothing to wait for. */
static bool settle(const struct process *p)
{
	if (atomic_load(&jobs.unsettled) == 0 || atomic_load(&p->dying))
		return false;
	posix_thread_blocks();
	pthread_mutex_lock(&jobs.lock);
	settle_locked(p);
	pthread_mutex_unlock(&jobs.lock);
	return true;
}

void jobs_settle(const struct process *p)
{
	do
		jobs.find(); /* a teardown may lead to more */
	while (settle(p));
}

void jobs_drain(void)
{
	pthread_mutex_lock(&jobs.lock);
	while (!TAILQ_EMPTY(&jobs.list))
		pthread_cond_wait(&jobs.changed, &jobs.lock);
	pthread_mutex_unlock(&jobs.lock);
}
