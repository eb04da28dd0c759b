/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * as.c: the address spaces of real processes.  What host.h asks is done by the application's own thread that
 * waits for the call in progress: as entries of the reply to mmap where that is possible, else as steps.
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
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/server/server.h"

void as_init(struct host_as *as, struct process *p)
{
	as->process = p;
	atomic_init(&as->engine, engine_first());
	faults_init(&as->faults);
	pthread_mutex_init(&as->lock, NULL);
	agent_init(&as->agent);
}

void as_fini(struct host_as *as)
{
	agent_fini(&as->agent);
	locks_fini(as->locks);
	ranges_fini(&as->claims);
	windows_fini(&as->windows);
	faults_fini(&as->faults);
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

/* The application's thread that waits for the present call, if it is one of that process. */
static struct thread *waiting_thread(const struct host_as *as)
{
	struct thread *t = thread_current();

	return t != NULL && t->process == as->process ? t : NULL;
}

static bool in_call(const struct call *c, uint64_t addr, uint64_t len)
{
	return addr >= c->start && addr < c->end && len <= c->end - addr;
}

static bool range_is_good(const struct host_as *as, uint64_t addr, uint64_t len)
{
	uint64_t top = as->process->model == SYS_ILP32 ? USER_TOP_32 : USER_TOP_64;

	return (addr & PAGE_MASK) == 0 && addr >= PAGE_SIZE && addr < top && len <= top - addr;
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
	struct thread *t = waiting_thread(as);
	int error = t != NULL ? thread_step(t, &m, NULL) : ENOMEM;

	if (error != 0)
		return ENOMEM;
	if (fixed && m.a != *addr)
		return ENOMEM;
	*addr = m.a;
	return range_is_good(as, m.a, len) ? 0 : ENOMEM;
}

int host_as_reserve(struct host_as *as, uintptr_t *addr, size_t len, unsigned flags)
{
	struct thread *t = waiting_thread(as);
	bool fixed = flags & HOST_AS_FIXED;
	int error = 0;

	if (atomic_load(&as->forking))
		return claim(as, *addr, len, true);
	if (t != NULL && t->call.mmap && !t->call.given && len == t->call.end - t->call.start &&
	    (!fixed || *addr == t->call.start)) {
		*addr = t->call.start;
		t->call.given = true;
	} else {
		error = reserve_by_step(as, addr, len, fixed);
	}
	return error != 0 ? error : claim(as, *addr, len, fixed);
}

/* ---- giving back ---- */

/* Entries that were gathered for a part that goes away again. */
static void maps_forget(struct call *c, uint64_t addr, uint64_t len)
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

/* True if the client does it without being told. */
static bool release_is_implied(struct call *c, uint64_t addr, uint64_t len)
{
	if (!in_call(c, addr, len))
		return false;
	if (c->mmap && c->fixed)
		(void)ranges_add(&c->released, addr, addr + len); /* see call_mmap() */
	return true;
}

void host_as_release(struct host_as *as, uintptr_t addr, size_t len)
{
	struct wire_message m = {.op = WIRE_STEP_RELEASE, .a = addr, .b = len};
	struct thread *t = waiting_thread(as);

	pthread_mutex_lock(&as->lock);
	(void)ranges_remove(&as->claims, addr, addr + len);
	(void)windows_cut(&as->windows, addr, (uint64_t)addr + len);
	pthread_mutex_unlock(&as->lock);
	if (nothing_to_do(as))
		return;
	supervisor_changed();
	if (t == NULL) {
		posix_log(HOST_LOG_WARN, "process %d: a mapping was removed in no call of the process: "
					 "its addresses stay taken",
			  (int)as->process->pid);
		return;
	}
	maps_forget(&t->call, addr, len);
	if (!release_is_implied(&t->call, addr, len))
		(void)thread_step(t, &m, NULL);
}

void host_as_signal(struct host_as *as, int signo)
{
	server_lock();
	if (as->process->pidfd >= 0)
		(void)syscall(SYS_pidfd_send_signal, as->process->pidfd, signo, NULL, 0);
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

int call_maps_flush(struct thread *t)
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
	struct call *c = &t->call;
	struct wire_map m = {.addr = w->addr, .len = w->len, .offset = as_window_offset(w), .prot = w->prot};
	int error = 0;

	if (c->nmaps == MAPS_MAX || c->nfds == WIRE_FDS_MAX)
		error = call_maps_flush(t);
	if (error != 0)
		return error;
	if (w->pages != NULL) {
		int fd = as_window_descriptor(w);
		if (fd < 0)
			return errno == EMFILE || errno == ENFILE ? ENOMEM : errno;
		c->fds[c->nfds++] = fd;
		m.flags = WIRE_MAP_DESCRIPTOR | (w->resident && !w->intercept ? WIRE_MAP_POPULATE : 0);
	}
	if (w->intercept) {
		m.flags |= WIRE_MAP_INTERCEPT;
		m.prot = 0;
	}
	c->maps[c->nmaps++] = m;
	return 0;
}

/* The client lays it at its next word from us. */
static int window_new(struct thread *t, const struct host_window *w)
{
	int error;

	if (t->call.mmap && in_call(&t->call, w->addr, w->len)) {
		maps_forget(&t->call, w->addr, w->len); /* an older window */
		return window_add(t, w);
	}
	error = call_maps_flush(t);
	return error != 0 ? error : window_add(t, w);
}

/* The client has laid it; the agent has said hello if it is the first. */
static int window_laid(struct thread *t, struct host_as *as, const struct host_window *w)
{
	const struct as_engine *engine = atomic_load(&as->engine);
	struct wire_map m = {.addr = w->addr, .len = w->len, .prot = w->prot, .flags = WIRE_MAP_OPEN};
	bool open = false;
	int error = engine->laid != NULL ? engine->laid(as, w, &open) : 0;

	if (error == 0 && open)
		t->call.maps[t->call.nmaps++] = m;
	return error;
}

int host_as_window(struct host_as *as, const struct host_window *w)
{
	const struct as_engine *engine = atomic_load(&as->engine);
	struct thread *t = waiting_thread(as);
	bool was_intercepted, in_mmap;
	int error = note_window(as, w, &was_intercepted);

	if (error != 0 || nothing_to_do(as))
		return error;
	in_mmap = t != NULL && t->call.mmap && in_call(&t->call, w->addr, w->len);
	if (t == NULL || (was_intercepted && !in_mmap && agent_exists(&as->agent)))
		return w->intercept ? engine->window(as, w) : ENOTSUP;
	error = window_new(t, w);
	if (error != 0 || (in_mmap && !(w->intercept && engine->laid != NULL)))
		return error;
	error = call_maps_flush(t);
	if (error == 0 && w->intercept)
		error = window_laid(t, as, w);
	return error != 0 || in_mmap ? error : call_maps_flush(t);
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
	struct thread *t = waiting_thread(as);
	struct window w;

	if (nothing_to_do(as))
		return 0;
	if (as_window_at(as, addr, (uint64_t)addr + len, &w))
		return atomic_load(&as->engine)->protect(as, addr, len, prot);
	if (t == NULL)
		return ENOTSUP;
	if (!t->call.mmap && in_call(&t->call, addr, len))
		return 0;
	return thread_step(t, &m, NULL);
}
