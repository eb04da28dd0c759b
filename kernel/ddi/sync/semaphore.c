/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/lib/message.h"
#include <sys/semaphore.h>

struct semaphore_impl {
	struct host_mutex lock; /* protects count; a leaf lock */
	struct host_cond waiters;
	uint64_t count;
};
_Static_assert(sizeof(struct semaphore_impl) <= sizeof(ksema_t), "fits into the driver's ksema_t");

static struct semaphore_impl *impl_of(ksema_t *s)
{
	return (struct semaphore_impl *)(void *)s;
}

void sema_init(ksema_t *sema, uint_t count, char *name, ksema_type_t type, void *arg)
{
	struct semaphore_impl *s = impl_of(sema);

	host_mutex_init(&s->lock);
	host_cond_init(&s->waiters);
	s->count = count;
}

void sema_destroy(ksema_t *sema)
{
	struct semaphore_impl *s = impl_of(sema);

	host_cond_destroy(&s->waiters);
	host_mutex_destroy(&s->lock);
}

/* 1: a signal came first. */
static int sema_wait(struct semaphore_impl *s, bool interruptible)
{
	enum host_wake wake = HOST_WOKEN;

	host_mutex_lock(&s->lock);
	while (s->count == 0 && wake != HOST_INTERRUPTED)
		wake = host_cond_wait(&s->waiters, &s->lock, HOST_FOREVER, interruptible);
	if (s->count > 0) {
		s->count--;
		wake = HOST_WOKEN;
	}
	host_mutex_unlock(&s->lock);
	return wake == HOST_INTERRUPTED;
}

void sema_p(ksema_t *sema)
{
	(void)sema_wait(impl_of(sema), false);
}

int sema_p_sig(ksema_t *sema)
{
	return sema_wait(impl_of(sema), true);
}

int sema_tryp(ksema_t *sema)
{
	struct semaphore_impl *s = impl_of(sema);
	bool got;

	host_mutex_lock(&s->lock);
	got = s->count > 0;
	if (got)
		s->count--;
	host_mutex_unlock(&s->lock);
	return got;
}

/* The lock is held until the last touch: whom it wakes may destroy the semaphore. */
void sema_v(ksema_t *sema)
{
	struct semaphore_impl *s = impl_of(sema);

	host_mutex_lock(&s->lock);
	s->count++;
	host_cond_signal(&s->waiters);
	host_mutex_unlock(&s->lock);
}

int sema_held(ksema_t *sema)
{
	struct semaphore_impl *s = impl_of(sema);
	bool held;

	host_mutex_lock(&s->lock);
	held = s->count == 0;
	host_mutex_unlock(&s->lock);
	return held;
}
