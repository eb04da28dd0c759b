/* SPDX-License-Identifier: BSD-2-Clause */
/* timeout(9F): one thread, made with the first timeout, calls the functions in the order of their times. */
#include "kernel/ddi/sync/timeout.h"
#include "kernel/ddi/core/leak.h"
#include "kernel/lib/message.h"
#include "kernel/ddi/sync/system_thread.h"
#include "kernel/ddi/core/ticks.h"
#include "kernel/host.h"
#include <sys/systm.h>

struct callout {
	struct callout *next; /* by time; among equals in the order of their calls */
	uintptr_t id;
	uint64_t deadline;
	void (*fn)(void *);
	void *arg;
};

static struct {
	struct host_mutex lock;   /* protects the fields below; a leaf lock, dropped for the functions */
	struct host_cond changed; /* the first of the list did, or stop */
	struct host_cond done;    /* a function has returned */
	struct callout *first;
	uintptr_t last_id;
	uintptr_t running; /* id, or 0 */
	void (*running_fn)(void *);
	struct system_thread *thread;
	bool stop;
} callouts;

static void callout_free(void *key, size_t bytes)
{
	host_free(key, sizeof(struct callout));
}

static void nothing(void *key, size_t bytes)
{
}

static const struct leak_kind timeout_leak = {"timeout", callout_free};
static const struct leak_kind running_leak = {"timeout that has not returned", nothing};

/* Called with the lock held.  false: the system was halted while the thread was in a function. */
static bool thread_is_ours(void)
{
	return callouts.thread != NULL && kthread_self() == system_thread_public(callouts.thread);
}

/* Called with the lock held, which is dropped meanwhile. */
static void callout_run(struct callout *c)
{
	callouts.first = c->next;
	callouts.running = c->id;
	callouts.running_fn = c->fn;
	host_mutex_unlock(&callouts.lock);
	(void)leak_remove(&timeout_leak, c, NULL);
	c->fn(c->arg);
	host_free(c, sizeof(*c));
	host_mutex_lock(&callouts.lock);
	if (thread_is_ours())
		callouts.running = 0;
	host_cond_broadcast(&callouts.done);
}

static void callouts_main(void *arg)
{
	host_mutex_lock(&callouts.lock);
	while (thread_is_ours() && !callouts.stop) {
		struct callout *c = callouts.first;

		if (c != NULL && c->deadline <= host_time_monotonic())
			callout_run(c);
		else
			(void)host_cond_wait(&callouts.changed, &callouts.lock,
					     c != NULL ? c->deadline : HOST_FOREVER, false);
	}
	host_mutex_unlock(&callouts.lock);
}

/* Called with the lock held. */
static void callouts_start(void)
{
	if (callouts.thread != NULL)
		return;
	callouts.stop = false;
	if (system_thread_create(callouts_main, NULL, "timeout", &callouts.thread) != 0)
		host_panic("timeout: no thread for timeouts");
}

static void callout_insert(struct callout *c)
{
	struct callout **link;

	for (link = &callouts.first; *link != NULL && (*link)->deadline <= c->deadline; link = &(*link)->next)
		;
	c->next = *link;
	*link = c;
}

/* After that many ticks, at the next one if ticks < 1.  Never NULL. */
timeout_id_t timeout(void (*fn)(void *), void *arg, clock_t ticks)
{
	struct callout *c = host_alloc(sizeof(*c), true);
	uintptr_t id;

	c->fn = fn;
	c->arg = arg;
	c->deadline = ticks_deadline_in(ticks < 1 ? 1 : ticks);
	leak_add(&timeout_leak, c, 0, CALLER());
	host_mutex_lock(&callouts.lock);
	id = c->id = ++callouts.last_id;
	callout_insert(c);
	callouts_start();
	host_cond_signal(&callouts.changed);
	host_mutex_unlock(&callouts.lock);
	return (timeout_id_t)id;
}

/* Called with the lock held. */
static struct callout *callout_take(uintptr_t id)
{
	struct callout **link, *c;

	for (link = &callouts.first; (c = *link) != NULL && c->id != id; link = &c->next)
		;
	if (c != NULL)
		*link = c->next;
	return c;
}

static clock_t ticks_left(const struct callout *c)
{
	uint64_t now = host_time_monotonic();

	return c->deadline <= now ? 0 : (clock_t)((c->deadline - now) / ticks_nanoseconds());
}

/*
 * The ticks that were left; -1 if the function has run: it has returned by then, unless it is the function that
 * calls.
 */
clock_t untimeout(timeout_id_t timeout_id)
{
	uintptr_t id = (uintptr_t)timeout_id;
	struct callout *c;
	clock_t left = -1;

	host_mutex_lock(&callouts.lock);
	c = callout_take(id);
	while (c == NULL && id != 0 && callouts.running == id &&
	       kthread_self() != system_thread_public(callouts.thread))
		(void)host_cond_wait(&callouts.done, &callouts.lock, HOST_FOREVER, false);
	host_mutex_unlock(&callouts.lock);
	if (c != NULL) {
		left = ticks_left(c);
		(void)leak_remove(&timeout_leak, c, NULL);
		host_free(c, sizeof(*c));
	}
	return left;
}

void timeouts_halt(uint64_t deadline)
{
	struct system_thread *t;
	void (*stuck)(void *) = NULL;

	host_mutex_lock(&callouts.lock);
	callouts.stop = true;
	host_cond_signal(&callouts.changed);
	while (callouts.running != 0 && host_time_monotonic() < deadline)
		(void)host_cond_wait(&callouts.done, &callouts.lock, deadline, false);
	if (callouts.running != 0)
		stuck = callouts.running_fn;
	t = callouts.thread;
	callouts.thread = NULL;
	callouts.first = NULL; /* freed with the leaks */
	callouts.running = 0;
	host_mutex_unlock(&callouts.lock);
	if (stuck != NULL) {
		leak_add(&running_leak, t, 0, (const char *)stuck + 1); /* an address in it, as return addresses are */
		system_thread_abandon(t);
	} else if (t != NULL) {
		system_thread_join(t);
	}
}
