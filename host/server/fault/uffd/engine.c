/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * engine.c: interception by userfaultfd(2), whose events events.c serves.
 *
 *	closed        no access (PROT_NONE): as the client lays a window, and as a fork child finds its own
 *	registered    with the userfaultfd, and the protection of its pages: a page that is not loaded makes an event
 *	not writable  Linux registers nothing that the process cannot write: such a window is the other engine's
 *
 * An access to a closed window is a SIGSEGV, and a call (WIRE_FAULT): its load opens the window.  So there is no moment
 * without interception.  load is UFFDIO_CONTINUE; unload is madvise(2) by the agent; another protection is mprotect(2)
 * by the agent; other pages are prepared beside and moved over the old ones by the agent, which makes an event
 * (UFFD_EVENT_REMAP) and keeps UFFDIO_CONTINUE away (EAGAIN) until that has been read.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/userfaultfd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "host/server/fault/uffd/uffd.h"

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif

/* ---- what the agent and the descriptor do ---- */

struct faults *faults_of(const struct host_as *as)
{
	return engine_data(as, &as_engine_uffd);
}

static int uffd_of(const struct host_as *as)
{
	return faults_of(as)->fd;
}

static int protect(struct host_as *as, uint64_t start, uint64_t end, unsigned prot)
{
	struct wire_agent_command c = {.op = WIRE_AGENT_PROTECT, .prot = prot, .addr = start, .len = end - start};

	return agent_run(as->process, &c, -1);
}

static int window_register(const struct host_as *as, uint64_t start, uint64_t end)
{
	struct uffdio_register r = {.range = {start, end - start},
				    .mode = UFFDIO_REGISTER_MODE_MISSING | UFFDIO_REGISTER_MODE_MINOR};

	return ioctl(uffd_of(as), UFFDIO_REGISTER, &r) == 0 ? 0 : errno;
}

static int window_note(struct host_as *as, uint64_t start, uint64_t end, unsigned prot, bool registered)
{
	int error;

	pthread_mutex_lock(&as->lock);
	error = windows_change(&as->windows, start, end, prot, registered);
	pthread_mutex_unlock(&as->lock);
	return error;
}

void uffd_wake(const struct host_as *as, uint64_t start, uint64_t end)
{
	struct uffdio_range r = {start, end - start};

	faults_woken(as, start, end);
	(void)ioctl(uffd_of(as), UFFDIO_WAKE, &r);
}

/* ---- load ---- */

/* Nothing was ever written there: the page is made now. */
static int pages_allocate(const struct window *w, uint64_t at)
{
	char *address = host_pages_address(w->pages);

	address += w->offset + (at - w->start);
	return syscall(SYS_madvise, address, w->end - at, MADV_POPULATE_READ) == 0 ? 0 : ENOMEM;
}

/*
 * Mappings change at this moment.  It is the agent that changes them, and it holds its lock until the event has been
 * read; an application that does so behind the library's back is given some time.
 */
static int layout_wait(struct host_as *as, unsigned tries)
{
	static const struct timespec moment = {.tv_nsec = 1000000};

	if (atomic_load(&as->process->dying))
		return EFAULT;
	faults_yield();
	pthread_mutex_lock(&as->agent.lock);
	pthread_mutex_unlock(&as->agent.lock);
	if (tries > 1)
		nanosleep(&moment, NULL);
	return 0;
}

/* What kept the page at *at from being continued; 0: try on. */
static int continue_obstacle(struct host_as *as, const struct window *w, uint64_t *at, int error, unsigned tries)
{
	switch (error) {
	case EEXIST:
		uffd_wake(as, *at, *at + PAGE_SIZE);
		*at += PAGE_SIZE;
		return 0;
	case EFAULT:
		return tries < 8 ? pages_allocate(w, *at) : ENOMEM;
	case EAGAIN:
		return layout_wait(as, tries);
	case ENOENT: /* unmapped, or not one mapping for Linux */
	case ESRCH:
		return EFAULT;
	default:
		return error;
	}
}

static int window_continue(struct host_as *as, const struct window *w)
{
	uint64_t at = w->start, mode = faults_wake_later(as, w->start, w->end) ? UFFDIO_CONTINUE_MODE_DONTWAKE : 0;
	unsigned tries = 0;
	int error = 0;

	if (mode == 0)
		faults_woken(as, w->start, w->end);
	while (at < w->end && error == 0) {
		struct uffdio_continue c = {.range = {at, w->end - at}, .mode = mode};
		if (ioctl(uffd_of(as), UFFDIO_CONTINUE, &c) == 0)
			return 0;
		if (c.mapped > 0) {
			at += (uint64_t)c.mapped;
			tries = 0;
		} else {
			error = continue_obstacle(as, w, &at, errno, ++tries);
		}
	}
	return error;
}

/* The window that w is, or is a part of. */
static int window_open(struct host_as *as, uint64_t address)
{
	struct window w;
	int error;

	if (!as_window_at(as, address, address + 1, &w))
		return EFAULT;
	error = window_register(as, w.start, w.end);
	if (error == 0)
		error = protect(as, w.start, w.end, w.prot);
	return error != 0 ? error : window_note(as, w.start, w.end, w.prot, true);
}

static int window_load(struct host_as *as, const struct window *w, unsigned prot)
{
	int error = 0;

	if (!w->writable)
		return as_engine_sigsegv.load(as, w->start, w->end - w->start, prot);
	if (!w->registered)
		error = window_open(as, w->start);
	if (error == 0 && w->prot != prot) {
		error = protect(as, w->start, w->end, prot);
		if (error == 0)
			error = window_note(as, w->start, w->end, prot, true);
	}
	if (error == 0)
		error = window_continue(as, w);
	return error == ESRCH || error == ENOENT ? EFAULT : error;
}

static int uffd_load(struct host_as *as, uintptr_t addr, size_t len, unsigned prot)
{
	uint64_t at = addr, end = at + len;
	struct window w;
	int error = 0;

	if (!agent_exists(&as->agent))
		return 0; /* the application starts one before it tries again */
	while (at < end && error == 0 && as_window_at(as, at, end, &w)) {
		window_clip(&w, at, end);
		if (w.pages != NULL)
			error = window_load(as, &w, prot);
		at = w.end;
	}
	return error;
}

/* ---- unload ---- */

/*
 * The descriptor goes with a process that is on its way out, and the registrations with it: then nothing may be left
 * that is accessible.
 */
static void run_unload(struct host_as *as, uint64_t start, uint64_t end)
{
	struct wire_agent_command c = {.op = WIRE_AGENT_ZAP, .addr = start, .len = end - start};
	int error;

	if (start == end)
		return;
	if (atomic_load(&as->process->dying))
		c.op = WIRE_AGENT_PROTECT;
	error = agent_run(as->process, &c, -1);
	if (error != 0 && error != ESRCH)
		agent_condemn(as->process, error);
}

/*
 *	[ registered )[ registered )[ closed )[ registered )
 *	|<------- one run -------->|           |<-- run -->|
 */
static void uffd_unload(struct host_as *as, uintptr_t addr, size_t len)
{
	uint64_t at = addr, end = at + len, run = at, run_end = at;
	struct window w;

	if (!agent_exists(&as->agent))
		return;
	for (; at < end && as_window_at(as, at, end, &w); at = w.end) {
		window_clip(&w, at, end);
		if (!w.writable && w.pages != NULL)
			as_engine_sigsegv.unload(as, w.start, w.end - w.start);
		if (!w.registered)
			continue;
		if (w.start != run_end) {
			run_unload(as, run, run_end);
			run = w.start;
		}
		run_end = w.end;
	}
	run_unload(as, run, run_end);
}

/* ---- windows and protections ---- */

static bool is_registrable(const struct host_window *w)
{
	return w->pages != NULL && w->lend_writable;
}

static int uffd_laid(struct host_as *as, const struct host_window *w, bool *open)
{
	uint64_t start = w->addr, end = start + w->len;
	int error;

	*open = false;
	if (!is_registrable(w))
		return 0;
	if (!agent_exists(&as->agent)) /* the client has lied */
		return ENXIO;
	error = window_register(as, start, end);
	if (error == 0)
		error = window_note(as, start, end, w->prot, true);
	*open = error == 0;
	return error == ENOENT || error == ESRCH ? EFAULT : error;
}

/* In place: there is a moment in which a system call finds no page, but no access is missed. */
static int window_replace(struct host_as *as, const struct host_window *w, int fd)
{
	struct wire_agent_command c = {.op = WIRE_AGENT_MAP, .addr = w->addr, .len = w->len, .offset = as_window_offset(w)};
	int error = agent_run(as->process, &c, fd);

	if (error == 0)
		error = window_register(as, w->addr, (uint64_t)w->addr + w->len);
	return error != 0 ? error : protect(as, w->addr, (uint64_t)w->addr + w->len, w->prot);
}

/*
 *	beside: mapped, registered ----.
 *	addr:   [ the old window ]  <--' mremap
 *
 * The agent waits in its mremap() until the event has been read: not by us.
 */
static int window_move(struct host_as *as, const struct host_window *w, int fd)
{
	struct wire_agent_command map = {.op = WIRE_AGENT_MAP, .prot = w->prot, .len = w->len, .offset = as_window_offset(w)};
	struct wire_agent_command move = {.op = WIRE_AGENT_MOVE, .addr = w->addr, .len = w->len};
	struct wire_agent_command keep = {.op = WIRE_AGENT_KEEP}, unmap = {.op = WIRE_AGENT_UNMAP, .len = w->len};
	int error;

	if (!faults_yield())
		return window_replace(as, w, fd);
	error = agent_run(as->process, &map, fd);
	if (error != 0)
		return error == ENOMEM ? window_replace(as, w, fd) : error;
	move.offset = unmap.addr = map.addr;
	error = window_register(as, map.addr, map.addr + w->len);
	if (error == 0) {
		error = agent_run(as->process, &move, -1);
		(void)agent_run(as->process, &keep, uffd_of(as));
	}
	if (error != 0)
		(void)agent_run(as->process, &unmap, -1);
	return error;
}

static int uffd_window(struct host_as *as, const struct host_window *w)
{
	int fd, error;

	if (!agent_exists(&as->agent))
		return ENXIO;
	if (!is_registrable(w))
		return as_engine_sigsegv.window(as, w);
	fd = as_window_descriptor(w);
	if (fd < 0)
		return errno;
	error = window_move(as, w, fd);
	close(fd);
	if (error == 0)
		error = window_note(as, w->addr, (uint64_t)w->addr + w->len, w->prot, true);
	return error == ESRCH ? EFAULT : error;
}

static int window_protect(struct host_as *as, const struct window *w, unsigned prot)
{
	int error = 0;

	if (w->registered)
		error = protect(as, w->start, w->end, prot);
	else if (!w->writable)
		as_engine_sigsegv.unload(as, w->start, w->end - w->start);
	if (error == ESRCH)
		return 0;
	return error != 0 ? error : window_note(as, w->start, w->end, prot, false);
}

static int uffd_protect(struct host_as *as, uintptr_t addr, size_t len, unsigned prot)
{
	uint64_t at = addr, end = at + len;
	struct window w;
	int error = 0;

	for (; at < end && error == 0 && as_window_at(as, at, end, &w); at = w.end) {
		window_clip(&w, at, end);
		error = window_protect(as, &w, prot);
	}
	return error;
}

/* ---- accesses that were refused by protection ---- */

static bool page_is_registered(struct host_as *as, uint64_t page, unsigned *prot)
{
	struct window w;
	bool is = as_window_at(as, page, page + PAGE_SIZE, &w) && w.registered;

	*prot = is ? w.prot : 0;
	return is;
}

/* Where the application is unmapping it, Linux decides what becomes of the access. */
bool uffd_shut(struct host_as *as, uint64_t page)
{
	unsigned prot;
	int error;

	if (!page_is_registered(as, page, &prot))
		return false;
	error = protect(as, page, page + PAGE_SIZE, 0);
	if (error != 0 && error != ESRCH && page_is_registered(as, page, &prot))
		agent_condemn(as->process, error);
	return error == 0;
}

/* The page gets the protection that it should have. */
static bool page_restore(struct host_as *as, uint64_t page, unsigned *prot)
{
	if (!page_is_registered(as, page, prot))
		return false;
	return protect(as, page, page + PAGE_SIZE, *prot) == 0;
}

void uffd_reopen(struct host_as *as, uint64_t page)
{
	unsigned prot;

	(void)page_restore(as, page, &prot);
}

static bool prot_allows(unsigned prot, enum sys_rw rw)
{
	switch (rw) {
	case SYS_RW_WRITE:
		return prot & HOST_PROT_WRITE;
	case SYS_RW_EXEC:
		return prot & HOST_PROT_EXEC;
	default:
		return prot != 0;
	}
}

/*
 * An access failed just now, of this thread or of another one, or a window has been opened meanwhile: all three get on
 * when the protection is as it should be.
 */
static bool uffd_refused(struct host_as *as, uint32_t tid, uint64_t page, enum sys_rw rw, struct sys_fault *answer)
{
	unsigned prot;

	*answer = (struct sys_fault){0};
	if (faults_failed(as, tid, page, answer))
		return true;
	return page_restore(as, page, &prot) && prot_allows(prot, rw);
}

/* ---- an address space's own ---- */

static void uffd_start(void)
{
	offer_prepare();
	faults_prepare();
}

static void *uffd_init(struct host_as *as)
{
	struct faults *f = malloc(sizeof(*f));

	if (f != NULL)
		faults_init(f);
	return f;
}

static void uffd_fini(void *data)
{
	faults_fini(data);
	free(data);
}

static void uffd_interrupt(struct host_as *as, uint32_t tid)
{
	services_interrupt(&faults_of(as)->services, tid);
}

static void uffd_end(struct host_as *as)
{
	faults_end(faults_of(as));
}

static bool uffd_kick(struct host_as *as)
{
	return faults_kick(faults_of(as));
}

static void uffd_drain(struct host_as *as)
{
	faults_drain(faults_of(as));
}

static void uffd_close(struct host_as *as)
{
	faults_close(faults_of(as));
}

const struct as_engine as_engine_uffd = {
	.name = "uffd",
	.means = "userfaultfd",
	.start = uffd_start,
	.init = uffd_init,
	.fini = uffd_fini,
	.agree = offer_agree,
	.descriptor = uffd_of,
	.laid = uffd_laid,
	.window = uffd_window,
	.load = uffd_load,
	.unload = uffd_unload,
	.protect = uffd_protect,
	.refused = uffd_refused,
	.interrupt = uffd_interrupt,
	.forgive = faults_forgive,
	.end = uffd_end,
	.wake = uffd_kick,
	.drain = uffd_drain,
	.close = uffd_close,
	.watch = offer_watch,
};
