/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * split.c: a fork of a process whose shared pages are held.  A driver must not let that happen; if it does the parent
 * keeps the pages and the child gets its own.  So the pages are private while Linux forks, and shared again afterwards:
 *
 *	               fork begins             fork has ended
 *	process:  -----+-- private: P ---------+-- shared again
 *	file:     -----+-- M, the driver's ----+-- M, and what the process has changed in P
 *	aside:         S, as P began
 *
 * The agent does both (client/agent/promote_split.c), without losing a write of the process or the driver.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/server/pin/pins.h"

struct split {
	uint64_t addr, offset, len;
	unsigned prot;
	LIST_ENTRY(split)
	link;
};

/* In the last span of the file, where no page of the process has its place. */
static uint64_t split_aside(const struct locks *l, const struct split *s)
{
	return promote_limit(l) + s->addr;
}

static int part_command(struct locks *l, const struct split *s, unsigned op)
{
	struct wire_agent_command c = {.op = op, .prot = s->prot | WIRE_AGENT_CHECK, .addr = s->addr, .len = s->len, .offset = s->offset, .inode = l->inode, .aside = split_aside(l, s)};

	promote_caller_sleeps(l);
	return locks_agent(l, &c, posix_file_fd(l->file));
}

static void split_destroy(struct locks *l, struct split *s)
{
	file_punch(l, split_aside(l, s), split_aside(l, s) + s->len);
	free(s);
}

/* What cannot be split stays shared: the child copies it (client/agent/promote_fork.c), a moment later. */
static void part_split(struct locks *l, const struct vma *v, uint64_t start, uint64_t end)
{
	struct split *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return;
	*s = (struct split){.addr = v->start + (start - v->offset), .offset = start, .len = end - start, .prot = v->prot};
	if (part_command(l, s, WIRE_AGENT_SPLIT) == 0)
		LIST_INSERT_HEAD(&l->splits, s, link);
	else
		split_destroy(l, s);
}

static void vma_split(struct locks *l, const struct vma *v)
{
	uint64_t at = v->offset, end = v->offset + (v->end - v->start);

	for (uint64_t n; at < end; at += n) {
		n = end - at < AGENT_CHUNK ? end - at : AGENT_CHUNK;
		part_split(l, v, at, at + n);
	}
}

/* After all that nobody holds has become private. */
void split_begin(struct locks *l)
{
	struct vma v;

	if (LIST_EMPTY(&l->holds) || l->maps < 0)
		return;
	atomic_store(&l->split, true); /* before the first part is: what a driver writes then is waited for */
	for (uint64_t at = 0; maps_find_kind(l->maps, at, MAPS_SHARED, &v); at = v.end)
		if (v.shared && vma_is_ours(l, &v))
			vma_split(l, &v);
	atomic_store(&l->split, !LIST_EMPTY(&l->splits));
}

static void part_join(struct locks *l, const struct split *s)
{
	int error = part_command(l, s, WIRE_AGENT_JOIN);

	/* Without a lock the process may have mapped something else there. */
	if (error == 0 || atomic_load(&l->process->dying) || !hold_overlaps(l, s->offset, s->offset + s->len, true))
		return;
	posix_log(HOST_LOG_WARN, "process %d: %llu locked bytes at %llx are not shared any more after its fork: %s",
		  (int)l->process->pid, (unsigned long long)s->len, (unsigned long long)s->addr, strerror(error));
}

void split_end(struct locks *l)
{
	struct split *s;

	while ((s = LIST_FIRST(&l->splits)) != NULL) {
		LIST_REMOVE(s, link);
		if (!l->gone)
			part_join(l, s);
		split_destroy(l, s);
	}
	atomic_store(&l->split, false);
	pthread_cond_broadcast(&l->joined);
}

/* ---- one waits for the other ---- */

#define FORK_S 3

static void deadline_set(struct timespec *until)
{
	(void)clock_gettime(CLOCK_REALTIME, until);
	until->tv_sec += FORK_S;
}

/*
 * A handler of pthread_atfork(3) may wait for who waits here, or a debugger holds the process: then the child copies
 * (client/agent/promote_fork.c), a moment later.
 */
void split_wait(struct locks *l)
{
	const struct thread *t = thread_waiting(l->process);
	unsigned own = t != NULL && t->locks_forking; /* such a handler calls */
	struct timespec until;
	int error = 0;

	if (l->forks > own)
		posix_thread_blocks(); /* the one that forks may touch a device */
	deadline_set(&until);
	l->waiting++;
	while (error == 0 && !l->gone && l->forks > own)
		error = pthread_cond_timedwait(&l->joined, &l->lock, &until);
	l->waiting--;
	if (!l->gone)
		split_end(l);
}

/* Threads that fork by turns would keep pages split for ever, and others from sharing any. */
void split_turn(struct locks *l)
{
	struct timespec until;
	int error = 0;

	deadline_set(&until);
	while (error == 0 && !l->gone && (l->waiting > 0 || !LIST_EMPTY(&l->splits)))
		error = pthread_cond_timedwait(&l->joined, &l->lock, &until);
}

void split_meet(struct locks *l)
{
	struct timespec until;
	int error = 0;

	deadline_set(&until);
	pthread_mutex_lock(&l->lock);
	while (error == 0 && !l->gone && !LIST_EMPTY(&l->splits))
		error = pthread_cond_timedwait(&l->joined, &l->lock, &until);
	pthread_mutex_unlock(&l->lock);
}
