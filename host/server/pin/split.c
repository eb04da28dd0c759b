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

#include "host/server/pin/pins.h"

struct split {
	uint64_t addr, offset, len;
	unsigned prot;
	LIST_ENTRY(split)
	link;
};

/* In the last span of the file, where no page of the process has its place. */
static uint64_t split_aside(const struct pins *pins, const struct split *s)
{
	return promote_limit(pins) + s->addr;
}

static int part_command(struct pins *pins, const struct split *s, unsigned op)
{
	struct wire_agent_command c = {.op = op, .prot = s->prot | WIRE_AGENT_CHECK, .addr = s->addr, .len = s->len, .offset = s->offset, .inode = pins->inode, .aside = split_aside(pins, s)};

	promote_caller_sleeps(pins);
	return pins_agent(pins, &c, posix_file_fd(pins->file));
}

static void split_destroy(struct pins *pins, struct split *s)
{
	file_punch(pins, split_aside(pins, s), split_aside(pins, s) + s->len);
	free(s);
}

/* What cannot be split stays shared: the child copies it (client/agent/promote_fork.c), a moment later. */
static void part_split(struct pins *pins, const struct vma *v, uint64_t start, uint64_t end)
{
	struct split *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return;
	*s = (struct split){.addr = v->start + (start - v->offset), .offset = start, .len = end - start, .prot = v->prot};
	if (part_command(pins, s, WIRE_AGENT_SPLIT) == 0)
		LIST_INSERT_HEAD(&pins->splits, s, link);
	else
		split_destroy(pins, s);
}

static void vma_split(struct pins *pins, const struct vma *v)
{
	uint64_t at = v->offset, end = v->offset + (v->end - v->start);

	for (uint64_t n; at < end; at += n) {
		n = end - at < AGENT_CHUNK ? end - at : AGENT_CHUNK;
		part_split(pins, v, at, at + n);
	}
}

/* After all that nobody holds has become private. */
void split_begin(struct pins *pins)
{
	struct vma v;

	if (LIST_EMPTY(&pins->holds) || pins->maps < 0)
		return;
	atomic_store(&pins->split, true); /* before the first part is: what a driver writes then is waited for */
	for (uint64_t at = 0; maps_find_kind(pins->maps, at, MAPS_SHARED, &v); at = v.end)
		if (v.shared && vma_is_ours(pins, &v))
			vma_split(pins, &v);
	atomic_store(&pins->split, !LIST_EMPTY(&pins->splits));
}

static void part_join(struct pins *pins, const struct split *s)
{
	int error = part_command(pins, s, WIRE_AGENT_JOIN);

	/* Without a pin the process may have mapped something else there. */
	if (error == 0 || atomic_load(&pins->process->dying) || !hold_overlaps(pins, s->offset, s->offset + s->len, true))
		return;
	posix_log(HOST_LOG_WARN, "process %d: %llu locked bytes at %llx are not shared any more after its fork: %s",
		  (int)pins->process->pid, (unsigned long long)s->len, (unsigned long long)s->addr, strerror(error));
}

void split_end(struct pins *pins)
{
	struct split *s;

	while ((s = LIST_FIRST(&pins->splits)) != NULL) {
		LIST_REMOVE(s, link);
		if (!pins->gone)
			part_join(pins, s);
		split_destroy(pins, s);
	}
	atomic_store(&pins->split, false);
	pthread_cond_broadcast(&pins->joined);
}

/* ---- one waits for the other ---- */

#define FORK_TIMEOUT_NS UINT64_C(3000000000)

/*
 * A handler of pthread_atfork(3) may wait for who waits here, or a debugger holds the process: then the child copies
 * (client/agent/promote_fork.c), a moment later.
 */
void split_wait(struct pins *pins)
{
	const struct thread *t = thread_waiting(pins->process);
	unsigned own = t != NULL && t->pins_forking; /* such a handler calls */
	uint64_t end = host_time_monotonic() + FORK_TIMEOUT_NS;
	int error = 0;

	if (pins->forks > own)
		posix_thread_blocks(); /* the one that forks may touch a device */
	pins->waiting++;
	while (error == 0 && !pins->gone && pins->forks > own)
		error = posix_wait_until(&pins->joined, &pins->lock, end);
	pins->waiting--;
	if (!pins->gone)
		split_end(pins);
}

/* Threads that fork by turns would keep pages split for ever, and others from sharing any. */
void split_turn(struct pins *pins)
{
	uint64_t end = host_time_monotonic() + FORK_TIMEOUT_NS;
	int error = 0;

	while (error == 0 && !pins->gone && (pins->waiting > 0 || !LIST_EMPTY(&pins->splits)))
		error = posix_wait_until(&pins->joined, &pins->lock, end);
}

void split_meet(struct pins *pins)
{
	uint64_t end = host_time_monotonic() + FORK_TIMEOUT_NS;
	int error = 0;

	pthread_mutex_lock(&pins->lock);
	while (error == 0 && !pins->gone && !LIST_EMPTY(&pins->splits))
		error = posix_wait_until(&pins->joined, &pins->lock, end);
	pthread_mutex_unlock(&pins->lock);
}
