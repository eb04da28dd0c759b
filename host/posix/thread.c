/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "host/posix/internal.h"
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * The structs of threads that ended are kept for new threads and never freed: whoever wakes a thread may
 * touch its struct a moment after the thread went on (see cond.c) and even ended.
 */
static struct {
	pthread_mutex_t lock; /* protects the list */
	struct posix_thread *free;
	pthread_once_t once;
	pthread_key_t key; /* its destructor brings the struct back */
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .once = PTHREAD_ONCE_INIT};

static _Thread_local struct posix_thread *thread_self;

static void pool_put(void *arg)
{
	struct posix_thread *t = arg;

	thread_self = NULL;
	pthread_mutex_lock(&pool.lock);
	t->free_next = pool.free;
	pool.free = t;
	pthread_mutex_unlock(&pool.lock);
}

static void pool_init(void)
{
	if (pthread_key_create(&pool.key, pool_put) != 0)
		host_panic("no thread-specific key left");
}

static struct posix_thread *pool_get(void)
{
	struct posix_thread *t;

	pthread_once(&pool.once, pool_init);
	pthread_mutex_lock(&pool.lock);
	t = pool.free;
	if (t != NULL)
		pool.free = t->free_next;
	pthread_mutex_unlock(&pool.lock);
	if (t == NULL)
		return host_alloc(sizeof(*t), true);
	posix_thread_revive(t);
	t->local = NULL;
	t->before_block = NULL;
	t->in_before_block = false;
	return t;
}

struct posix_thread *posix_thread_self(void)
{
	if (thread_self == NULL) {
		thread_self = pool_get();
		pthread_setspecific(pool.key, thread_self);
	}
	return thread_self;
}

void *host_thread_local(void)
{
	return posix_thread_self()->local;
}

void host_thread_set_local(void *value)
{
	posix_thread_self()->local = value;
}

/* ---- interrupts ---- */

void thread_event(struct posix_thread *t)
{
	atomic_fetch_add(&t->events, 1);
	syscall(SYS_futex, &t->events, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void posix_thread_interrupt(struct posix_thread *t)
{
	atomic_store(&t->interrupted, true);
	thread_event(t);
}

void posix_thread_clear_interrupt(struct posix_thread *t)
{
	atomic_store(&t->interrupted, false);
}

void posix_thread_dying(struct posix_thread *t)
{
	atomic_store(&t->dying, true);
	thread_event(t);
}

void posix_thread_revive(struct posix_thread *t)
{
	atomic_store(&t->interrupted, false);
	atomic_store(&t->dying, false);
}

bool posix_thread_is_dying(const struct posix_thread *t)
{
	return atomic_load(&t->dying);
}

/* ---- the hook ---- */

void posix_thread_before_block(void (*fn)(void *, bool), void *arg)
{
	struct posix_thread *t = posix_thread_self();

	t->before_block = fn;
	t->before_block_arg = arg;
}

void thread_before_block(struct posix_thread *t, bool announced)
{
	if (t->before_block == NULL || t->in_before_block)
		return;
	t->in_before_block = true;
	t->before_block(t->before_block_arg, announced);
	t->in_before_block = false;
}

void posix_thread_blocks(void)
{
	thread_before_block(posix_thread_self(), true);
}

/* ---- making threads ---- */

struct host_thread {
	pthread_t id;
	void (*fn)(void *);
	void *arg;
	char name[16];
};

static void *thread_main(void *arg)
{
	struct host_thread *thread = arg;

	pthread_setname_np(pthread_self(), thread->name);
	thread->fn(thread->arg);
	return NULL;
}

int host_thread_create(void (*fn)(void *), void *arg, const char *name, struct host_thread **out)
{
	struct host_thread *thread = host_alloc(sizeof(*thread), false);
	sigset_t all, old;
	int error;

	if (thread == NULL)
		return ENOMEM;
	thread->fn = fn;
	thread->arg = arg;
	(void)snprintf(thread->name, sizeof(thread->name), "%s", name);
	sigfillset(&all); /* the program's signals are its main thread's business */
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&thread->id, NULL, thread_main, thread);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (error != 0) {
		host_free(thread, sizeof(*thread));
		return error;
	}
	*out = thread;
	return 0;
}

void host_thread_join(struct host_thread *thread)
{
	pthread_join(thread->id, NULL);
	host_free(thread, sizeof(*thread));
}
