/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sigsegv.c: interception by protection.  An intercepted window lies there without any access; the client's
 * SIGSEGV handler asks for what it needs (WIRE_FAULT), load and unload are mprotect(2) by the agent.
 *
 * No agent has come yet: then nothing has ever been loaded, unload is done, and a load can wait until the
 * application touches the page itself, for which it starts one first.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <unistd.h>

#include "host/server/fault/fault.h"

static int protect(struct host_as *as, uint64_t addr, uint64_t len, unsigned prot)
{
	struct wire_agent_command c = {.op = WIRE_AGENT_PROTECT, .prot = prot, .addr = addr, .len = len};

	return agent_run(as->process, &c, -1);
}

static int sigsegv_load(struct host_as *as, uintptr_t addr, size_t len, unsigned prot)
{
	int error;

	if (!agent_exists(&as->agent))
		return 0;
	error = protect(as, addr, len, prot);
	return error == ESRCH ? EFAULT : error;
}

/*
 * Linux may have no room for one line more in the table of mappings, which a hole needs.  The whole window needs none:
 *
 *	[ window .......................... )
 *	      [ start .... end )                 what was asked
 */
static void part_unload(struct host_as *as, uint64_t start, uint64_t end, const struct window *whole)
{
	int error = protect(as, start, end - start, 0);

	if (error == ENOMEM)
		error = protect(as, whole->start, whole->end - whole->start, 0);
	if (error != 0 && error != ESRCH)
		agent_condemn(as->process, error);
}

static void sigsegv_unload(struct host_as *as, uintptr_t addr, size_t len)
{
	uint64_t at = addr, end = at + len;
	struct window whole;

	if (!agent_exists(&as->agent))
		return;
	while (at < end && as_window_at(as, at, end, &whole)) {
		uint64_t start = whole.start > at ? whole.start : at;
		uint64_t stop = whole.end < end ? whole.end : end;
		part_unload(as, start, stop, &whole);
		at = stop;
	}
}

/* Over a window that is intercepted already, while the application runs: by the agent, which cannot be stopped. */
static int sigsegv_window(struct host_as *as, const struct host_window *w)
{
	struct wire_agent_command c = {.op = WIRE_AGENT_MAP, .addr = w->addr, .len = w->len, .offset = as_window_offset(w)};
	int fd, error;

	if (!agent_exists(&as->agent))
		return ENXIO;
	if (w->pages == NULL) {
		sigsegv_unload(as, w->addr, w->len);
		return 0;
	}
	fd = as_window_descriptor(w);
	if (fd < 0)
		return errno;
	error = agent_run(as->process, &c, fd);
	close(fd);
	return error == ESRCH ? EFAULT : error;
}

/* Pages that are loaded fault again, and get what is allowed then. */
static int sigsegv_protect(struct host_as *as, uintptr_t addr, size_t len, unsigned prot)
{
	sigsegv_unload(as, addr, len);
	return 0;
}

const struct as_engine as_engine_sigsegv = {
	.name = "sigsegv",
	.window = sigsegv_window,
	.load = sigsegv_load,
	.unload = sigsegv_unload,
	.protect = sigsegv_protect,
};
