/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/sync/poll.h"
#include "kernel/host.h"

static struct {
	struct host_mutex lock; /* protects all waiters and ph_list of all pollheads; a leaf lock */
	struct host_cond idle;  /* broadcast when a waiter's waking falls to 0 */
	uint64_t round;
} polls;

static void waiter_unlink(struct polldat *w)
{
	struct polldat *previous;

	if (w->head == NULL)
		return;
	previous = w->head->ph_list;
	if (previous == w) {
		w->head->ph_list = w->next;
	} else {
		while (previous->next != w)
			previous = previous->next;
		previous->next = w->next;
	}
	w->head = NULL;
	w->next = NULL;
}

void poll_waiter_move(struct polldat *w, struct pollhead *head)
{
	host_mutex_lock(&polls.lock);
	if (w->head != head) {
		waiter_unlink(w);
		w->head = head;
		w->next = head->ph_list;
		head->ph_list = w;
	}
	host_mutex_unlock(&polls.lock);
}

static void waiter_quiesce(struct polldat *w)
{
	while (w->waking > 0)
		(void)host_cond_wait(&polls.idle, &polls.lock, HOST_FOREVER, false);
}

void poll_waiter_set(struct polldat *w, void (*wake)(void *arg), void *arg)
{
	host_mutex_lock(&polls.lock);
	w->wake = wake;
	w->arg = arg;
	waiter_quiesce(w);
	host_mutex_unlock(&polls.lock);
}

void poll_waiter_end(struct polldat *w)
{
	host_mutex_lock(&polls.lock);
	waiter_unlink(w);
	waiter_quiesce(w);
	host_mutex_unlock(&polls.lock);
}

/* A waiter that this round has not woken yet. */
static struct polldat *waiter_next(struct pollhead *head, uint64_t round)
{
	struct polldat *w;

	for (w = head->ph_list; w != NULL && (w->round >= round || w->wake == NULL); w = w->next)
		;
	return w;
}

/* Each wake runs without the lock; the list is looked at anew after it. */
void pollwakeup(pollhead_t *head, short events)
{
	struct polldat *w;
	uint64_t round;

	host_mutex_lock(&polls.lock);
	round = ++polls.round;
	while ((w = waiter_next(head, round)) != NULL) {
		void (*wake)(void *) = w->wake;
		void *arg = w->arg;

		w->round = round;
		w->waking++;
		host_mutex_unlock(&polls.lock);
		wake(arg);
		host_mutex_lock(&polls.lock);
		if (--w->waking == 0)
			host_cond_broadcast(&polls.idle);
	}
	host_mutex_unlock(&polls.lock);
}

/* The driver frees the pollhead. */
void pollhead_clean(pollhead_t *head)
{
	host_mutex_lock(&polls.lock);
	while (head->ph_list != NULL)
		waiter_unlink(head->ph_list);
	host_mutex_unlock(&polls.lock);
}
