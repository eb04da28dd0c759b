/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory accesses of a process: what its instructions would do. */
#include "host/embed/internal.h"
#include <sched.h>
#include <signal.h>

struct access {
	enum sys_rw rw;
	unsigned prot;
};

static const struct access accesses[] = {
	[SUNDOG_READ] = {SYS_RW_READ, HOST_PROT_READ},
	[SUNDOG_WRITE] = {SYS_RW_WRITE, HOST_PROT_WRITE},
	[SUNDOG_EXEC] = {SYS_RW_EXEC, HOST_PROT_EXEC},
};

static struct sundog_signal_info signal_of(struct sys_fault fault)
{
	return (struct sundog_signal_info){fault.signo, fault.code, fault.error};
}

/*
 * One access within a page.  The kernel part may return "go on" without having loaded a translation: the access
 * is tried again, after the signals that are pending have been handled, as often as it takes.
 */
static struct sundog_signal_info access_page(struct sundog_process *p, uintptr_t addr, void *data, size_t len,
					     enum sundog_access kind)
{
	const struct access *access = &accesses[kind];
	struct posix_thread *self = posix_thread_self();

	for (;;) {
		struct sys_fault fault;

		switch (as_access(p->as, addr, data, len, access->prot)) {
		case AS_DONE:
			return (struct sundog_signal_info){0};
		case AS_NOT_MAPPED:
			return (struct sundog_signal_info){SIGSEGV, SEGV_MAPERR, 0};
		case AS_DENIED:
			return (struct sundog_signal_info){SIGSEGV, SEGV_ACCERR, 0};
		case AS_NO_TRANSLATION:
			break;
		}
		if (posix_thread_is_dying(self))
			return (struct sundog_signal_info){SIGKILL, 0, 0};
		fault = sys_fault(addr & AS_PAGE_MASK, AS_PAGE, access->rw);
		if (fault.signo != 0)
			return signal_of(fault);
		posix_thread_clear_interrupt(self);
		if (!as_loaded(p->as, addr, access->prot))
			sched_yield();
	}
}

static struct sundog_signal_info access_range(struct sundog_process *p, uint64_t addr, char *data, size_t len,
					      enum sundog_access kind)
{
	struct sundog_signal_info info = {0};
	struct embed_call call;

	if (call_enter(p, &call) != 0)
		return (struct sundog_signal_info){SIGKILL, 0, 0};
	while (len > 0 && info.signo == 0) {
		size_t chunk = AS_PAGE - (addr & (AS_PAGE - 1));

		if (chunk > len)
			chunk = len;
		info = access_page(p, addr, data, chunk, kind);
		addr += chunk;
		data = data == NULL ? NULL : data + chunk;
		len -= chunk;
	}
	call_leave(p, &call);
	return info;
}

struct sundog_signal_info sundog_touch(struct sundog_process *p, uint64_t addr, enum sundog_access access)
{
	return access_range(p, addr, NULL, 1, access);
}

struct sundog_signal_info sundog_peek(struct sundog_process *p, uint64_t addr, void *to, size_t len)
{
	return access_range(p, addr, to, len, SUNDOG_READ);
}

struct sundog_signal_info sundog_poke(struct sundog_process *p, uint64_t addr, const void *from, size_t len)
{
	return access_range(p, addr, (char *)(uintptr_t)from, len, SUNDOG_WRITE);
}

bool sundog_loaded(struct sundog_process *p, uint64_t addr, enum sundog_access access)
{
	struct embed_call call;
	bool loaded;

	if (call_enter(p, &call) != 0)
		return false;
	loaded = as_loaded(p->as, addr, accesses[access].prot);
	call_leave(p, &call);
	return loaded;
}

/* It is the kernel part's own struct: there is nothing to add. */
static struct sys_pin *pin_of(struct sundog_lock *lock)
{
	return (struct sys_pin *)(void *)lock;
}

int sundog_lock(struct sundog_process *p, uint64_t addr, size_t len, enum sundog_access access, struct sundog_lock **lock)
{
	struct embed_call call;
	struct sys_pin *made;
	int error = call_enter(p, &call);

	if (error != 0)
		return error;
	error = sys_pin(addr, len, access == SUNDOG_WRITE, &made);
	if (error == 0)
		*lock = (struct sundog_lock *)(void *)made;
	call_leave(p, &call);
	return error;
}

void sundog_unlock(struct sundog_lock *lock)
{
	sys_thread_enter(NULL);
	sys_unpin(pin_of(lock));
	sys_thread_leave();
}
