/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * call.c: what a thread's call says to its client besides its result: windows to map, with their descriptors.  They are
 * gathered, and travel with the reply where that is possible, else with a step.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "host/server/base/peers.h"

/* ---- its range ---- */

void call_set_range(struct call *c, uint64_t addr, uint64_t len)
{
	c->start = addr;
	c->end = addr + ((len + PAGE_MASK) & ~(uint64_t)PAGE_MASK);
}

bool call_covers(const struct call *c, uint64_t addr, uint64_t len)
{
	return addr >= c->start && addr < c->end && len <= c->end - addr;
}

bool call_take_range(struct call *c, uintptr_t *addr, size_t len, bool fixed)
{
	if (!c->mmap || c->given || len != c->end - c->start || (fixed && *addr != c->start))
		return false;
	*addr = c->start;
	c->given = true;
	return true;
}

bool call_releases(struct call *c, uint64_t addr, uint64_t len)
{
	if (!call_covers(c, addr, len))
		return false;
	if (c->mmap && c->fixed)
		(void)ranges_add(&c->released, addr, addr + len); /* see call_mmap() */
	return true;
}

/* ---- its windows ---- */

int call_add_map(struct thread *t, const struct wire_map *m, int fd)
{
	struct call *c = &t->call;
	int error = 0;

	if (c->nmaps == MAPS_MAX || c->nfds == WIRE_FDS_MAX)
		error = call_flush_maps(t);
	if (error != 0) {
		if (fd >= 0)
			close(fd);
		return error;
	}
	c->maps[c->nmaps++] = *m;
	if (fd >= 0)
		c->fds[c->nfds++] = fd;
	return 0;
}

void call_forget_maps(struct call *c, uint64_t addr, uint64_t len)
{
	unsigned kept = 0, fd = 0, kept_fds = 0;

	for (unsigned i = 0; i < c->nmaps; i++) {
		struct wire_map *m = &c->maps[i];
		bool with_fd = m->flags & WIRE_MAP_DESCRIPTOR;
		bool gone = m->addr >= addr && m->addr - addr < len;
		if (with_fd && gone)
			close(c->fds[fd]);
		else if (with_fd)
			c->fds[kept_fds++] = c->fds[fd];
		fd += with_fd;
		if (!gone)
			c->maps[kept++] = *m;
	}
	c->nmaps = kept;
	c->nfds = kept_fds;
}

int call_flush_maps(struct thread *t)
{
	struct call *c = &t->call;
	struct wire_message m = {.op = WIRE_STEP_MAP, .b = c->nmaps, .nfds = c->nfds, .data_len = (uint32_t)(c->nmaps * sizeof(c->maps[0]))};
	int error;

	if (c->nmaps == 0)
		return 0;
	memcpy(t->channel.memory->data, c->maps, m.data_len);
	error = thread_step(t, &m, c->fds);
	for (unsigned i = 0; i < c->nfds; i++)
		close(c->fds[i]);
	c->nmaps = c->nfds = 0;
	return error;
}

void call_reply_maps(struct thread *t, struct wire_message *out)
{
	struct call *c = &t->call;

	out->b = c->nmaps;
	out->data_len = (uint32_t)(c->nmaps * sizeof(c->maps[0]));
	memcpy(t->channel.memory->data, c->maps, out->data_len);
}

void call_fini(struct call *c)
{
	for (unsigned i = 0; i < c->nfds; i++)
		close(c->fds[i]);
	ranges_fini(&c->released);
	c->nfds = c->nmaps = 0;
	c->start = c->end = 0;
	c->mmap = c->fixed = c->given = false;
}
