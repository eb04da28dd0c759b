/* SPDX-License-Identifier: BSD-2-Clause */
/* memory.c: mmap, munmap, mprotect. */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/mman.h>

#include "host/server/call/call.h"

static uint64_t round_up(uint64_t len)
{
	return (len + PAGE_MASK) & ~(uint64_t)PAGE_MASK;
}

/* mmap failed after what was at the fixed address had been unmapped: the client must not keep it. */
static void released_unmap(struct thread *t)
{
	struct ranges *r = &t->call.released;

	for (size_t i = 0; i < r->count; i++) {
		struct wire_message m = {.op = WIRE_STEP_RELEASE, .a = r->at[i].start, .b = r->at[i].end - r->at[i].start};
		(void)thread_step(t, &m, NULL);
	}
}

/*
 * What is pinned is waited for while others may fork: a fork may be what the one who is to unpin it is at.  A pin that
 * comes just now is waited for in the layout, and a fork goes on all the same (fork.c).
 */
static int layout_enter_unpinned(struct thread *t, uint64_t addr, uint64_t len)
{
	int error;

	while ((error = sys_unpin_wait(addr, len)) == 0) {
		layout_enter(t);
		if (!sys_pinned(addr, len))
			break;
		layout_leave(t);
	}
	return error;
}

/* *entered: a fork must wait, for the call takes away what is there. */
static int mmap_enter(struct thread *t, struct open *o, const struct wire_message *in, bool *entered)
{
	const struct call *c = &t->call;

	*entered = c->fixed && c->mmap &&
		   sys_mmap_check(o->file, in->b, in->c, (int)(uint32_t)in->d, (int)(in->d >> 32), (int64_t)in->e) == 0;
	if (*entered)
		return layout_enter_unpinned(t, c->start, c->end - c->start);
	layout_enter(t);
	layout_leave(t); /* takes nothing away, and a fork need not wait for it */
	return 0;
}

int call_mmap(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	int prot = (int)(uint32_t)in->d, flags = (int)(in->d >> 32);
	struct call *c = &t->call;
	uintptr_t addr = in->b;
	struct open *o;
	bool entered;
	int error;

	c->fixed = flags & MAP_FIXED;
	if (addr != 0 && process_has_pages(t->process, addr, in->c)) {
		c->mmap = true;
		call_set_range(c, addr, in->c);
	} else if (addr != 0 && !c->fixed) {
		return EINVAL; /* the client has reserved no such thing */
	} else if (in->c > process_top(t->process)) {
		return ENOMEM;
	}
	o = open_get(t->process, in->a);
	if (o == NULL)
		return EBADF;
	error = mmap_enter(t, o, in, &entered);
	if (error == 0) {
		error = sys_mmap(o->file, &addr, in->c, prot, flags, (int64_t)in->e);
		if (entered)
			layout_leave(t);
	}
	open_put(o);
	if (error != 0) {
		released_unmap(t);
		call_fini(c);
		return error;
	}
	out->a = addr;
	call_reply_maps(t, out);
	return 0;
}

int call_munmap(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	int error;

	if (!process_has_pages(t->process, in->a, in->b))
		return EINVAL;
	call_set_range(&t->call, in->a, in->b);
	error = layout_enter_unpinned(t, in->a, round_up(in->b));
	if (error != 0)
		return error;
	error = sys_munmap(in->a, round_up(in->b));
	layout_leave(t);
	out->a = error == 0 && leave_begin(t, in->a, round_up(in->b));
	return error;
}

int call_mprotect(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	int error;

	if (!process_has_pages(t->process, in->a, in->b) || (in->c & ~(uint64_t)(PROT_READ | PROT_WRITE | PROT_EXEC)))
		return EINVAL;
	call_set_range(&t->call, in->a, in->b);
	error = layout_enter_unpinned(t, in->a, round_up(in->b));
	if (error != 0)
		return error;
	error = sys_mprotect(in->a, round_up(in->b), (int)in->c);
	layout_leave(t);
	return error;
}

int call_fault(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	uint64_t page = in->a & ~(uint64_t)PAGE_MASK;
	struct host_as *as = t->process->as;
	const struct as_engine *engine;
	struct sys_fault fault;

	if (!process_has_pages(t->process, page, PAGE_SIZE) || in->b > SYS_RW_EXEC)
		return EINVAL;
	engine = atomic_load(&as->engine);
	if (engine->refused == NULL || !engine->refused(as, in->c != 0 ? (uint32_t)in->c : t->tid, page, (enum sys_rw)in->b, &fault))
		fault = sys_fault(page, PAGE_SIZE, (enum sys_rw)in->b);
	out->a = (uint64_t)fault.signo;
	out->b = (uint64_t)fault.code;
	out->c = (uint64_t)fault.error;
	return 0;
}
