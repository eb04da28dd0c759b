/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads, their pointer, mutexes, memory, time. */
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

#include "test.h"

#include "host/posix/posix.h"

TEST_PLAIN(memory_is_zero)
{
	(void)state;
	for (size_t size = 1; size < 100000; size = size * 3 + 1) {
		unsigned char *p = host_alloc(size, true);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xa5, size);
		host_free(p, size);
	}
	host_free(NULL, 0);
#ifndef __SANITIZE_ADDRESS__
#ifndef __SANITIZE_THREAD__
	assert_null(host_alloc(SIZE_MAX / 4, false));
#endif
#endif
}

TEST_PLAIN(files_limit_is_raised)
{
	struct rlimit limit;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = 64;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	posix_init(&(struct posix_config){0});
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(limit.rlim_cur, limit.rlim_max);
}

struct seen {
	void *local_at_start, *local_set;
	char name[16];
};

static void look_around(void *arg)
{
	struct seen *seen = arg;

	seen->local_at_start = host_thread_local();
	host_thread_set_local(seen);
	seen->local_set = host_thread_local();
	pthread_getname_np(pthread_self(), seen->name, sizeof(seen->name));
}

TEST_PLAIN(thread_has_its_own_pointer)
{
	struct host_thread *thread;
	struct seen seen;
	int mine;

	(void)state;
	assert_null(host_thread_local());
	host_thread_set_local(&mine);
	for (int i = 0; i < 50; i++) { /* later threads take over the structs of earlier ones */
		memset(&seen, 0xff, sizeof(seen));
		assert_int_equal(host_thread_create(look_around, &seen, "a name that is too long", &thread),
				 0);
		host_thread_join(thread);
		assert_null(seen.local_at_start);
		assert_ptr_equal(seen.local_set, &seen);
		assert_string_equal(seen.name, "a name that is ");
	}
	assert_ptr_equal(host_thread_local(), &mine);
	host_thread_set_local(NULL);
}

/* ---- mutexes ---- */

static struct {
	struct host_mutex lock; /* all-zero bytes: never initialised */
	int count;
} counter;

static void count_up(void *arg)
{
	(void)arg;
	for (int i = 0; i < 10000; i++) {
		host_mutex_lock(&counter.lock);
		counter.count++;
		host_mutex_unlock(&counter.lock);
	}
}

TEST_PLAIN(zero_mutex_excludes)
{
	struct host_thread *threads[4];

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(host_thread_create(count_up, NULL, "count", &threads[i]), 0);
	for (int i = 0; i < 4; i++)
		host_thread_join(threads[i]);
	assert_int_equal(counter.count, 40000);
}

static void try_it(void *arg)
{
	bool *got = arg;

	*got = host_mutex_trylock(&counter.lock);
	if (*got)
		host_mutex_unlock(&counter.lock);
}

static bool another_gets_it(void)
{
	struct host_thread *thread;
	bool got;

	assert_int_equal(host_thread_create(try_it, &got, "try", &thread), 0);
	host_thread_join(thread);
	return got;
}

TEST_PLAIN(trylock_says_no)
{
	(void)state;
	host_mutex_lock(&counter.lock);
	assert_false(another_gets_it());
	host_mutex_unlock(&counter.lock);
	assert_true(another_gets_it());
}

struct hooked {
	struct host_mutex lock;
	int blocked; /* calls of the hook */
};

/* The hook is what lets the holder go on: it only ends if it runs before the sleep. */
static void let_the_holder_go(void *arg, bool announced)
{
	struct hooked *h = arg;

	__atomic_add_fetch(&h->blocked, 1, __ATOMIC_SEQ_CST);
}

static void lock_hooked(void *arg)
{
	struct hooked *h = arg;

	posix_thread_before_block(let_the_holder_go, h);
	host_mutex_lock(&h->lock);
	host_mutex_unlock(&h->lock);
	host_mutex_lock(&h->lock); /* free: no call */
	host_mutex_unlock(&h->lock);
	posix_thread_before_block(NULL, NULL);
}

TEST_PLAIN(contended_mutex_calls_the_hook)
{
	struct hooked h = {0};
	struct host_thread *thread;

	(void)state;
	host_mutex_init(&h.lock);
	host_mutex_lock(&h.lock);
	assert_int_equal(host_thread_create(lock_hooked, &h, "hooked", &thread), 0);
	while (__atomic_load_n(&h.blocked, __ATOMIC_SEQ_CST) == 0)
		host_time_spin(1000);
	host_mutex_unlock(&h.lock);
	host_thread_join(thread);
	assert_int_equal(h.blocked, 1);
	host_mutex_destroy(&h.lock);
}

/* ---- time ---- */

TEST_PLAIN(time_goes_on)
{
	uint64_t before = host_time_monotonic(), real = host_time_real();

	(void)state;
	host_time_spin(200000);
	assert_true(host_time_monotonic() - before >= 200000);
	assert_true(real > 1700000000ull * 1000000000ull);
	assert_true(host_cpus() >= 1);
}
