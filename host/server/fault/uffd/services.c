/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * services.c: the faults of a process that are being served, so that each is served once.
 *
 * A fault has a thread and a page.  Linux reports it again when its thread leaves it and comes back: after a signal
 * handler, of which the client tells; after a wake that was meant for another thread at the page; and, over and over, in
 * a system call with a signal pending.  Such a return is not served.  The first two are expected, one return each; for any
 * other the driver's wait ends, as for a signal.  The thread is woken at the end of the service, and if the page is not
 * there then it makes a new fault.
 *
 * A return may have been read, but not looked at, when the service ends; reads are numbered, and so it is known:
 *
 *	A   serves T at P ---------- end: past[T, P] = N, wake --.
 *	B   read N: T at P ---------------------------------------- begin: of the past; T is woken, and makes a new fault
 *
 * In the same way a wake may have been for an event that nobody had looked at.  Only a return that nothing explains, read
 * but not looked at when the service ends, is served as if it were new.
 */
#include <string.h>

#include "host/server/fault/uffd/uffd.h"

void services_init(struct services *s)
{
	memset(s, 0, sizeof(*s));
	pthread_mutex_init(&s->lock, NULL);
	for (unsigned i = 0; i < SERVICE_BUCKETS; i++)
		LIST_INIT(&s->served[i]);
}

void services_fini(struct services *s)
{
	pthread_mutex_destroy(&s->lock);
}

uint64_t services_read(struct services *s)
{
	return atomic_fetch_add(&s->reads, 1) + 1;
}

/* ---- with the lock ---- */

static struct service_list *bucket(struct services *s, uint64_t page)
{
	return &s->served[page / PAGE_SIZE % SERVICE_BUCKETS];
}

static struct service *find(struct services *s, uint32_t tid, uint64_t page)
{
	struct service *v;

	LIST_FOREACH (v, bucket(s, page), link)
		if (v->tid == tid && v->page == page)
			return v;
	return NULL;
}

/* What has been read until now of the thread (0: of any) and of these pages. */
static void past_add(struct services *s, struct past_ring *ring, uint32_t tid, uint64_t start, uint64_t end)
{
	ring->newest = atomic_load(&s->reads);
	ring->past[ring->next++ % PAST_MAX] = (struct past){ring->newest, tid, {start, end}};
}

/* How many speak of an event that was read by that read. */
static unsigned past_count(const struct past_ring *ring, uint32_t tid, uint64_t page, uint64_t read)
{
	unsigned count = 0;

	if (ring->newest < read)
		return 0;
	for (unsigned i = 0; i < PAST_MAX; i++) {
		const struct past *p = &ring->past[i];
		count += p->read >= read && (p->tid == tid || p->tid == 0) && p->pages.start <= page && page < p->pages.end;
	}
	return count;
}

static void returned(struct service *v)
{
	v->left = true;
	if (v->expected > 0)
		v->expected--;
	else
		posix_thread_interrupt(v->posix);
}

static void add(struct services *s, struct service *v, uint32_t tid, uint64_t page, uint64_t read)
{
	v->tid = tid;
	v->page = page;
	v->left = false;
	v->expected = past_count(&s->wakes, tid, page, read);
	v->posix = posix_thread_self();
	LIST_INSERT_HEAD(bucket(s, page), v, link);
}

/* ---- one service ---- */

enum service_event services_begin(struct services *s, struct service *v, uint32_t tid, uint64_t page, uint64_t read)
{
	enum service_event event = SERVICE_NEW;
	struct service *other;

	pthread_mutex_lock(&s->lock);
	other = find(s, tid, page);
	if (other != NULL) {
		returned(other);
		event = SERVICE_RETURN;
	} else if (past_count(&s->ended, tid, page, read) > 0) {
		event = SERVICE_PAST;
	} else {
		add(s, v, tid, page, read);
	}
	pthread_mutex_unlock(&s->lock);
	return event;
}

bool services_end(struct services *s, struct service *v)
{
	bool left;

	pthread_mutex_lock(&s->lock);
	LIST_REMOVE(v, link);
	posix_thread_clear_interrupt(v->posix);
	left = v->left;
	if (left)
		past_add(s, &s->ended, v->tid, v->page, v->page + PAGE_SIZE);
	pthread_mutex_unlock(&s->lock);
	return left;
}

/* ---- what makes threads leave ---- */

void services_wake(struct services *s, const struct service *own, uint64_t start, uint64_t end)
{
	uint64_t pages = (end - start) / PAGE_SIZE;
	struct service *v;

	pthread_mutex_lock(&s->lock);
	past_add(s, &s->wakes, 0, start, end);
	for (unsigned i = 0; i < SERVICE_BUCKETS && i < pages; i++)
		LIST_FOREACH (v, bucket(s, start + i * PAGE_SIZE), link)
			if (v != own && v->page >= start && v->page < end) {
				v->left = true;
				v->expected++;
			}
	pthread_mutex_unlock(&s->lock);
}

void services_interrupt(struct services *s, uint32_t tid)
{
	struct service *v;

	pthread_mutex_lock(&s->lock);
	past_add(s, &s->ended, tid, 0, UINT64_MAX);
	for (unsigned i = 0; i < SERVICE_BUCKETS; i++)
		LIST_FOREACH (v, &s->served[i], link)
			if (v->tid == tid) {
				v->left = true;
				v->expected++;
				posix_thread_interrupt(v->posix);
			}
	pthread_mutex_unlock(&s->lock);
}
