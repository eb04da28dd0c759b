/* SPDX-License-Identifier: BSD-2-Clause */
#include "host/posix/internal.h"
#include <pthread.h>
#include <string.h>

/* An all-zero pthread_mutex_t is PTHREAD_MUTEX_INITIALIZER here (glibc, musl). */
_Static_assert(sizeof(pthread_mutex_t) <= sizeof(struct host_mutex), "a pthread_mutex_t fits");
_Static_assert(_Alignof(pthread_mutex_t) <= _Alignof(struct host_mutex), "and is aligned");

#define MUTEX_PAUSES_MIN 32  /* before the second look: half a microsecond or so */
#define MUTEX_PAUSES_MAX 128 /* before the last one */

static pthread_mutex_t *mutex_of(struct host_mutex *m)
{
	return (pthread_mutex_t *)(void *)m->opaque;
}

void host_mutex_init(struct host_mutex *m)
{
	memset(m, 0, sizeof(*m));
	pthread_mutex_init(mutex_of(m), NULL);
}

void host_mutex_destroy(struct host_mutex *m)
{
	if (pthread_mutex_destroy(mutex_of(m)) != 0)
		host_log(HOST_LOG_WARN, "a mutex was destroyed while held");
}

bool host_mutex_trylock(struct host_mutex *m)
{
	return pthread_mutex_trylock(mutex_of(m)) == 0;
}

/*
 * Most of them are held for less time than it takes to go to sleep and to be woken, so one who meets a held one looks a
 * few times more.  Not at once: who has such a lock will take others next, and gets on best with their cache lines left to it.
 */
static bool mutex_lock_soon(struct host_mutex *m)
{
	for (int pauses = MUTEX_PAUSES_MIN; pauses <= MUTEX_PAUSES_MAX; pauses *= 2) {
		if (host_mutex_trylock(m))
			return true;
		for (int i = 0; i < pauses; i++)
			__builtin_ia32_pause();
	}
	return false;
}

void host_mutex_lock(struct host_mutex *m)
{
	struct posix_thread *t;

	if (mutex_lock_soon(m))
		return;
	t = posix_thread_self();
	if (t->before_block != NULL && !t->in_before_block) /* the thread serves others too: let it arrange for them */
		thread_before_block(t, false);
	pthread_mutex_lock(mutex_of(m));
}

void host_mutex_unlock(struct host_mutex *m)
{
	pthread_mutex_unlock(mutex_of(m));
}
