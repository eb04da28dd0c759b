/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads, mutexes, conditions. */
#include <sys/string.h>

#include "tests/conformance/conformance.h"

#define THREADS 6
#define NANOSECONDS_MS UINT64_C(1000000)

/* All-zero bytes are good for use. */
static struct {
	struct host_mutex lock; /* protects the fields below */
	struct host_cond changed, turn;
	unsigned waiting, count;
	unsigned order[THREADS]; /* in which they woke */
	enum host_wake wake[THREADS];
	uint64_t deadline;
} shared;

static void setup(void)
{
	memset(&shared, 0, sizeof(shared));
	shared.deadline = HOST_FOREVER;
}

static struct host_thread *start(void (*fn)(void *), uintptr_t arg)
{
	struct host_thread *thread;

	CHECK(host_thread_create(fn, (void *)arg, "conformance", &thread) == 0);
	return thread;
}

static void keeps_a_pointer(void *arg)
{
	CHECK(host_thread_local() == NULL);
	host_thread_set_local(arg);
	CHECK(host_thread_local() == arg);
	host_thread_set_local(NULL);
}

CONFORMANCE_WITH(each_thread_has_one_pointer, setup, 0)
{
	struct host_thread *threads[THREADS];

	for (uintptr_t i = 0; i < THREADS; i++)
		threads[i] = start(keeps_a_pointer, i + 1);
	for (uintptr_t i = 0; i < THREADS; i++)
		host_thread_join(threads[i]);
}

static void tries(void *arg)
{
	*(bool *)arg = host_mutex_trylock(&shared.lock);
	if (*(bool *)arg)
		host_mutex_unlock(&shared.lock);
}

CONFORMANCE_WITH(a_mutex_of_zero_bytes_excludes, setup, 0)
{
	bool got = true;

	host_mutex_lock(&shared.lock);
	host_thread_join(start(tries, (uintptr_t)&got));
	CHECK(!got);
	host_mutex_unlock(&shared.lock);
	host_thread_join(start(tries, (uintptr_t)&got));
	CHECK(got);
}

static void counts(void *arg)
{
	for (int i = 0; i < 20000; i++) {
		host_mutex_lock(&shared.lock);
		shared.count++;
		host_mutex_unlock(&shared.lock);
	}
}

CONFORMANCE_WITH(a_mutex_loses_no_count, setup, 0)
{
	struct host_thread *threads[THREADS];

	for (uintptr_t i = 0; i < THREADS; i++)
		threads[i] = start(counts, 0);
	for (uintptr_t i = 0; i < THREADS; i++)
		host_thread_join(threads[i]);
	CHECK(shared.count == THREADS * 20000);
}

static void waits(void *arg)
{
	uintptr_t me = (uintptr_t)arg;

	host_mutex_lock(&shared.lock);
	shared.waiting++;
	host_cond_signal(&shared.changed);
	shared.wake[me] = host_cond_wait(&shared.turn, &shared.lock, shared.deadline, false);
	shared.order[shared.count++] = (unsigned)me;
	host_cond_signal(&shared.changed);
	host_mutex_unlock(&shared.lock);
}

/* Each waits before the next begins. */
static void start_waiters(struct host_thread **threads, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		threads[i] = start(waits, i);
		host_mutex_lock(&shared.lock);
		while (shared.waiting == i)
			(void)host_cond_wait(&shared.changed, &shared.lock, HOST_FOREVER, false);
		host_mutex_unlock(&shared.lock); /* the waiter has released the lock by its wait */
	}
}

CONFORMANCE_WITH(signals_wake_the_longest_waiter_one_by_one, setup, 0)
{
	struct host_thread *threads[THREADS];

	start_waiters(threads, THREADS);
	host_mutex_lock(&shared.lock);
	for (unsigned i = 0; i < THREADS; i++) {
		host_cond_signal(&shared.turn);
		while (shared.count == i)
			(void)host_cond_wait(&shared.changed, &shared.lock, HOST_FOREVER, false);
		CHECK(shared.count == i + 1 && shared.order[i] == i && shared.wake[i] == HOST_WOKEN);
	}
	host_mutex_unlock(&shared.lock);
	for (unsigned i = 0; i < THREADS; i++)
		host_thread_join(threads[i]);
}

CONFORMANCE_WITH(a_broadcast_wakes_all, setup, 0)
{
	struct host_thread *threads[THREADS];

	start_waiters(threads, THREADS);
	host_mutex_lock(&shared.lock);
	host_cond_broadcast(&shared.turn);
	host_mutex_unlock(&shared.lock);
	for (unsigned i = 0; i < THREADS; i++)
		host_thread_join(threads[i]);
	CHECK(shared.count == THREADS);
	host_cond_destroy(&shared.turn); /* nobody waits for it */
}

CONFORMANCE_WITH(a_deadline_ends_a_wait_and_not_before, setup, 0)
{
	uint64_t deadline = host_time_monotonic() + 3 * NANOSECONDS_MS;

	host_mutex_lock(&shared.lock);
	CHECK(host_cond_wait(&shared.turn, &shared.lock, deadline, true) == HOST_TIMEDOUT);
	CHECK(host_time_monotonic() >= deadline);
	CHECK(host_cond_wait(&shared.turn, &shared.lock, 0, false) == HOST_TIMEDOUT); /* long past */
	host_mutex_unlock(&shared.lock);
}

/* Those that the deadline took away are not in the way of the one that still waits. */
CONFORMANCE_WITH(a_waiter_whose_deadline_passed_takes_no_signal, setup, 0)
{
	struct host_thread *late[2], *waits_on;

	shared.deadline = host_time_monotonic() + NANOSECONDS_MS;
	start_waiters(late, 2);
	host_thread_join(late[0]);
	host_thread_join(late[1]);
	shared.waiting = 0;
	shared.deadline = HOST_FOREVER;
	start_waiters(&waits_on, 1);
	host_mutex_lock(&shared.lock);
	host_cond_signal(&shared.turn);
	host_mutex_unlock(&shared.lock);
	host_thread_join(waits_on);
	CHECK(shared.wake[0] == HOST_WOKEN);
}

/* Waiters whose deadlines pass while signals come: as many woken as signals that found somebody. */
CONFORMANCE_WITH(a_signal_that_meets_a_deadline_counts_once, setup, 0)
{
	for (unsigned round = 0; round < 50; round++) {
		struct host_thread *threads[2];
		unsigned woken = 0;

		setup();
		shared.deadline = host_time_monotonic() + NANOSECONDS_MS;
		start_waiters(threads, 2);
		while (host_time_monotonic() < shared.deadline)
			;
		host_mutex_lock(&shared.lock);
		host_cond_signal(&shared.turn);
		host_mutex_unlock(&shared.lock);
		for (unsigned i = 0; i < 2; i++) {
			host_thread_join(threads[i]);
			woken += shared.wake[i] == HOST_WOKEN;
			CHECK(shared.wake[i] != HOST_INTERRUPTED);
		}
		CHECK(woken <= 1 && shared.count == 2);
	}
}
