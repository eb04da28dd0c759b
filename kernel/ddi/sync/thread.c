/* SPDX-License-Identifier: BSD-2-Clause */
/* thread_create(9F), thread_exit(9F), thread_join(9F). */
#include "kernel/ddi/core/leak.h"
#include "kernel/lib/message.h"
#include "kernel/ddi/sync/system_thread.h"
#include "kernel/host.h"
#include <sys/thread.h>

struct driver_thread {
	struct system_thread *thread;
	void (*fn)(void *);
	void *arg;
	kt_did_t did;

	/* protected by the list's lock */
	bool over;
	size_t joiners;
	struct driver_thread *next;
};

static struct {
	struct host_mutex lock; /* protects the list; a leaf lock */
	struct host_cond over;  /* broadcast when a thread is over */
	struct driver_thread *first;
} threads;

static void nothing(void *key, size_t bytes)
{
}

/* A thread that does not end cannot be taken away. */
static const struct leak_kind thread_leak = {"thread", nothing};

static void driver_thread_run(void *arg)
{
	struct driver_thread *d = arg;

	d->fn(d->arg);
	thread_exit();
}

/* Takes one that is over, and that nobody joins, off the list. */
static struct driver_thread *over_take(void)
{
	struct driver_thread **link, *d;

	host_mutex_lock(&threads.lock);
	for (link = &threads.first; (d = *link) != NULL && (!d->over || d->joiners > 0); link = &d->next)
		;
	if (d != NULL)
		*link = d->next;
	host_mutex_unlock(&threads.lock);
	return d;
}

static void threads_reap(void)
{
	struct driver_thread *d;

	while ((d = over_take()) != NULL) {
		system_thread_join(d->thread);
		host_free(d, sizeof(*d));
	}
}

static void threads_add(struct driver_thread *d)
{
	host_mutex_lock(&threads.lock);
	d->next = threads.first;
	threads.first = d;
	host_mutex_unlock(&threads.lock);
}

/* The stack is the host's; the thread runs at once and belongs to the system, whatever p and the state. */
kthread_t *thread_create(caddr_t stack, size_t size, void (*fn)(void *), void *arg, size_t length, struct proc *p,
			 int state, pri_t priority)
{
	struct driver_thread *d = host_alloc(sizeof(*d), true);
	kthread_t *t;
	int error;

	threads_reap();
	d->fn = fn;
	d->arg = arg;
	threads_add(d);
	leak_add(&thread_leak, d, 0, CALLER());
	host_mutex_lock(&threads.lock); /* it cannot end before its numbers are known */
	error = system_thread_create(driver_thread_run, d, "kthread", &d->thread);
	t = error == 0 ? system_thread_public(d->thread) : NULL;
	if (t != NULL)
		d->did = t->t_did;
	host_mutex_unlock(&threads.lock);
	if (t == NULL) {
		message(HOST_LOG_WARN, "thread_create: no thread: error %d", error);
		host_panic("thread_create: the driver cannot go on without the thread");
	}
	return t;
}

static struct driver_thread *thread_with(kt_did_t did)
{
	struct driver_thread *d;

	for (d = threads.first; d != NULL && d->did != did; d = d->next)
		;
	return d;
}

static void thread_over(kt_did_t did)
{
	struct driver_thread *d;

	host_mutex_lock(&threads.lock);
	d = thread_with(did);
	if (d != NULL) {
		d->over = true;
		(void)leak_remove(&thread_leak, d, NULL);
	}
	host_cond_broadcast(&threads.over);
	host_mutex_unlock(&threads.lock);
}

void thread_exit(void)
{
	struct kthread *k = (struct kthread *)kthread_self();

	if (k->way_out == NULL)
		driver_bug(CALLER(), "thread_exit: the calling thread was not made by thread_create");
	thread_over(k->public.t_did);
	__builtin_longjmp(k->way_out, 1);
}

/* A thread that is not known any more is over. */
void thread_join(kt_did_t did)
{
	struct driver_thread *d;

	host_mutex_lock(&threads.lock);
	d = thread_with(did);
	if (d != NULL) {
		d->joiners++;
		while (!d->over)
			(void)host_cond_wait(&threads.over, &threads.lock, HOST_FOREVER, false);
		d->joiners--;
	}
	host_mutex_unlock(&threads.lock);
	threads_reap();
}

bool driver_threads_halt(void)
{
	bool left;

	threads_reap();
	host_mutex_lock(&threads.lock);
	left = threads.first != NULL;
	host_mutex_unlock(&threads.lock);
	return left;
}
