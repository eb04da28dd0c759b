/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Condition variables: a queue of waiting threads per condition, each thread sleeping on an event count of
 *its own, so that a wake-up reaches exactly the thread that has waited longest, and a signal to a process can
 * take one thread out of the middle.
 *
 * The race of the three parties.  Whether a wait ended by a wake-up, by its deadline or by an interrupt is
 * decided by the thread that takes the waiter off the queue, under the lock of the condition's bucket:
 *
 *	waiter W                     waker S                      interrupter I
 *	queue itself                 .                            .
 *	release the mutex            .                            .
 *	e = events                   take W off, woken = true     interrupted = true
 *	woken? interrupted? late?    events++, wake the futex     events++, wake the futex
 *	sleep while events == e      .                            .
 *
 * W reads events before it looks at what happened, S and I raise it after they made it happen: either W
 * sees it or its sleep does not begin.  If W finds itself interrupted or late, it takes itself off the queue,
 * unless S did so first: then the wake-up counts and the interrupt stays pending for the next wait.  If W
 * was first, S finds the next waiter: a wake-up is never lost on a thread that does not use it.
 *
 * After "woken = true" W may return, and its thread even end, before S raises the event count: thread structs
 * are never freed (thread.c), and a reused one just looks once more.  Nor does W touch the condition once S
 * took it off: the driver may destroy a condition right after a broadcast.  That is why the lock is in a
 * table of buckets and not in the condition.
 *
 * Lock order: a caller's mutex, then a bucket.  Nothing is locked below a bucket.
 */
#define _GNU_SOURCE
#include "host/posix/internal.h"
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* On the stack of the thread that waits; protected by the bucket's lock but for woken, which is set under it.
 */
struct cond_waiter {
	struct posix_thread *thread;
	struct host_cond *queued; /* where, or NULL once it was taken off */
	struct cond_waiter *next, *previous;
	atomic_bool woken;
};

struct cond_queue {
	struct cond_waiter *first, *last; /* protected by the bucket's lock */
};
_Static_assert(sizeof(struct cond_queue) <= sizeof(struct host_cond), "a queue fits");

#define COND_BUCKETS 64u
static struct cond_bucket {
	_Alignas(64) pthread_mutex_t lock; /* all-zero is initialised (mutex.c) */
} buckets[COND_BUCKETS];

static pthread_mutex_t *cond_lock(const struct host_cond *c)
{
	uint64_t hash = ((uintptr_t)c >> 3) * 0x9e3779b97f4a7c15u;
	pthread_mutex_t *lock = &buckets[hash >> 58].lock;

	_Static_assert(COND_BUCKETS == 1u << (64 - 58), "the hash covers the table");
	pthread_mutex_lock(lock);
	return lock;
}

static struct cond_queue *queue_of(struct host_cond *c)
{
	return (struct cond_queue *)(void *)c->opaque;
}

void host_cond_init(struct host_cond *c)
{
	memset(c, 0, sizeof(*c));
}

void host_cond_destroy(struct host_cond *c)
{
	pthread_mutex_t *lock = cond_lock(c);
	bool waited = queue_of(c)->first != NULL;

	pthread_mutex_unlock(lock);
	if (waited)
		host_panic("a condition variable was destroyed while threads wait for it");
}

static struct cond_waiter *queue_first(const struct host_cond *c)
{
	return __atomic_load_n(&((const struct cond_queue *)(const void *)c->opaque)->first, __ATOMIC_ACQUIRE);
}

/* Whoever changed, under the mutex, what waiters look at, sees those that released it before. */
static void queue_set_first(struct cond_queue *q, struct cond_waiter *w)
{
	__atomic_store_n(&q->first, w, __ATOMIC_RELEASE);
}

static void queue_add(struct host_cond *c, struct cond_waiter *w)
{
	struct cond_queue *q = queue_of(c);

	w->queued = c;
	w->next = NULL;
	w->previous = q->last;
	if (q->last != NULL)
		q->last->next = w;
	else
		queue_set_first(q, w);
	q->last = w;
}

static void queue_remove(struct cond_waiter *w)
{
	struct cond_queue *q = queue_of(w->queued);

	if (w->previous != NULL)
		w->previous->next = w->next;
	else
		queue_set_first(q, w->next);
	if (w->next != NULL)
		w->next->previous = w->previous;
	else
		q->last = w->previous;
	w->queued = NULL;
}

/* Wakes the thread that has waited longest; false: none waits.  Called with the bucket locked. */
static bool cond_wake_first(struct host_cond *c)
{
	struct cond_waiter *w = queue_of(c)->first;
	struct posix_thread *t;

	if (w == NULL)
		return false;
	queue_remove(w);
	t = w->thread;
	atomic_store(&w->woken, true); /* w is gone from here on */
	thread_event(t);
	return true;
}

/* Most wake-ups find nobody, and need no lock for that. */
void host_cond_signal(struct host_cond *c)
{
	pthread_mutex_t *lock;

	if (queue_first(c) == NULL)
		return;
	lock = cond_lock(c);
	(void)cond_wake_first(c);
	pthread_mutex_unlock(lock);
}

void host_cond_broadcast(struct host_cond *c)
{
	pthread_mutex_t *lock;

	if (queue_first(c) == NULL)
		return;
	lock = cond_lock(c);
	while (cond_wake_first(c))
		;
	pthread_mutex_unlock(lock);
}

/* Leaves the queue because of why, unless a wake-up was first. */
static enum host_wake cond_withdraw(struct host_cond *c, struct cond_waiter *w, enum host_wake why)
{
	pthread_mutex_t *lock = cond_lock(c); /* by c's address; c itself may be gone */

	if (w->queued != NULL)
		queue_remove(w);
	else
		why = HOST_WOKEN;
	pthread_mutex_unlock(lock);
	return why;
}

static bool thread_is_interrupted(struct posix_thread *t)
{
	return atomic_load(&t->interrupted) || atomic_load(&t->dying);
}

/* Sleeps while t's event count is events; false: the deadline has passed. */
static bool thread_sleep(struct posix_thread *t, unsigned events, uint64_t deadline)
{
	struct timespec until = {(time_t)(deadline / 1000000000u), (long)(deadline % 1000000000u)};
	long result = syscall(SYS_futex, &t->events, FUTEX_WAIT_BITSET_PRIVATE, events,
			      deadline == HOST_FOREVER ? NULL : &until, NULL, FUTEX_BITSET_MATCH_ANY);

	return result == 0 || errno != ETIMEDOUT;
}

static enum host_wake cond_sleep(struct host_cond *c, struct cond_waiter *w, uint64_t deadline,
				 bool interruptible)
{
	struct posix_thread *t = w->thread;

	for (bool hooked = false;;) {
		unsigned events = atomic_load(&t->events);

		if (atomic_load(&w->woken))
			return HOST_WOKEN;
		if (interruptible && thread_is_interrupted(t))
			return cond_withdraw(c, w, HOST_INTERRUPTED);
		if (!hooked) { /* things may have happened meanwhile: look again */
			hooked = true;
			thread_before_block(t, false);
			continue;
		}
		if (!thread_sleep(t, events, deadline))
			return cond_withdraw(c, w, HOST_TIMEDOUT);
	}
}

enum host_wake host_cond_wait(struct host_cond *c, struct host_mutex *m, uint64_t deadline,
			      bool interruptible)
{
	struct cond_waiter w = {.thread = posix_thread_self()};
	pthread_mutex_t *lock = cond_lock(c);
	enum host_wake wake;

	queue_add(c, &w);
	pthread_mutex_unlock(lock);
	host_mutex_unlock(m);
	wake = cond_sleep(c, &w, deadline, interruptible);
	host_mutex_lock(m);
	return wake;
}
