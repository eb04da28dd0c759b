/* SPDX-License-Identifier: BSD-2-Clause */
/* Conditions: order, deadlines, interrupts, and the race of waker, interrupter and deadline. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#include "host/posix/posix.h"

#define WAITERS 6

struct fixture {
	struct host_mutex lock; /* protects the fields below; all-zero, as drivers leave them */
	struct host_cond cond, changed;
	int waiting, woken; /* threads that began and ended their wait */
	int order[WAITERS];
};

struct waiter {
	struct fixture *f;
	struct host_thread *thread;
	struct posix_thread *self;
	int number;
	uint64_t deadline;
	bool interruptible;
	enum host_wake wake;
};

static void waiter_main(void *arg)
{
	struct waiter *w = arg;
	struct fixture *f = w->f;

	w->self = posix_thread_self();
	host_mutex_lock(&f->lock);
	f->waiting++;
	host_cond_broadcast(&f->changed);
	w->wake = host_cond_wait(&f->cond, &f->lock, w->deadline, w->interruptible);
	f->order[f->woken++] = w->number;
	host_cond_broadcast(&f->changed);
	host_mutex_unlock(&f->lock);
}

/* Starts a waiter and returns when it waits: it said so with the lock held, which its wait released. */
static void waiter_start(struct waiter *w, struct fixture *f, int number, uint64_t deadline,
			 bool interruptible)
{
	int before;

	*w = (struct waiter){.f = f, .number = number, .deadline = deadline, .interruptible = interruptible};
	host_mutex_lock(&f->lock);
	before = f->waiting;
	assert_int_equal(host_thread_create(waiter_main, w, "waiter", &w->thread), 0);
	while (f->waiting == before)
		host_cond_wait(&f->changed, &f->lock, HOST_FOREVER, false);
	host_mutex_unlock(&f->lock);
}

static void wait_for_woken(struct fixture *f, int n)
{
	host_mutex_lock(&f->lock);
	while (f->woken < n)
		host_cond_wait(&f->changed, &f->lock, HOST_FOREVER, false);
	assert_int_equal(f->woken, n);
	host_mutex_unlock(&f->lock);
}

TEST_PLAIN(signals_wake_in_order)
{
	struct fixture f = {0};
	struct waiter w[WAITERS];

	(void)state;
	for (int i = 0; i < WAITERS; i++)
		waiter_start(&w[i], &f, i, HOST_FOREVER, i % 2 == 0);
	for (int i = 0; i < WAITERS; i++) {
		host_cond_signal(&f.cond);
		wait_for_woken(&f, i + 1);
		assert_int_equal(f.order[i], i);
	}
	for (int i = 0; i < WAITERS; i++) {
		host_thread_join(w[i].thread);
		assert_int_equal(w[i].wake, HOST_WOKEN);
	}
	host_cond_signal(&f.cond); /* nobody: forgotten */
	host_mutex_lock(&f.lock);
	assert_int_equal(host_cond_wait(&f.cond, &f.lock, 0, false), HOST_TIMEDOUT);
	host_mutex_unlock(&f.lock);
	host_cond_destroy(&f.cond);
}

TEST_PLAIN(broadcast_wakes_all_and_may_be_the_end)
{
	(void)state;
	for (int round = 0; round < 50; round++) {
		struct fixture f = {0};
		struct waiter w[3];

		for (int i = 0; i < 3; i++)
			waiter_start(&w[i], &f, i, HOST_FOREVER, true);
		host_cond_broadcast(&f.cond);
		host_cond_destroy(&f.cond);
		memset(&f.cond, 0xff, sizeof(f.cond));
		for (int i = 0; i < 3; i++) {
			host_thread_join(w[i].thread);
			assert_int_equal(w[i].wake, HOST_WOKEN);
		}
	}
}

TEST_PLAIN(deadline_passes)
{
	struct fixture f = {0};
	uint64_t deadline = host_time_monotonic() + 5000000;

	(void)state;
	host_mutex_lock(&f.lock);
	assert_int_equal(host_cond_wait(&f.cond, &f.lock, deadline, false), HOST_TIMEDOUT);
	assert_true(host_time_monotonic() >= deadline);
	assert_false(host_mutex_trylock(&f.lock)); /* it was taken again */
	host_mutex_unlock(&f.lock);
	host_cond_destroy(&f.cond);
}

/* One that timed out leaves the queue: the next signal is for those behind it. */
TEST_PLAIN(deadline_in_the_middle)
{
	struct fixture f = {0};
	struct waiter w[3];

	(void)state;
	waiter_start(&w[0], &f, 0, HOST_FOREVER, false);
	waiter_start(&w[1], &f, 1, host_time_monotonic() + 1000000, false);
	waiter_start(&w[2], &f, 2, HOST_FOREVER, false);
	wait_for_woken(&f, 1);
	assert_int_equal(f.order[0], 1);
	host_cond_signal(&f.cond);
	host_cond_signal(&f.cond);
	for (int i = 0; i < 3; i++)
		host_thread_join(w[i].thread);
	assert_int_equal(w[0].wake, HOST_WOKEN);
	assert_int_equal(w[1].wake, HOST_TIMEDOUT);
	assert_int_equal(w[2].wake, HOST_WOKEN);
}

TEST_PLAIN(interrupt_takes_one_out)
{
	struct fixture f = {0};
	struct waiter w[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		waiter_start(&w[i], &f, i, HOST_FOREVER, i != 2);
	posix_thread_interrupt(w[1].self);
	wait_for_woken(&f, 1);
	assert_int_equal(f.order[0], 1);
	posix_thread_interrupt(w[2].self); /* not interruptible: goes on waiting */
	host_cond_signal(&f.cond);
	wait_for_woken(&f, 2);
	assert_int_equal(f.order[1], 0);
	host_cond_signal(&f.cond);
	for (int i = 0; i < 3; i++)
		host_thread_join(w[i].thread);
	assert_int_equal(w[1].wake, HOST_INTERRUPTED);
	assert_int_equal(w[2].wake, HOST_WOKEN);
}

TEST_PLAIN(interrupt_before_the_wait)
{
	struct posix_thread *self = posix_thread_self();
	struct fixture f = {0};

	(void)state;
	posix_thread_interrupt(self);
	host_mutex_lock(&f.lock);
	assert_int_equal(host_cond_wait(&f.cond, &f.lock, 0, false), HOST_TIMEDOUT);
	assert_int_equal(host_cond_wait(&f.cond, &f.lock, HOST_FOREVER, true), HOST_INTERRUPTED);
	assert_int_equal(host_cond_wait(&f.cond, &f.lock, HOST_FOREVER, true), HOST_INTERRUPTED); /* still */
	posix_thread_clear_interrupt(self);
	assert_int_equal(host_cond_wait(&f.cond, &f.lock, 0, true), HOST_TIMEDOUT);
	posix_thread_dying(self);
	posix_thread_clear_interrupt(self); /* does not help */
	assert_true(posix_thread_is_dying(self));
	assert_int_equal(host_cond_wait(&f.cond, &f.lock, HOST_FOREVER, true), HOST_INTERRUPTED);
	posix_thread_revive(self);
	assert_false(posix_thread_is_dying(self));
	assert_int_equal(host_cond_wait(&f.cond, &f.lock, 0, true), HOST_TIMEDOUT);
	host_mutex_unlock(&f.lock);
}

/* ---- the hook ---- */

struct hooked {
	struct fixture f;
	int calls;
};

/* Waits itself while its thread is queued: the outer wait must not notice. */
static void signal_myself(void *arg, bool announced)
{
	struct hooked *h = arg;
	struct fixture inner = {0};

	h->calls++;
	host_mutex_lock(&inner.lock);
	assert_int_equal(host_cond_wait(&inner.cond, &inner.lock, 0, false), HOST_TIMEDOUT);
	host_mutex_unlock(&inner.lock);
	host_mutex_lock(&h->f.lock); /* the wait has released it */
	host_mutex_unlock(&h->f.lock);
	host_cond_signal(&h->f.cond);
}

TEST_PLAIN(hook_runs_before_the_sleep)
{
	struct hooked h = {0};

	(void)state;
	posix_thread_before_block(signal_myself, &h);
	host_mutex_lock(&h.f.lock);
	assert_int_equal(host_cond_wait(&h.f.cond, &h.f.lock, HOST_FOREVER, false), HOST_WOKEN);
	host_mutex_unlock(&h.f.lock);
	posix_thread_before_block(NULL, NULL);
	assert_int_equal(h.calls, 1);
}

/* ---- stress: tokens are neither lost nor doubled ---- */

#define STRESS_THREADS 4
#define STRESS_TOKENS 3000

struct stress {
	struct host_mutex lock; /* protects the fields below */
	struct host_cond cond;
	int steady; /* steady threads in their wait, woken or not */
	int tokens; /* signals sent and not yet taken */
	int taken;
	bool done;
	int wakes[3];
};

struct stress_thread {
	struct stress *s;
	struct host_thread *thread;
	struct posix_thread *_Atomic self;
	unsigned seed;
	bool steady; /* waits without deadline and interrupt: only a signal ends it */
};

static uint64_t stress_deadline(struct stress_thread *t)
{
	return rand_r(&t->seed) % 2 ? HOST_FOREVER
				    : host_time_monotonic() + (uint64_t)rand_r(&t->seed) % 50000;
}

/*
 * Every signal is one token for exactly one thread.  A thread that was woken finds the token, although others
 * are interrupted and time out all the while; one that was not woken takes none.
 */
static void stress_main(void *arg)
{
	struct stress_thread *t = arg;
	struct stress *s = t->s;

	t->self = posix_thread_self();
	host_mutex_lock(&s->lock);
	while (!s->done) {
		enum host_wake wake;

		s->steady += t->steady;
		wake = t->steady
			       ? host_cond_wait(&s->cond, &s->lock, HOST_FOREVER, false)
			       : host_cond_wait(&s->cond, &s->lock, stress_deadline(t), rand_r(&t->seed) % 2);
		s->steady -= t->steady;
		s->wakes[wake]++;
		if (wake == HOST_WOKEN && !s->done) {
			assert_true(s->tokens > 0);
			s->tokens--;
			s->taken++;
		}
		posix_thread_clear_interrupt(t->self);
	}
	host_mutex_unlock(&s->lock);
}

static void interrupter_main(void *arg)
{
	struct stress_thread *threads = arg;
	bool done = false;

	for (int i = 0; !done; i++) {
		struct posix_thread *t = threads[i % STRESS_THREADS].self;

		if (t != NULL)
			posix_thread_interrupt(t);
		host_time_spin(2000);
		host_mutex_lock(&threads[0].s->lock);
		done = threads[0].s->done;
		host_mutex_unlock(&threads[0].s->lock);
	}
}

/*
 * Sends a signal when it must reach somebody: there are more steady waiters than signals on their way, so one
 * of them at least is still queued.
 */
static void stress_give(struct stress *s)
{
	host_mutex_lock(&s->lock);
	if (s->taken + s->tokens < STRESS_TOKENS && s->tokens < s->steady) {
		s->tokens++;
		host_cond_signal(&s->cond);
	}
	host_mutex_unlock(&s->lock);
	host_time_spin(1000);
}

static bool stress_finished(struct stress *s)
{
	bool finished;

	host_mutex_lock(&s->lock);
	finished = s->taken == STRESS_TOKENS;
	if (finished) {
		s->done = true;
		host_cond_broadcast(&s->cond);
	}
	host_mutex_unlock(&s->lock);
	return finished;
}

TEST_PLAIN(no_token_is_lost)
{
	struct stress s = {0};
	struct stress_thread threads[STRESS_THREADS] = {0};
	struct host_thread *interrupter;

	(void)state;
	for (unsigned i = 0; i < STRESS_THREADS; i++) {
		threads[i].s = &s;
		threads[i].seed = i + 1;
		threads[i].steady = i % 2 == 0;
		assert_int_equal(host_thread_create(stress_main, &threads[i], "stress", &threads[i].thread),
				 0);
	}
	assert_int_equal(host_thread_create(interrupter_main, threads, "interrupter", &interrupter), 0);
	while (!stress_finished(&s))
		stress_give(&s);
	for (int i = 0; i < STRESS_THREADS; i++)
		host_thread_join(threads[i].thread);
	host_thread_join(interrupter);
	assert_int_equal(s.tokens, 0);
	assert_int_equal(s.taken, STRESS_TOKENS);
	host_cond_destroy(&s.cond);
	host_mutex_destroy(&s.lock);
}
