/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * split.c: a fork of a process whose shared pages are held.  A driver must not let that happen; if it does the parent
 * keeps the pages and the child gets its own.  So the pages are private while Linux forks, and shared again afterwards:
 *
 *	               fork begins             fork has ended
 *	process:  -----+-- private: P ---------+-- shared again -->     P, and what the driver wrote meanwhile
 *	file:     -----+-- M, as it was: S ----+
 *
 * What the driver has written meanwhile is where M differs from S.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/server/lock.h"

struct split {
	uint64_t addr, offset, len;
	unsigned prot;
	char *was; /* S */
	LIST_ENTRY(split) link;
};

static bool file_read(const struct locks *l, uint64_t offset, char *to, uint64_t len)
{
	return pread(posix_file_fd(l->file), to, len, (off_t)offset) == (ssize_t)len;
}

static int part_command(struct locks *l, const struct split *s, unsigned op)
{
	struct wire_agent_command c = {.op = op, .prot = s->prot | WIRE_AGENT_CHECK, .addr = s->addr, .len = s->len,
				       .offset = s->offset, .inode = l->inode};

	return locks_agent(l, &c, posix_file_fd(l->file));
}

static void part_split(struct locks *l, const struct vma *v, uint64_t start, uint64_t end)
{
	struct split *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return; /* the child copies (client/promote_fork.c), a moment later */
	*s = (struct split){.addr = v->start + (start - v->offset), .offset = start, .len = end - start,
			    .prot = v->prot, .was = malloc(end - start)};
	if (s->was != NULL && part_command(l, s, WIRE_AGENT_UNSHARE) == 0 && file_read(l, start, s->was, s->len)) {
		LIST_INSERT_HEAD(&l->splits, s, link);
		return;
	}
	free(s->was);
	free(s);
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
	for (uint64_t at = 0; maps_find(l->maps, at, &v); at = v.end)
		if (v.shared && vma_is_ours(l, &v))
			vma_split(l, &v);
}

/* now: M; the driver's writes go over what the process has written. */
static void driver_writes(const struct locks *l, const struct split *s, const char *now)
{
	uint64_t from = 0, to;

	while (from < s->len) {
		if (now[from] == s->was[from]) {
			from++;
			continue;
		}
		for (to = from; to < s->len && now[to] != s->was[to];)
			to++;
		if (pwrite(posix_file_fd(l->file), now + from, to - from, (off_t)(s->offset + from)) < 0)
			return;
		from = to;
	}
}

static void part_join(struct locks *l, const struct split *s)
{
	char *now = malloc(s->len);
	bool known = now != NULL && file_read(l, s->offset, now, s->len);
	bool changed = known && memcmp(now, s->was, s->len) != 0;
	int error = part_command(l, s, WIRE_AGENT_SHARE);

	if (error == 0 && changed)
		driver_writes(l, s, now);
	else if (error != 0 && !atomic_load(&l->process->dying))
		posix_log(HOST_LOG_WARN, "process %d: %llu locked bytes at %llx are not shared any more after its fork: %s",
			  (int)l->process->pid, (unsigned long long)s->len, (unsigned long long)s->addr,
			  strerror(error));
	free(now);
}

void split_end(struct locks *l)
{
	struct split *s;

	while ((s = LIST_FIRST(&l->splits)) != NULL) {
		LIST_REMOVE(s, link);
		if (!l->gone)
			part_join(l, s);
		free(s->was);
		free(s);
	}
	pthread_cond_broadcast(&l->joined);
}

#define FORK_S 3

/*
 * A handler of pthread_atfork(3) may wait for who waits here, or a debugger holds the process: then the child copies
 * (client/promote_fork.c), a moment later.
 */
void split_wait(struct locks *l)
{
	const struct thread *t = locks_thread(l->process);
	unsigned own = t != NULL && t->locks_forking; /* such a handler calls */
	struct timespec until;
	int error = 0;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += FORK_S;
	while (error == 0 && !l->gone && l->forks > own)
		error = pthread_cond_timedwait(&l->joined, &l->lock, &until);
	if (!l->gone)
		split_end(l);
}
