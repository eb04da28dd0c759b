/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * epoll.c: epoll on devices.  In the epoll set stands the device's socket, which becomes readable when something may
 * have changed; what is ready is asked of the server.  The library keeps what the application asked for.
 */
#define _GNU_SOURCE
#include "client/calls/calls.h"

#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#include "client/core/time64.h"

#define WATCHES 256
struct watch {
	int set, fd;
	uint64_t open; /* fd is still this open */
	struct epoll_event event;
	uint32_t reported; /* EPOLLET */
	bool used;
};
static struct lock watches_lock; /* protects the fields below; taken last */
static struct watch watches[WATCHES];
static int nwatches;

#define MARK UINT64_C(0x53756e446f670000) /* in the data of our own entries, with their index */
#define EVENTS 0xffffu                    /* the rest of an event's bits are how */

void epoll_fork_lock(void)
{
	lock_take(&watches_lock);
}

void epoll_fork_unlock(void)
{
	lock_release(&watches_lock);
}

static bool any_watch(void)
{
	return __atomic_load_n(&nwatches, __ATOMIC_RELAXED) != 0;
}

static struct watch *watch_find(int set, int fd)
{
	for (int i = 0; i < WATCHES; i++)
		if (watches[i].used && watches[i].set == set && watches[i].fd == fd)
			return &watches[i];
	return NULL;
}

static struct watch *watch_free_one(void)
{
	for (int i = 0; i < WATCHES; i++)
		if (!watches[i].used)
			return &watches[i];
	return NULL;
}

static void watch_set(struct watch *w, struct watch value)
{
	__atomic_store_n(&nwatches, nwatches + value.used - w->used, __ATOMIC_RELAXED);
	*w = value;
}

/* Its number may come again, as another set. */
void epoll_closing(unsigned first, unsigned last)
{
	if (likely(!any_watch()) || in_vfork_child)
		return;
	lock_take(&watches_lock);
	for (int i = 0; i < WATCHES; i++)
		if (watches[i].used && (unsigned)watches[i].set >= first && (unsigned)watches[i].set <= last)
			watch_set(&watches[i], (struct watch){0});
	lock_release(&watches_lock);
}

/* With the lock. */
static int control(int set, int op, int fd, const struct device *d, const struct epoll_event *e)
{
	struct watch *w = watch_find(set, fd);
	struct epoll_event own = {.events = EPOLLIN};

	if (w && w->open != d->id) { /* an older open of that number */
		watch_set(w, (struct watch){0});
		w = NULL;
	}
	if (op == EPOLL_CTL_ADD ? w != NULL : w == NULL)
		return op == EPOLL_CTL_ADD ? EEXIST : ENOENT;
	if (op == EPOLL_CTL_ADD)
		w = watch_free_one();
	if (w == NULL)
		return ENOSPC;
	own.data.u64 = MARK | (uint64_t)(w - watches);
	if (op != EPOLL_CTL_MOD && REAL(epoll_ctl)(set, op, fd, &own) < 0)
		return errno;
	if (op == EPOLL_CTL_DEL)
		watch_set(w, (struct watch){0});
	else
		watch_set(w, (struct watch){set, fd, d->id, *e, 0, true});
	return 0;
}

EXPORT int epoll_ctl(int set, int op, int fd, struct epoll_event *e)
{
	struct device d;

	if (likely(!descriptor_get(fd, &d)))
		return REAL(epoll_ctl)(set, op, fd, e);
	if (op < EPOLL_CTL_ADD || op > EPOLL_CTL_MOD)
		return fail(EINVAL);
	lock_take(&watches_lock);
	int error = control(set, op, fd, &d, e);
	lock_release(&watches_lock);
	return error ? fail(error) : 0;
}

/* A copy of the set's next watch from *at on; those whose descriptor is gone are dropped. */
static bool next_watch(int set, int *at, struct watch *out)
{
	struct device d;

	for (; *at < WATCHES; ++*at) {
		struct watch *w = &watches[*at];
		lock_take(&watches_lock);
		*out = *w;
		lock_release(&watches_lock);
		if (!out->used || out->set != set)
			continue;
		if (descriptor_get(out->fd, &d) && d.id == out->open)
			return true;
		lock_take(&watches_lock);
		if (w->used && w->set == set && w->open == out->open)
			watch_set(w, (struct watch){0});
		lock_release(&watches_lock);
	}
	return false;
}

static void watch_reported(int i, uint64_t open, uint32_t ready, bool told)
{
	lock_take(&watches_lock);
	if (watches[i].used && watches[i].open == open) {
		watches[i].reported = ready;
		if (told && (watches[i].event.events & EPOLLONESHOT))
			watches[i].event.events &= ~EVENTS; /* until EPOLL_CTL_MOD */
	}
	lock_release(&watches_lock);
}

/* Asks for the set's devices.  woken: an edge counts anew. */
static int ask(int set, struct epoll_event *events, int max, bool woken)
{
	struct watch w;
	int n = 0;

	for (int at = 0; n < max && next_watch(set, &at, &w); at++) {
		struct device d = {.id = w.open};
		uint32_t wanted = w.event.events & EVENTS;
		if (wanted == 0)
			continue;
		device_swallow_wakes(w.fd);
		uint32_t ready = (uint16_t)device_ready(&d, (short)wanted) & (wanted | EPOLLERR | EPOLLHUP);
		bool edge = woken || (ready & ~w.reported) != 0 || !(w.event.events & EPOLLET);
		watch_reported(at, w.open, ready, ready && edge);
		if (ready && edge)
			events[n++] = (struct epoll_event){.events = ready, .data = w.event.data};
	}
	return n;
}

/* Takes our own entries out; *woken: there were some. */
static int filter(struct epoll_event *events, int n, bool *woken)
{
	int kept = 0;

	for (int i = 0; i < n; i++) {
		if ((events[i].data.u64 & ~UINT64_C(0xffff)) == MARK)
			*woken = true;
		else
			events[kept++] = events[i];
	}
	return kept;
}

/* milliseconds < 0: for ever. */
static int milliseconds_left(int64_t end, bool forever)
{
	int64_t ms = (end - clock_now() + 999999) / 1000000;

	return forever ? -1 : ms < 0   ? 0
		      : ms > INT32_MAX ? INT32_MAX
				       : (int)ms;
}

static int wait_ready(int set, struct epoll_event *events, int max, int64_t ns, const sigset_t *mask)
{
	int64_t end = clock_now() + ns;
	bool woken = false;

	for (;;) {
		int n = ask(set, events, max, woken), got = 0;
		woken = false;
		int ms = n ? 0 : milliseconds_left(end, ns < 0);
		bool last = ms >= 0 && ms <= DEVICE_SLEEP_MS;
		if (n < max)
			got = REAL(epoll_pwait)(set, events + n, max - n, last ? ms : DEVICE_SLEEP_MS, mask);
		if (got < 0)
			return n ? n : got;
		bool over = got == 0 && last; /* a wait of no time, or all of it */
		got = filter(events + n, got, &woken);
		if (n + got > 0 || over)
			return n + got;
	}
}

static int device_wait(int set, struct epoll_event *events, int max, int64_t ns, const sigset_t *mask)
{
	sigset_t during;
	uint64_t old;

	signals_block_most(&old);
	device_sleep_mask(&old, &during);
	int result = wait_ready(set, events, max, ns, mask ? mask : &during);
	signals_restore(&old);
	return result;
}

EXPORT int epoll_pwait(int set, struct epoll_event *events, int max, int timeout, const sigset_t *mask)
{
	mask = signals_without_segv(mask, &(sigset_t){0});
	if (likely(!any_watch()) || max <= 0)
		return REAL(epoll_pwait)(set, events, max, timeout, mask);
	return device_wait(set, events, max, timeout < 0 ? -1 : timeout * INT64_C(1000000), mask);
}

EXPORT int epoll_wait(int set, struct epoll_event *events, int max, int timeout)
{
	return likely(!any_watch()) ? REAL(epoll_wait)(set, events, max, timeout)
				    : epoll_pwait(set, events, max, timeout, NULL);
}

EXPORT int epoll_pwait2(int set, struct epoll_event *events, int max, const struct timespec *t, const sigset_t *mask)
{
	mask = signals_without_segv(mask, &(sigset_t){0});
	if (likely(!any_watch()) || max <= 0)
		return REAL(epoll_pwait2)(set, events, max, t, mask);
	if (t && (t->tv_sec < 0 || t->tv_nsec < 0 || t->tv_nsec > 999999999))
		return fail(EINVAL);
	return device_wait(set, events, max, t ? nanoseconds(t->tv_sec, t->tv_nsec) : -1, mask);
}

/* ---- 32-bit programs with 64-bit time ---- */

#ifndef __x86_64__
int __epoll_pwait2_time64(int set, struct epoll_event *events, int max, const struct timespec64 *t, const sigset_t *mask);
EXPORT int __epoll_pwait2_time64(int set, struct epoll_event *events, int max, const struct timespec64 *t, const sigset_t *mask)
{
	mask = signals_without_segv(mask, &(sigset_t){0});
	if (likely(!any_watch()) || max <= 0)
		return REAL(__epoll_pwait2_time64)(set, events, max, t, mask);
	return epoll_pwait2(set, events, max, shorter(t, &(struct timespec){0}), mask);
}
#endif
