/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * as_ahead.c: what can be done without a fault engine.  A window that is intercepted only to learn what is
 * behind it (trash, mmap(9E), a mapping that may be remapped) is faulted in as a whole before the call that made
 * or unloaded it is answered.  A driver that wants to see each access is refused.
 */
#define _GNU_SOURCE
#include <errno.h>

#include "host/server/server.h"

#define AHEAD_MAX (UINT64_C(1) << 30) /* bytes of one range: the rest of a huge one has no access */

static int refuse(const struct host_as *as, const char *why)
{
	static atomic_bool said;

	if (!atomic_exchange(&said, true))
		posix_log(HOST_LOG_WARN, "process %d: a mapping is refused: %s, and this server cannot do that yet",
			  (int)as->process->pid, why);
	return ENOTSUP;
}

static int ahead_add(struct thread *t, uint64_t addr, uint64_t len)
{
	struct ranges *r = &t->call.ahead;
	int error = ranges_remove(r, addr, addr + len);

	return error != 0 ? error : ranges_add(r, addr, addr + len);
}

static int ahead_window(struct host_as *as, const struct host_window *w)
{
	struct thread *t = as_waiting_thread(as);
	int error;

	if (!w->ahead)
		return refuse(as, "its driver wants to see each access (devmap_access)");
	if (t == NULL)
		return refuse(as, "it was changed from outside of its process");
	error = as_window_send(t, w);
	if (error == 0 && w->pages == NULL)
		error = ahead_add(t, w->addr, w->len);
	return error;
}

static int ahead_load(struct host_as *as, uintptr_t addr, size_t len, unsigned prot)
{
	struct thread *t = as_waiting_thread(as);

	if (t != NULL)
		t->call.loaded_end = addr + len;
	return 0;
}

/* Its window may show something else after a remap: look again. */
static void ahead_unload(struct host_as *as, uintptr_t addr, size_t len)
{
	struct thread *t = as_waiting_thread(as);

	if (t != NULL && t->call.start == 0)
		(void)ahead_add(t, addr, len);
}

static int ahead_protect(struct host_as *as, uintptr_t addr, size_t len, unsigned prot)
{
	return ENOTSUP;
}

static void fault_in(struct thread *t, uint64_t at, uint64_t end)
{
	if (end - at > AHEAD_MAX) {
		posix_log(HOST_LOG_WARN, "process %d: only the first %llu bytes of a mapping of %llu can be accessed",
			  (int)t->process->pid, (unsigned long long)AHEAD_MAX, (unsigned long long)(end - at));
		end = at + AHEAD_MAX;
	}
	while (at < end) {
		t->call.loaded_end = 0;
		(void)sys_fault(at, PAGE_SIZE, SYS_RW_OTHER);
		at += PAGE_SIZE;
		if (t->call.loaded_end > at)
			at = t->call.loaded_end;
	}
}

static void ahead_settle(struct thread *t)
{
	struct ranges r = t->call.ahead;

	t->call.ahead = (struct ranges){0};
	for (size_t i = 0; i < r.count; i++)
		fault_in(t, r.at[i].start, r.at[i].end);
	ranges_fini(&r);
}

const struct as_engine as_engine_ahead = {"ahead", ahead_window, ahead_load, ahead_unload, ahead_protect,
					  ahead_settle};
