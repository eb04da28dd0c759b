/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/sync/mutex.h"
#include "kernel/ddi/core/kthread.h"
#include "kernel/lib/message.h"
#include <sys/string.h>

static kthread_t *owner_of(const struct mutex_impl *m)
{
	return __atomic_load_n(&m->owner, __ATOMIC_RELAXED);
}

static void owner_set(struct mutex_impl *m, kthread_t *t)
{
	__atomic_store_n(&m->owner, t, __ATOMIC_RELAXED);
}

void mutex_init(kmutex_t *mutex, char *name, kmutex_type_t type, void *cookie)
{
	struct mutex_impl *m = mutex_impl_of(mutex);

	host_mutex_init(&m->host);
	owner_set(m, NULL);
	m->state = 0;
}

void mutex_destroy(kmutex_t *mutex)
{
	struct mutex_impl *m = mutex_impl_of(mutex);

	if (m->state == MUTEX_DESTROYED)
		driver_bug(CALLER(), "mutex_destroy: mutex %p is destroyed already", (void *)mutex);
	if (owner_of(m) == kthread_self()) { /* the real system allows its owner */
		owner_set(m, NULL);
		host_mutex_unlock(&m->host);
	} else if (owner_of(m) != NULL) {
		driver_bug(CALLER(), "mutex_destroy: mutex %p is held by thread %p", (void *)mutex,
			   (void *)owner_of(m));
	}
	host_mutex_destroy(&m->host);
	m->state = MUTEX_DESTROYED;
}

void mutex_enter(kmutex_t *mutex)
{
	struct mutex_impl *m = mutex_impl_of(mutex);
	kthread_t *self = kthread_self();

	if (owner_of(m) == self)
		driver_bug(CALLER(), "mutex_enter: mutex %p is held by the calling thread already", (void *)mutex);
	if (m->state == MUTEX_DESTROYED)
		driver_bug(CALLER(), "mutex_enter: mutex %p is destroyed", (void *)mutex);
	host_mutex_lock(&m->host);
	owner_set(m, self);
}

int mutex_tryenter(kmutex_t *mutex)
{
	struct mutex_impl *m = mutex_impl_of(mutex);

	if (m->state == MUTEX_DESTROYED)
		driver_bug(CALLER(), "mutex_tryenter: mutex %p is destroyed", (void *)mutex);
	if (owner_of(m) == kthread_self() || !host_mutex_trylock(&m->host))
		return 0;
	owner_set(m, kthread_self());
	return 1;
}

void mutex_exit(kmutex_t *mutex)
{
	struct mutex_impl *m = mutex_impl_of(mutex);

	if (owner_of(m) != kthread_self())
		driver_bug(CALLER(), "mutex_exit: mutex %p is not held by the calling thread", (void *)mutex);
	owner_set(m, NULL);
	host_mutex_unlock(&m->host);
}

int mutex_owned(const kmutex_t *mutex)
{
	return owner_of(mutex_impl_of(mutex)) == kthread_self();
}

kthread_t *mutex_owner(const kmutex_t *mutex)
{
	return owner_of(mutex_impl_of(mutex));
}

enum host_wake mutex_wait(kmutex_t *mutex, struct host_cond *c, uint64_t deadline, bool interruptible,
			  const void *caller)
{
	struct mutex_impl *m = mutex_impl_of(mutex);
	kthread_t *self = kthread_self();
	enum host_wake wake;

	if (owner_of(m) != self)
		driver_bug(caller, "cv_wait: mutex %p is not held by the calling thread", (void *)mutex);
	owner_set(m, NULL);
	wake = host_cond_wait(c, &m->host, deadline, interruptible);
	owner_set(m, self);
	return wake;
}
