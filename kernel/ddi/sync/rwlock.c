/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/core/kthread.h"
#include "kernel/lib/message.h"
#include <sys/rwlock.h>

/*
 * Writers come first: a reader waits while a writer holds the lock or waits for it (a thread that reads already
 * must not ask again, as on the real system).
 */
struct rwlock_impl {
	struct host_mutex lock; /* protects the fields below; a leaf lock */
	struct host_cond readers, writers;
	uint32_t reading; /* readers inside */
	uint32_t writers_waiting;
	kthread_t *writer;
};
_Static_assert(sizeof(struct rwlock_impl) <= sizeof(krwlock_t), "fits into the driver's krwlock_t");

static struct rwlock_impl *impl_of(krwlock_t *l)
{
	return (struct rwlock_impl *)(void *)l;
}

void rw_init(krwlock_t *lock, char *name, krw_type_t type, void *arg)
{
	struct rwlock_impl *l = impl_of(lock);

	host_mutex_init(&l->lock);
	host_cond_init(&l->readers);
	host_cond_init(&l->writers);
	l->reading = 0;
	l->writers_waiting = 0;
	l->writer = NULL;
}

void rw_destroy(krwlock_t *lock)
{
	struct rwlock_impl *l = impl_of(lock);

	host_mutex_lock(&l->lock);
	if (l->writer != NULL)
		driver_bug(CALLER(), "rw_destroy: lock %p is held by writer %p", (void *)lock, (void *)l->writer);
	if (l->reading > 0)
		driver_bug(CALLER(), "rw_destroy: lock %p is held by %u readers", (void *)lock, l->reading);
	host_mutex_unlock(&l->lock);
	host_cond_destroy(&l->writers);
	host_cond_destroy(&l->readers);
	host_mutex_destroy(&l->lock);
}

static bool may_read(const struct rwlock_impl *l, krw_t kind)
{
	return l->writer == NULL && (l->writers_waiting == 0 || kind == RW_READER_STARVEWRITER);
}

static bool may_write(const struct rwlock_impl *l)
{
	return l->writer == NULL && l->reading == 0;
}

static void wait_for_write(struct rwlock_impl *l)
{
	l->writers_waiting++;
	while (!may_write(l))
		(void)host_cond_wait(&l->writers, &l->lock, HOST_FOREVER, false);
	l->writers_waiting--;
	l->writer = kthread_self();
}

void rw_enter(krwlock_t *lock, krw_t kind)
{
	struct rwlock_impl *l = impl_of(lock);

	host_mutex_lock(&l->lock);
	if (l->writer == kthread_self())
		driver_bug(CALLER(), "rw_enter: lock %p is held for writing by the calling thread already",
			   (void *)lock);
	if (kind == RW_WRITER) {
		wait_for_write(l);
	} else {
		while (!may_read(l, kind))
			(void)host_cond_wait(&l->readers, &l->lock, HOST_FOREVER, false);
		l->reading++;
	}
	host_mutex_unlock(&l->lock);
}

int rw_tryenter(krwlock_t *lock, krw_t kind)
{
	struct rwlock_impl *l = impl_of(lock);
	bool got;

	host_mutex_lock(&l->lock);
	got = kind == RW_WRITER ? may_write(l) : may_read(l, kind);
	if (got && kind == RW_WRITER)
		l->writer = kthread_self();
	else if (got)
		l->reading++;
	host_mutex_unlock(&l->lock);
	return got;
}

/* Somebody left: the next writer, or all readers if none waits. */
static void wake_next(struct rwlock_impl *l)
{
	if (l->writers_waiting > 0)
		host_cond_signal(&l->writers);
	/* readers that starve writers may have waited for this one */
	host_cond_broadcast(&l->readers);
}

void rw_exit(krwlock_t *lock)
{
	struct rwlock_impl *l = impl_of(lock);

	host_mutex_lock(&l->lock);
	if (l->writer != NULL && l->writer != kthread_self())
		driver_bug(CALLER(), "rw_exit: lock %p is held for writing by thread %p", (void *)lock,
			   (void *)l->writer);
	if (l->writer == NULL && l->reading == 0)
		driver_bug(CALLER(), "rw_exit: lock %p is not held", (void *)lock);
	if (l->writer != NULL)
		l->writer = NULL;
	else
		l->reading--;
	if (l->reading == 0)
		wake_next(l);
	host_mutex_unlock(&l->lock);
}

void rw_downgrade(krwlock_t *lock)
{
	struct rwlock_impl *l = impl_of(lock);

	host_mutex_lock(&l->lock);
	if (l->writer != kthread_self())
		driver_bug(CALLER(), "rw_downgrade: lock %p is not held for writing by the calling thread",
			   (void *)lock);
	l->writer = NULL;
	l->reading = 1;
	host_cond_broadcast(&l->readers);
	host_mutex_unlock(&l->lock);
}

/* Only the single reader is promoted, and only if no writer waits; the lock is kept either way. */
int rw_tryupgrade(krwlock_t *lock)
{
	struct rwlock_impl *l = impl_of(lock);
	bool got;

	host_mutex_lock(&l->lock);
	if (l->reading == 0)
		driver_bug(CALLER(), "rw_tryupgrade: lock %p is not held for reading", (void *)lock);
	got = l->reading == 1 && l->writers_waiting == 0;
	if (got) {
		l->reading = 0;
		l->writer = kthread_self();
	}
	host_mutex_unlock(&l->lock);
	return got;
}

static bool held(krwlock_t *lock, bool read, bool write)
{
	struct rwlock_impl *l = impl_of(lock);
	bool yes;

	host_mutex_lock(&l->lock);
	yes = (read && l->reading > 0) || (write && l->writer == kthread_self());
	host_mutex_unlock(&l->lock);
	return yes;
}

/* Readers are counted, not named: true if any thread reads, as on the real system. */
int rw_read_held(krwlock_t *lock)
{
	return held(lock, true, false);
}

int rw_write_held(krwlock_t *lock)
{
	return held(lock, false, true);
}

int rw_lock_held(krwlock_t *lock)
{
	return held(lock, true, true);
}

/* Which way the caller, who holds it, holds it. */
int rw_read_locked(krwlock_t *lock)
{
	return held(lock, true, false);
}

kthread_t *rw_owner(krwlock_t *lock)
{
	struct rwlock_impl *l = impl_of(lock);
	kthread_t *owner;

	host_mutex_lock(&l->lock);
	owner = l->writer;
	host_mutex_unlock(&l->lock);
	return owner;
}
