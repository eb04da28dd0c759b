/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions that are called again and again, each in a thread of its own: one that blocks holds nothing else up.  Times that
 * have passed while a function ran are left out: it is called once for them.
 *
 *	when        + interval    + interval    + interval
 *	|-- fn --|  |----- fn ------------| (late)  |-- fn --|
 */
#include "kernel/ddi/sync/periodic.h"
#include "kernel/ddi/core/leak.h"
#include "kernel/ddi/sync/system_thread.h"
#include "kernel/host.h"
#include "kernel/lib/message.h"
#include <sys/cyclic.h>
#include <sys/sunddi.h>

struct __ddi_periodic {
	void (*fn)(void *);
	void *arg;
	struct system_thread *thread;

	/* protected by the lock of all */
	struct __ddi_periodic *next; /* of all */
	uint64_t when, interval;     /* HOST_FOREVER: not until it is programmed again */
	bool running, stop;
	bool self; /* removed by its own function: its thread is joined by who comes next */
};

static struct {
	struct host_mutex lock;          /* a leaf lock, dropped for the functions */
	struct host_cond changed, ended; /* of a function: it has returned */
	struct __ddi_periodic *first, *over;
} all;

static void periodic_drop(void *key, size_t bytes)
{
	host_free(key, sizeof(struct __ddi_periodic));
}

static void nothing(void *key, size_t bytes)
{
}

static const struct leak_kind periodic_leak = {"periodic function", periodic_drop};
static const struct leak_kind running_leak = {"periodic function that has not returned", nothing};

/* ---- the thread ---- */

/* Called with the lock held, which is dropped for the function. */
static void periodic_call(struct __ddi_periodic *p)
{
	uint64_t called = p->when, now;

	p->running = true;
	host_mutex_unlock(&all.lock);
	p->fn(p->arg);
	host_mutex_lock(&all.lock);
	p->running = false;
	host_cond_broadcast(&all.ended);
	if (p->when != called) /* programmed again */
		return;
	now = host_time_monotonic();
	if (p->interval == HOST_FOREVER)
		p->when = HOST_FOREVER;
	else
		p->when += p->when + p->interval > now ? p->interval : (now - p->when) / p->interval * p->interval + p->interval;
}

static void periodic_main(void *arg)
{
	struct __ddi_periodic *p = arg;

	host_mutex_lock(&all.lock);
	while (!p->stop) {
		if (p->when <= host_time_monotonic())
			periodic_call(p);
		else
			(void)host_cond_wait(&all.changed, &all.lock, p->when, false);
	}
	host_mutex_unlock(&all.lock);
}

/* ---- adding and removing ---- */

/* Those that have removed themselves. */
static void periodic_reap(void)
{
	struct __ddi_periodic *p, *next;

	host_mutex_lock(&all.lock);
	p = all.over;
	all.over = NULL;
	host_mutex_unlock(&all.lock);
	for (; p != NULL; p = next) {
		next = p->next;
		system_thread_join(p->thread);
		host_free(p, sizeof(*p));
	}
}

static struct __ddi_periodic *periodic_add(void (*fn)(void *), void *arg, uint64_t when, uint64_t interval, const void *caller)
{
	struct __ddi_periodic *p = host_alloc(sizeof(*p), true);

	periodic_reap();
	p->fn = fn;
	p->arg = arg;
	p->when = when;
	p->interval = interval;
	leak_add(&periodic_leak, p, 0, caller);
	host_mutex_lock(&all.lock);
	p->next = all.first;
	all.first = p;
	if (system_thread_create(periodic_main, p, "periodic", &p->thread) != 0)
		host_panic("periodic functions: no thread");
	host_mutex_unlock(&all.lock);
	return p;
}

/* Called with the lock held. */
static void periodic_unlink(struct __ddi_periodic *p)
{
	struct __ddi_periodic **link;

	for (link = &all.first; *link != p; link = &(*link)->next)
		;
	*link = p->next;
}

/* On return the function does not run any more, unless it is the one that calls. */
static void periodic_remove(struct __ddi_periodic *p)
{
	bool self;

	(void)leak_remove(&periodic_leak, p, NULL);
	host_mutex_lock(&all.lock);
	periodic_unlink(p);
	p->stop = true;
	self = system_thread_public(p->thread) == kthread_self();
	if (self) {
		p->next = all.over;
		all.over = p;
	}
	host_cond_broadcast(&all.changed);
	host_mutex_unlock(&all.lock);
	if (self)
		return;
	system_thread_join(p->thread);
	host_free(p, sizeof(*p));
	periodic_reap();
}

/* Out of the list.  What does not return within the time stays behind, with its thread. */
static void periodic_end(struct __ddi_periodic *p, uint64_t deadline)
{
	bool running;

	host_mutex_lock(&all.lock);
	p->stop = true;
	host_cond_broadcast(&all.changed);
	while (p->running && host_time_monotonic() < deadline)
		(void)host_cond_wait(&all.ended, &all.lock, deadline, false);
	running = p->running;
	host_mutex_unlock(&all.lock);
	if (!running) {
		system_thread_join(p->thread);
		return;
	}
	(void)leak_remove(&periodic_leak, p, NULL);
	leak_add(&running_leak, p, 0, (const char *)p->fn + 1); /* an address in it, as return addresses are */
	system_thread_abandon(p->thread);
}

void periodic_halt(uint64_t deadline)
{
	struct __ddi_periodic *p, *next;

	periodic_reap();
	host_mutex_lock(&all.lock);
	p = all.first;
	all.first = NULL;
	host_mutex_unlock(&all.lock);
	for (; p != NULL; p = next) {
		next = p->next;
		periodic_end(p, deadline);
	}
}

/* ---- ddi_periodic_add(9F) ---- */

ddi_periodic_t ddi_periodic_add(void (*fn)(void *), void *arg, hrtime_t interval, int level)
{
	if (fn == NULL || interval <= 0 || level < DDI_IPL_0 || level > DDI_IPL_10)
		return NULL;
	return periodic_add(fn, arg, host_time_monotonic() + (uint64_t)interval, (uint64_t)interval, CALLER());
}

void ddi_periodic_delete(ddi_periodic_t p)
{
	if (p == NULL)
		return;
	if (!leak_find(&periodic_leak, p, NULL, NULL))
		driver_bug(CALLER(), "ddi_periodic_delete: %p is no periodic function", (void *)p);
	periodic_remove(p);
}

/* ---- cyclic_add(9F) ---- */

static void cyclic_check(const char *function, const void *caller)
{
	if (!MUTEX_HELD(&cpu_lock))
		driver_bug(caller, "%s: cpu_lock is not held", function);
}

static uint64_t cyclic_time(hrtime_t t)
{
	return t >= CY_INFINITY || t < 0 ? HOST_FOREVER : (uint64_t)t;
}

cyclic_id_t cyclic_add(cyc_handler_t *handler, cyc_time_t *time)
{
	uint64_t interval = cyclic_time(time->cyt_interval);
	uint64_t when = time->cyt_when != 0 ? cyclic_time(time->cyt_when) : host_time_monotonic();

	cyclic_check("cyclic_add", CALLER());
	if (interval == 0)
		driver_bug(CALLER(), "cyclic_add: an interval of 0");
	if (time->cyt_when == 0 && interval != HOST_FOREVER) /* at the next multiple */
		when = when / interval * interval + interval;
	return (cyclic_id_t)periodic_add(handler->cyh_func, handler->cyh_arg, when, interval, CALLER());
}

static struct __ddi_periodic *cyclic_of(cyclic_id_t id, const char *function, const void *caller)
{
	struct __ddi_periodic *p = (struct __ddi_periodic *)id;

	if (!leak_find(&periodic_leak, p, NULL, NULL))
		driver_bug(caller, "%s: 0x%lx is no cyclic", function, id);
	return p;
}

/* The function may wait for cpu_lock: its own removal is not allowed. */
void cyclic_remove(cyclic_id_t id)
{
	struct __ddi_periodic *p;

	cyclic_check("cyclic_remove", CALLER());
	p = cyclic_of(id, "cyclic_remove", CALLER());
	if (system_thread_public(p->thread) == kthread_self())
		driver_bug(CALLER(), "cyclic_remove: a cyclic removes itself");
	periodic_remove(p);
}

/* From within its function, too. */
int cyclic_reprogram(cyclic_id_t id, hrtime_t when)
{
	struct __ddi_periodic *p = cyclic_of(id, "cyclic_reprogram", CALLER());

	host_mutex_lock(&all.lock);
	p->when = cyclic_time(when);
	host_cond_broadcast(&all.changed);
	host_mutex_unlock(&all.lock);
	return 1;
}
