/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * as.c: the address spaces of real processes.  What host.h asks is done by the application's own thread that
 * waits for the call in progress: as entries of the reply to mmap where that is possible, else as steps (base/call.c).
 *
 *	WIRE_MMAP      [ reserved by the client ....... )   windows in it travel with the reply
 *	WIRE_MUNMAP    [ unmapped by the client ....... )   after the reply: nothing to do here
 *	WIRE_MPROTECT  [ protected by the client ...... )   after the reply: nothing to do here
 *
 * Windows that are not intercepted have their translations whenever the application likes, so unload and load
 * mean nothing for them.  The others are the fault engine's; only their first laying travels with the reply or a step
 * as all windows do, since the client has to know of them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "host/server/base/linux.h"
#include "host/server/fault/fault.h"

int as_init(struct host_as *as, struct process *p)
{
	as->process = p;
	atomic_init(&as->engine, NULL);
	pthread_mutex_init(&as->lock, NULL);
	agent_init(&as->agent);
	return engines_init(as);
}

void as_fini(struct host_as *as)
{
	agent_fini(&as->agent);
	ranges_fini(&as->claims);
	windows_fini(&as->windows);
	engines_fini(as);
	pthread_mutex_destroy(&as->lock);
}

bool as_empty(struct host_as *as)
{
	bool empty;

	pthread_mutex_lock(&as->lock);
	empty = as->claims.count == 0;
	pthread_mutex_unlock(&as->lock);
	return empty;
}

/* Linux has done or will do it: the memory was copied by fork, or goes with the process. */
static bool nothing_to_do(const struct host_as *as)
{
	return atomic_load(&as->forking) || atomic_load(&as->process->dying);
}

/* ---- claims ---- */

static int claim(struct host_as *as, uint64_t addr, uint64_t len, bool replace)
{
	int error = 0;

	pthread_mutex_lock(&as->lock);
	if (replace)
		error = ranges_remove(&as->claims, addr, addr + len);
	else if (ranges_overlap(&as->claims, addr, addr + len))
		error = ENOMEM; /* the client gave us what it had given us before */
	if (error == 0)
		error = ranges_add(&as->claims, addr, addr + len);
	pthread_mutex_unlock(&as->lock);
	return error;
}

static int reserve_by_step(const struct host_as *as, uintptr_t *addr, size_t len, bool fixed)
{
	struct wire_message m = {.op = WIRE_STEP_RESERVE, .a = *addr, .b = len, .c = fixed};
	struct thread *t = thread_waiting(as->process);
	int error = t != NULL ? thread_step(t, &m, NULL) : ENOMEM;

	if (error != 0)
		return ENOMEM;
	if (fixed && m.a != *addr)
		return ENOMEM;
	*addr = m.a;
	return process_has_pages(as->process, m.a, len) ? 0 : ENOMEM;
}

int host_as_reserve(struct host_as *as, uintptr_t *addr, size_t len, unsigned flags)
{
	struct thread *t = thread_waiting(as->process);
	bool fixed = flags & HOST_AS_FIXED;
	int error = 0;

	if (atomic_load(&as->forking))
		return claim(as, *addr, len, true);
	if (t == NULL || !call_take_range(&t->call, addr, len, fixed))
		error = reserve_by_step(as, addr, len, fixed);
	return error != 0 ? error : claim(as, *addr, len, fixed);
}

/* ---- giving back ---- */

void host_as_release(struct host_as *as, uintptr_t addr, size_t len)
{
	struct wire_message m = {.op = WIRE_STEP_RELEASE, .a = addr, .b = len};
	struct thread *t = thread_waiting(as->process);

	pthread_mutex_lock(&as->lock);
	(void)ranges_remove(&as->claims, addr, addr + len);
	(void)windows_cut(&as->windows, addr, (uint64_t)addr + len);
	pthread_mutex_unlock(&as->lock);
	if (nothing_to_do(as))
		return;
	server_changed();
	if (t == NULL) {
		posix_log(HOST_LOG_WARN, "process %d: a mapping was removed in no call of the process: "
					 "its addresses stay taken",
			  (int)as->process->pid);
		return;
	}
	call_forget_maps(&t->call, addr, len);
	if (!call_releases(&t->call, addr, len))
		(void)thread_step(t, &m, NULL);
}

void host_as_signal(struct host_as *as, int signo)
{
	server_lock();
	if (as->process->pidfd >= 0)
		(void)pidfd_signal(as->process->pidfd, signo, NULL);
	server_unlock();
}

/* ---- what is intercepted ---- */

bool as_window_at(struct host_as *as, uint64_t start, uint64_t end, struct window *whole)
{
	bool found;

	pthread_mutex_lock(&as->lock);
	found = windows_first(&as->windows, start, end, whole);
	pthread_mutex_unlock(&as->lock);
	return found;
}

/* *was: all of it was intercepted before. */
static int note_window(struct host_as *as, const struct host_window *w, bool *was)
{
	struct window new = {.start = w->addr, .end = (uint64_t)w->addr + w->len, .pages = w->pages, .offset = w->offset, .prot = w->prot, .writable = w->lend_writable};
	int error;

	pthread_mutex_lock(&as->lock);
	*was = windows_cover(&as->windows, new.start, new.end);
	if (w->intercept)
		error = windows_lay(&as->windows, &new);
	else
		error = windows_cut(&as->windows, new.start, new.end);
	pthread_mutex_unlock(&as->lock);
	return error;
}

/* ---- windows ---- */

/* A descriptor of our own: the page object may be gone before the reply is sent. */
int as_window_descriptor(const struct host_window *w)
{
	int fd = w->lend_writable ? posix_pages_fd(w->pages) : posix_pages_fd_readonly(w->pages);

	return fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

uint64_t as_window_offset(const struct host_window *w)
{
	return w->offset + (w->pages != NULL ? posix_pages_offset(w->pages) : 0);
}

static int window_add(struct thread *t, const struct host_window *w)
{
	struct wire_map m = {.addr = w->addr, .len = w->len, .offset = as_window_offset(w), .prot = w->prot};
	int fd = w->pages != NULL ? as_window_descriptor(w) : -1;

	if (w->pages != NULL && fd < 0)
		return errno == EMFILE || errno == ENFILE ? ENOMEM : errno;
	if (w->pages != NULL)
		m.flags = WIRE_MAP_DESCRIPTOR | (w->resident && !w->intercept ? WIRE_MAP_POPULATE : 0);
	if (w->intercept) {
		m.flags |= WIRE_MAP_INTERCEPT;
		m.prot = 0;
	}
	return call_add_map(t, &m, fd);
}

/* The client lays it at its next word from us. */
static int window_new(struct thread *t, const struct host_window *w)
{
	int error;

	if (t->call.mmap && call_covers(&t->call, w->addr, w->len)) {
		call_forget_maps(&t->call, w->addr, w->len); /* an older window */
		return window_add(t, w);
	}
	error = call_flush_maps(t);
	return error != 0 ? error : window_add(t, w);
}

/* The client has laid it; if it is the first, the agent has connected. */
static int window_laid(struct thread *t, struct host_as *as, const struct host_window *w)
{
	const struct as_engine *engine = atomic_load(&as->engine);
	struct wire_map m = {.addr = w->addr, .len = w->len, .prot = w->prot, .flags = WIRE_MAP_OPEN};
	bool open = false;
	int error = engine->laid != NULL ? engine->laid(as, w, &open) : 0;

	return error == 0 && open ? call_add_map(t, &m, -1) : error;
}

int host_as_window(struct host_as *as, const struct host_window *w)
{
	const struct as_engine *engine = atomic_load(&as->engine);
	struct thread *t = thread_waiting(as->process);
	bool was_intercepted, in_mmap;
	int error = note_window(as, w, &was_intercepted);

	if (error != 0 || nothing_to_do(as))
		return error;
	in_mmap = t != NULL && t->call.mmap && call_covers(&t->call, w->addr, w->len);
	if (t == NULL || (was_intercepted && !in_mmap && agent_exists(&as->agent)))
		return w->intercept ? engine->window(as, w) : ENOTSUP;
	error = window_new(t, w);
	if (error != 0 || (in_mmap && !(w->intercept && engine->laid != NULL)))
		return error;
	error = call_flush_maps(t);
	if (error == 0 && w->intercept)
		error = window_laid(t, as, w);
	return error != 0 || in_mmap ? error : call_flush_maps(t);
}

int host_as_load(struct host_as *as, uintptr_t addr, size_t len, unsigned prot)
{
	if (nothing_to_do(as))
		return EFAULT;
	pthread_mutex_lock(&as->lock);
	windows_load(&as->windows, addr, (uint64_t)addr + len);
	pthread_mutex_unlock(&as->lock);
	return atomic_load(&as->engine)->load(as, addr, len, prot);
}

/*
 * Nobody is asked where nothing is loaded.  What a process on its way out may access without us hearing of it is not
 * known: its other threads may still run.
 */
void host_as_unload(struct host_as *as, uintptr_t addr, size_t len)
{
	uint64_t start = addr, end = start + len;
	bool dying = atomic_load(&as->process->dying), any;
	unsigned loads;

	if (atomic_load(&as->forking))
		return;
	if (dying) {
		atomic_load(&as->engine)->unload(as, addr, len);
		return;
	}
	pthread_mutex_lock(&as->lock);
	any = windows_loaded(&as->windows, &start, &end, &loads);
	pthread_mutex_unlock(&as->lock);
	if (!any)
		return;
	atomic_load(&as->engine)->unload(as, start, end - start);
	pthread_mutex_lock(&as->lock);
	windows_unloaded(&as->windows, start, end, loads);
	pthread_mutex_unlock(&as->lock);
}

int host_as_protect(struct host_as *as, uintptr_t addr, size_t len, unsigned prot)
{
	struct wire_message m = {.op = WIRE_STEP_PROTECT, .a = addr, .b = len, .c = prot};
	struct thread *t = thread_waiting(as->process);
	struct window w;

	if (nothing_to_do(as))
		return 0;
	if (as_window_at(as, addr, (uint64_t)addr + len, &w))
		return atomic_load(&as->engine)->protect(as, addr, len, prot);
	if (t == NULL)
		return ENOTSUP;
	if (!t->call.mmap && call_covers(&t->call, addr, len))
		return 0;
	return thread_step(t, &m, NULL);
}
