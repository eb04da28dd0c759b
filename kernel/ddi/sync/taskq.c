/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Task queues, taskq(9F) and ddi_taskq_create(9F).  A queue makes its threads when there is work for them, up to
 * the number asked for.
 */
#include "kernel/ddi/core/leak.h"
#include "kernel/lib/message.h"
#include "kernel/ddi/core/module.h"
#include "kernel/ddi/sync/system_thread.h"
#include "kernel/ddi/sync/taskq.h"
#include "kernel/host.h"
#include <sys/sunddi.h>

struct taskq_task {
	struct taskq_task *next;
	task_func_t *fn;
	void *arg;
};

struct worker {
	struct worker *next;
	struct system_thread *thread;
	kthread_t *self;
	struct taskq *queue;
	task_func_t *running; /* or NULL; queue's lock */
};

struct taskq {
	char name[TASKQ_NAMELEN + 1];
	int max;

	struct host_mutex lock; /* protects the fields below; dropped for the tasks */
	struct host_cond work;  /* a task came, or suspended or stop changed */
	struct host_cond idle;  /* nothing is queued and nothing runs */
	struct taskq_task *first, **last;
	struct worker *workers;
	int nworkers, waiting, active;
	bool suspended, stop;
};

static void taskq_forget(void *key, size_t bytes);
static const struct leak_kind taskq_leak = {"taskq", taskq_forget};

static uint64_t halt_deadline = HOST_FOREVER; /* set by the thread that halts, for itself */

/* ---- workers ---- */

/* Called with the lock held, which is dropped meanwhile. */
static void task_run(struct worker *w)
{
	struct taskq *q = w->queue;
	struct taskq_task *task = q->first;

	q->first = task->next;
	if (q->first == NULL)
		q->last = &q->first;
	q->active++;
	w->running = task->fn;
	host_mutex_unlock(&q->lock);
	task->fn(task->arg);
	host_free(task, sizeof(*task));
	host_mutex_lock(&q->lock);
	q->active--;
	w->running = NULL;
	if (q->active == 0 && (q->first == NULL || q->stop))
		host_cond_broadcast(&q->idle);
}

static void worker_main(void *arg)
{
	struct worker *w = arg;
	struct taskq *q = w->queue;

	host_mutex_lock(&q->lock);
	w->self = kthread_self();
	while (!q->stop) {
		if (q->first != NULL && !q->suspended) {
			task_run(w);
			continue;
		}
		q->waiting++;
		(void)host_cond_wait(&q->work, &q->lock, HOST_FOREVER, false);
		q->waiting--;
	}
	host_mutex_unlock(&q->lock);
}

/* Called with the lock held.  false: there is none, and none can be made. */
static bool worker_ready(struct taskq *q)
{
	struct worker *w;

	if (q->waiting > 0 || q->nworkers == q->max)
		return true;
	w = host_alloc(sizeof(*w), true);
	w->queue = q;
	if (system_thread_create(worker_main, w, "taskq", &w->thread) != 0) {
		host_free(w, sizeof(*w));
		return q->nworkers > 0;
	}
	w->next = q->workers;
	q->workers = w;
	q->nworkers++;
	return true;
}

/* ---- the queue ---- */

static struct taskq *taskq_make(const char *name, int nthreads, const void *caller)
{
	struct taskq *q = host_alloc(sizeof(*q), true);

	(void)strlcpy(q->name, name != NULL ? name : "", sizeof(q->name));
	q->max = nthreads < 1 ? 1 : nthreads;
	q->last = &q->first;
	host_mutex_init(&q->lock);
	host_cond_init(&q->work);
	host_cond_init(&q->idle);
	if (caller != NULL)
		leak_add(&taskq_leak, q, 0, caller);
	return q;
}

taskq_t *taskq_create(const char *name, int nthreads, pri_t priority, int least, int most, uint_t flags)
{
	return taskq_make(name, flags & TASKQ_THREADS_CPU_PCT ? (int)(host_cpus() * (uint_t)nthreads / 100) : nthreads,
			  CALLER());
}

taskq_t *taskq_create_instance(const char *name, int instance, int nthreads, pri_t priority, int least, int most,
			       uint_t flags)
{
	return taskq_make(name, flags & TASKQ_THREADS_CPU_PCT ? (int)(host_cpus() * (uint_t)nthreads / 100) : nthreads,
			  CALLER());
}

static bool task_queue(struct taskq *q, struct taskq_task *task, uint_t flags)
{
	bool taken;

	host_mutex_lock(&q->lock);
	taken = worker_ready(q) && ((flags & TQ_NOQUEUE) == 0 || q->waiting > 0 || q->nworkers > q->active);
	if (taken && (flags & TQ_FRONT)) {
		task->next = q->first;
		q->first = task;
		if (q->last == &q->first)
			q->last = &task->next;
	} else if (taken) {
		*q->last = task;
		q->last = &task->next;
	}
	host_cond_signal(&q->work);
	host_mutex_unlock(&q->lock);
	return taken;
}

/* 0: not dispatched. */
taskqid_t taskq_dispatch(taskq_t *q, task_func_t fn, void *arg, uint_t flags)
{
	struct taskq_task *task = host_alloc(sizeof(*task), (flags & TQ_NOSLEEP) == 0);

	if (task == NULL)
		return 0;
	task->fn = fn;
	task->arg = arg;
	if (task_queue(q, task, flags))
		return (taskqid_t)task;
	host_free(task, sizeof(*task));
	return 0;
}

/* Until nothing is queued and nothing runs. */
void taskq_wait(taskq_t *q)
{
	host_mutex_lock(&q->lock);
	while (q->first != NULL || q->active > 0)
		(void)host_cond_wait(&q->idle, &q->lock, HOST_FOREVER, false);
	host_mutex_unlock(&q->lock);
}

void taskq_suspend(taskq_t *q)
{
	host_mutex_lock(&q->lock);
	q->suspended = true;
	host_mutex_unlock(&q->lock);
}

void taskq_resume(taskq_t *q)
{
	host_mutex_lock(&q->lock);
	q->suspended = false;
	host_cond_broadcast(&q->work);
	host_mutex_unlock(&q->lock);
}

int taskq_suspended(taskq_t *q)
{
	bool suspended;

	host_mutex_lock(&q->lock);
	suspended = q->suspended;
	host_mutex_unlock(&q->lock);
	return suspended;
}

int taskq_member(taskq_t *q, struct _kthread *t)
{
	struct worker *w;

	host_mutex_lock(&q->lock);
	for (w = q->workers; w != NULL && w->self != t; w = w->next)
		;
	host_mutex_unlock(&q->lock);
	return w != NULL;
}

/* Waits for the tasks that run, no longer than until deadline; no other begins.  False: some still run. */
static bool taskq_stop(struct taskq *q, uint64_t deadline)
{
	bool idle;

	host_mutex_lock(&q->lock);
	q->stop = true;
	host_cond_broadcast(&q->work);
	while (q->active > 0 && host_time_monotonic() < deadline)
		(void)host_cond_wait(&q->idle, &q->lock, deadline, false);
	idle = q->active == 0;
	host_mutex_unlock(&q->lock);
	return idle;
}

/* It is stopped.  Tasks that have not begun are dropped. */
static void taskq_free(struct taskq *q)
{
	struct worker *w, *next;
	struct taskq_task *task;

	for (w = q->workers; w != NULL; w = next) {
		next = w->next;
		system_thread_join(w->thread);
		host_free(w, sizeof(*w));
	}
	while ((task = q->first) != NULL) {
		q->first = task->next;
		host_free(task, sizeof(*task));
	}
	host_cond_destroy(&q->idle);
	host_cond_destroy(&q->work);
	host_mutex_destroy(&q->lock);
	host_free(q, sizeof(*q));
}

/* A task does not return: the queue stays for its thread, the others end. */
static void taskq_abandon(struct taskq *q)
{
	struct worker *w;

	host_mutex_lock(&q->lock);
	for (w = q->workers; w != NULL; w = w->next) {
		if (w->running == NULL)
			continue;
		message(HOST_LOG_WARN, "%s: a task of task queue %s has not returned", module_name_of((const void *)w->running),
			q->name);
		system_thread_abandon(w->thread);
	}
	host_mutex_unlock(&q->lock);
}

/* At the halt: a driver has left it behind, or it is the system's. */
static void taskq_forget(void *key, size_t bytes)
{
	struct taskq *q = key;

	if (taskq_stop(q, halt_deadline))
		taskq_free(q);
	else
		taskq_abandon(q);
}

void taskq_destroy(taskq_t *q)
{
	if (!leak_remove(&taskq_leak, q, NULL))
		driver_bug(CALLER(), "taskq_destroy: %p is not a task queue", (void *)q);
	taskq_resume(q);
	taskq_wait(q);
	(void)taskq_stop(q, HOST_FOREVER);
	taskq_free(q);
}

/* ---- the system's own ---- */

#define SYSTEM_THREADS 64

taskq_t *system_taskq;

void taskq_boot(void)
{
	system_taskq = taskq_make("system_taskq", SYSTEM_THREADS, NULL);
}

void taskq_halt(uint64_t deadline)
{
	halt_deadline = deadline;
	host_mutex_lock(&system_taskq->lock);
	while ((system_taskq->first != NULL || system_taskq->active > 0) && host_time_monotonic() < deadline)
		(void)host_cond_wait(&system_taskq->idle, &system_taskq->lock, deadline, false);
	host_mutex_unlock(&system_taskq->lock);
	taskq_forget(system_taskq, 0);
	system_taskq = NULL;
}

/* ---- ddi_taskq: the same with other names ---- */

static struct taskq *taskq_of(ddi_taskq_t *q)
{
	return (struct taskq *)(void *)q;
}

ddi_taskq_t *ddi_taskq_create(dev_info_t *dip, const char *name, int nthreads, pri_t priority, uint_t flags)
{
	return (ddi_taskq_t *)(void *)taskq_make(name, nthreads, CALLER());
}

void ddi_taskq_destroy(ddi_taskq_t *q)
{
	if (q != NULL)
		taskq_destroy(taskq_of(q));
}

int ddi_taskq_dispatch(ddi_taskq_t *q, void (*fn)(void *), void *arg, uint_t flags)
{
	return taskq_dispatch(taskq_of(q), fn, arg, flags & DDI_NOSLEEP ? TQ_NOSLEEP : TQ_SLEEP) != 0 ? DDI_SUCCESS : DDI_FAILURE;
}

void ddi_taskq_wait(ddi_taskq_t *q)
{
	taskq_wait(taskq_of(q));
}

void ddi_taskq_suspend(ddi_taskq_t *q)
{
	taskq_suspend(taskq_of(q));
}

void ddi_taskq_resume(ddi_taskq_t *q)
{
	taskq_resume(taskq_of(q));
}

boolean_t ddi_taskq_suspended(ddi_taskq_t *q)
{
	return taskq_suspended(taskq_of(q)) ? B_TRUE : B_FALSE;
}
