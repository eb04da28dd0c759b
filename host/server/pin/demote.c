/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * demote.c: shared pages that nobody holds become the process's own again: some time after the last pin, before a
 * fork, before mremap.
 *
 *	MAP_SHARED of the file  -->  MAP_PRIVATE of the same place, each page with its private copy, the file empty there
 *
 * which Linux does without a moment in which a write could be lost, and which is to the process like anonymous memory:
 * what is dropped (MADV_DONTNEED) reads as zero, a fork child has its own.  One thread looks after all processes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "host/server/pin/pins.h"

#define PERIOD_NS UINT64_C(1000000000)

static struct {
	pthread_mutex_t lock; /* protects the fields below, and what pin.h says */
	pthread_cond_t changed;
	TAILQ_HEAD(, pins)
	queue; /* the next one that is due first */
	pthread_t thread;
	bool started, stop;
} demotion = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .queue = TAILQ_HEAD_INITIALIZER(demotion.queue)};

void file_punch(const struct pins *pins, uint64_t start, uint64_t end)
{
	if (pins->file != NULL)
		(void)fallocate(posix_file_fd(pins->file), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)start,
				(off_t)(end - start));
}

/* ---- parts of the file that nobody holds ---- */

/* The first hold or recent range that meets [start, end). */
static bool first_busy(const struct pins *pins, uint64_t start, uint64_t end, bool recent, struct range *busy)
{
	const struct hold *h;
	bool found = !recent && ranges_first(&pins->recent, start, end, busy);

	LIST_FOREACH (h, &pins->holds, link) {
		if (h->file != pins->file || h->offset >= end || h->offset + h->len <= start)
			continue;
		if (!found || h->offset < busy->start)
			*busy = (struct range){h->offset, h->offset + h->len};
		found = true;
	}
	return found;
}

/*
 *	[ at ......................... end )
 *	   [ held )       [ recent )              -> the parts between; recent: those too
 */
static bool next_idle(const struct pins *pins, uint64_t at, uint64_t end, bool recent, struct range *idle)
{
	struct range busy;

	while (at < end && first_busy(pins, at, end, recent, &busy)) {
		if (busy.start > at) {
			*idle = (struct range){at, busy.start};
			return true;
		}
		at = busy.end;
	}
	*idle = (struct range){at, end};
	return at < end;
}

/* ---- demotion ---- */

static void part_demote(struct pins *pins, const struct vma *v, uint64_t start, uint64_t end)
{
	struct wire_agent_command c = {.op = WIRE_AGENT_UNSHARE, .prot = v->prot | WIRE_AGENT_CHECK, .inode = pins->inode};

	for (uint64_t n; start < end; start += n) {
		n = end - start < AGENT_CHUNK ? end - start : AGENT_CHUNK;
		c.addr = v->start + (start - v->offset);
		c.len = n;
		c.offset = start;
		/* The child of a fork that takes too long may still have these pages. */
		if (pins_agent(pins, &c, posix_file_fd(pins->file)) == 0 && pins->forks == 0)
			file_punch(pins, start, start + n);
	}
}

/*
 *	[ held ]gap[ held ]------------ idle ------------)
 *
 * What has become shared as a gap between others stays so as long as they do, except before a fork or mremap (recent).
 */
static bool is_gap(const struct pins *pins, const struct range *idle, uint64_t start, uint64_t stop, bool recent)
{
	return !recent && idle->start > start && idle->end < stop && idle->end - idle->start <= promote_gap(pins);
}

static void vma_demote(struct pins *pins, const struct vma *v, uint64_t start, uint64_t end, bool recent)
{
	uint64_t first = v->offset + (start - v->start), stop = v->offset + (end - v->start);
	struct range idle;

	for (uint64_t at = first; next_idle(pins, at, stop, recent, &idle); at = idle.end)
		if (!is_gap(pins, &idle, first, stop, recent))
			part_demote(pins, v, idle.start, idle.end);
}

void demote_range(struct pins *pins, uint64_t start, uint64_t end, bool recent)
{
	struct vma v;

	if (pins->file == NULL || pins->maps < 0 || pins->used.count == 0)
		return;
	for (uint64_t at = start; at < end && maps_find_kind(pins->maps, at, MAPS_SHARED, &v) && v.start < end; at = v.end)
		if (v.shared && vma_is_ours(pins, &v))
			vma_demote(pins, &v, v.start > at ? v.start : at, v.end < end ? v.end : end, recent);
}

/* One that has announced its exit runs on its stack a moment longer. */
static bool is_dead(const struct process *p)
{
	return p->pidfd >= 0 && pidfd_is_dead(p->pidfd, 0);
}

void demote_all_gone(struct pins *pins)
{
	struct range idle;

	if (pins->file == NULL)
		return;
	for (size_t i = 0; i < pins->used.count && is_dead(pins->process); i++)
		for (uint64_t at = pins->used.at[i].start; next_idle(pins, at, pins->used.at[i].end, true, &idle);
		     at = idle.end)
			file_punch(pins, idle.start, idle.end);
	if (!LIST_EMPTY(&pins->holds))
		return;
	posix_file_put(pins->file);
	pins->file = NULL;
	ranges_fini(&pins->used);
}

/* ---- what the process has unmapped ---- */

void demote_free(struct pins *pins, uint64_t start, uint64_t end)
{
	struct range idle;

	for (uint64_t at = start; next_idle(pins, at, end, true, &idle); at = idle.end) {
		file_punch(pins, idle.start, idle.end);
		(void)ranges_remove(&pins->stale, idle.start, idle.end);
		(void)ranges_remove(&pins->used, idle.start, idle.end);
	}
	if (pins->used.count > 0)
		return;
	atomic_store(&pins->page->shared, 0);
	if (pins->npins == 0)
		pins->page->low = pins->page->high = 0;
}

/* ---- ... unknown to us ---- */

/* Places that some mapping of the process has, shared (then *shared) or private; false: unknown. */
static bool places_mapped(const struct pins *pins, struct ranges *mapped, bool *shared)
{
	struct vma v;
	int error = 0;

	for (uint64_t at = 0; error == 0 && maps_find_kind(pins->maps, at, MAPS_FILE, &v); at = v.end) {
		if (!vma_is_of_file(pins, &v))
			continue;
		*shared |= v.shared;
		error = ranges_unite(mapped, v.offset, v.offset + (v.end - v.start));
	}
	return error == 0;
}

static void used_without(const struct pins *pins, const struct ranges *mapped, struct ranges *unused)
{
	struct range r, idle;

	for (size_t i = 0; i < pins->used.count; i++) {
		uint64_t at = pins->used.at[i].start, end = pins->used.at[i].end;
		while (at < end) {
			uint64_t stop = end;
			if (ranges_first(mapped, at, end, &r)) {
				stop = r.start > at ? r.start : at;
			}
			for (uint64_t from = at; next_idle(pins, from, stop, true, &idle); from = idle.end)
				(void)ranges_unite(unused, idle.start, idle.end);
			at = stop < end ? r.end : end;
		}
	}
}

#define LOOKS_MAX 4

/* A mapping may move while the list is read, from what is not read yet to what was: so it is read more than once. */
static bool places_unused(const struct pins *pins, struct ranges *unused, bool *shared)
{
	struct ranges mapped = {0};
	bool known = true;

	for (int look = 0; known && look < LOOKS_MAX && !(look > 0 && *shared && unused->count == 0); look++) {
		known = places_mapped(pins, &mapped, shared);
		if (look == 0)
			used_without(pins, &mapped, unused);
		for (size_t i = 0; look > 0 && known && i < mapped.count; i++)
			known = ranges_remove(unused, mapped.at[i].start, mapped.at[i].end) == 0;
		ranges_fini(&mapped);
	}
	return known;
}

/* ... and a place must be missing now and before. */
static void collect(struct pins *pins)
{
	struct ranges unused = {0};
	struct range r;
	bool shared = false;

	if (places_unused(pins, &unused, &shared)) {
		for (size_t i = 0; i < pins->stale.count; i++)
			for (uint64_t at = pins->stale.at[i].start, end = pins->stale.at[i].end;
			     ranges_first(&unused, at, end, &r); at = r.end) {
				uint64_t start = r.start > at ? r.start : at, stop = r.end < end ? r.end : end;
				file_punch(pins, start, stop);
				(void)ranges_remove(&pins->used, start, stop);
			}
		ranges_fini(&pins->stale);
		pins->stale = unused;
	} else {
		ranges_fini(&unused);
		shared = true;
	}
	pins->elsewhere = 0;
	atomic_store(&pins->page->shared, shared);
}

#define ELSEWHERE_MAX (UINT64_C(16) << 20)

bool demote_elsewhere(struct pins *pins, uint64_t len)
{
	pins->elsewhere += len;
	if (pins->elsewhere < ELSEWHERE_MAX || pins->forks > 0 || pins->maps < 0)
		return false;
	collect(pins);
	return true;
}

/* ---- the thread ---- */

/* One process; false: nothing is left to look after. */
static bool look_after(struct pins *pins)
{
	bool more;

	if (pthread_mutex_trylock(&pins->lock) != 0)
		return true;
	if (pins->forks == 0 && !pins->gone && pins->file != NULL && pins->maps >= 0) {
		demote_range(pins, 0, UINT64_MAX, false);
		ranges_fini(&pins->recent);
		collect(pins);
		if (pins->npins == 0 && pins->used.count == 0)
			pins->page->low = pins->page->high = 0;
	}
	more = !pins->gone && (atomic_load(&pins->page->shared) || pins->stale.count > 0);
	pthread_mutex_unlock(&pins->lock);
	return more;
}

/* With demotion.lock. */
static void requeue(struct pins *pins)
{
	pins->queued = true;
	pins->due = host_time_monotonic() + PERIOD_NS;
	TAILQ_INSERT_TAIL(&demotion.queue, pins, link);
	pthread_cond_signal(&demotion.changed);
}

static void serve(struct pins *pins)
{
	struct process *p = process_get(pins->process);
	bool more;

	TAILQ_REMOVE(&demotion.queue, pins, link);
	pins->queued = false;
	pthread_mutex_unlock(&demotion.lock);
	more = look_after(pins);
	pthread_mutex_lock(&demotion.lock);
	if (more && !pins->queued && !atomic_load(&p->dying))
		requeue(pins);
	pthread_mutex_unlock(&demotion.lock);
	process_put(p);
	pthread_mutex_lock(&demotion.lock);
}

static void *demotion_main(void *arg)
{
	struct pins *pins;

	pthread_mutex_lock(&demotion.lock);
	while (!demotion.stop) {
		pins = TAILQ_FIRST(&demotion.queue);
		if (pins == NULL) {
			pthread_cond_wait(&demotion.changed, &demotion.lock);
		} else if (pins->due > host_time_monotonic()) {
			(void)posix_wait_until(&demotion.changed, &demotion.lock, pins->due);
		} else {
			serve(pins);
		}
	}
	pthread_mutex_unlock(&demotion.lock);
	return NULL;
}

void demote_queue(struct pins *pins)
{
	pthread_mutex_lock(&demotion.lock);
	if (!demotion.started)
		demotion.started = pthread_create(&demotion.thread, NULL, demotion_main, NULL) == 0;
	if (!pins->queued && !atomic_load(&pins->process->dying))
		requeue(pins);
	pthread_mutex_unlock(&demotion.lock);
}

void demote_unqueue(struct pins *pins)
{
	pthread_mutex_lock(&demotion.lock);
	if (pins->queued)
		TAILQ_REMOVE(&demotion.queue, pins, link);
	pins->queued = false;
	pthread_mutex_unlock(&demotion.lock);
}

void demote_stop(void)
{
	bool started;

	pthread_mutex_lock(&demotion.lock);
	demotion.stop = true;
	started = demotion.started;
	pthread_cond_signal(&demotion.changed);
	pthread_mutex_unlock(&demotion.lock);
	if (started)
		(void)pthread_join(demotion.thread, NULL);
}
