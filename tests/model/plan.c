/* SPDX-License-Identifier: BSD-2-Clause */
/* plan.c: from an operation's bytes to something that can be done now, and often makes sense. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "model_internal.h"

/* ---- planning: where ---- */

/* What is done to memory is done where there are mappings, as a rule. */
static bool suits(const struct model_process *p, enum op_kind kind, uint8_t wish)
{
	if (kind == OP_OPEN || kind == OP_MMAP || kind == OP_LIMIT || wish / 4 % 8 == 7)
		return true;
	return p->nhandles > 0;
}

static int pick_process(const struct model *m, enum op_kind kind, uint8_t wish)
{
	int found = -1;

	for (int i = 0; i < MODEL_PROCESSES; i++) {
		int at = (wish + i) % MODEL_PROCESSES;

		if (!m->processes[at].alive)
			continue;
		if (suits(&m->processes[at], kind, wish))
			return at;
		found = at;
	}
	return found;
}

static int free_process(const struct model *m)
{
	for (int i = 0; i < MODEL_PROCESSES; i++)
		if (!m->processes[i].alive)
			return i;
	return -1;
}

static int pick_fd(const struct model_process *p, uint8_t wish)
{
	for (int i = 0; i < MODEL_FDS; i++)
		if (p->fds[(wish + i) % MODEL_FDS] != 0)
			return (wish + i) % MODEL_FDS;
	return -1;
}

/*
 * Two bytes name an address: of a handle and around it, or anywhere in the arena or in ordinary memory.
 */
static uint64_t pick_address(const struct model_process *p, uint8_t a, uint8_t b)
{
	if (p->nhandles > 0 && a != 7 && a != 15 && a != 39) {
		const struct model_handle *h = &p->handles[a / 8 % p->nhandles];

		return h->start + (uint64_t)(b % h->npages) * PAGE;
	}
	if (a / 8 % 4 == 0 && p->anon != 0)
		return p->anon + b % MODEL_ANON_PAGES * PAGE;
	return MODEL_ARENA + b % MODEL_ARENA_PAGES * PAGE;
}

/* One of those that commands may name; with all the flags if there is one. */
static const struct model_handle *pick_handle(const struct model *m, uint8_t wish, unsigned flags, int *owner)
{
	const struct model_handle *found[MODEL_PROCESSES * MODEL_HANDLES];
	int owners[MODEL_PROCESSES * MODEL_HANDLES], n = 0;

	for (int i = 0; i < MODEL_PROCESSES; i++)
		for (int k = 0; m->processes[i].alive && k < m->processes[i].nhandles; k++) {
			const struct model_handle *h = &m->processes[i].handles[k];

			if (!model_is_tracked(h) || (h->flags & flags) != flags)
				continue;
			owners[n] = i;
			found[n++] = h;
		}
	if (n == 0)
		return flags != 0 ? pick_handle(m, wish, 0, owner) : NULL;
	*owner = owners[wish % n];
	return found[wish % n];
}

/* ---- planning: each kind ---- */

static void plan_access(const struct model *m, struct action *a, uint8_t how, uint8_t value)
{
	const int values[] = {-1, model_fc_error(m, EIO), 5, EINTR, model_fc_error(m, EAGAIN), model_fc_error(m, EINTR),
			      FC_PROT, m->fc_nomap};

	if (how % 2 == 0)
		return;
	a->script.access = (enum mdl_access)(how / 2 % MDL_ACCESS_KINDS);
	a->script.value = a->script.access == MDL_REMAP_FIRST ? value % MDL_COOKIES : values[value % 8];
	a->scripted = a->script.access != MDL_LOAD;
}

static bool plan_new(const struct model *m, const struct op *op, struct action *a)
{
	a->process = free_process(m);
	a->ilp32 = op->p[0] % 4 == 1;
	return a->process >= 0;
}

static bool plan_open(const struct model *m, const struct op *op, struct action *a)
{
	static const int flags[] = {O_RDWR, O_RDWR, O_RDWR, O_RDWR, O_RDWR, O_RDONLY, O_RDONLY, O_WRONLY};
	const struct model_process *p = &m->processes[a->process];
	int opens = 0;

	a->minor = op->p[0] % MDL_MINORS;
	a->open_flags = flags[op->p[1] % 8];
	a->cloexec = op->p[2] % 2;
	for (a->fd = 0; a->fd < MODEL_FDS && p->fds[a->fd] != 0; a->fd++)
		;
	while (opens < MODEL_OPENS && m->opens[opens].references > 0)
		opens++;
	return a->fd < MODEL_FDS && opens < MODEL_OPENS;
}

static int pages_wanted(uint8_t byte)
{
	return byte % 8 == 7 ? byte / 8 : 1 + byte % 8;
}

/* p: descriptor, layout, page and oddities, pages, protection and type, place. */
static bool plan_mmap(const struct model *m, const struct op *op, struct action *a)
{
	static const int types[] = {MAP_SHARED, MAP_SHARED, MAP_SHARED, MAP_PRIVATE};
	const struct model_process *p = &m->processes[a->process];
	uint64_t oddity = op->p[2] / 16;

	a->fd = pick_fd(p, op->p[0]);
	a->len = (uint64_t)pages_wanted(op->p[3]) * PAGE;
	if (oddity == 1 && a->len > 0)
		a->len -= 1 + op->p[5] % 16 * 200;
	a->offset = ((op->p[1] % MDL_LAYOUTS) * MDL_OFFSET_PAGES + op->p[2] % 16) * (int64_t)PAGE;
	if (oddity == 2)
		a->offset += 512;
	if (oddity == 3 && op->p[1] % 4 == 3)
		a->offset = -a->offset - (int64_t)PAGE;
	a->prot = op->p[4] % 4 == 0 ? PROT_READ | PROT_WRITE : op->p[4] % 8;
	a->flags = oddity == 4 && op->p[1] % 8 == 7 ? 0 : types[op->p[4] / 16 % 4];
	if (op->p[5] % 2) {
		a->flags |= MAP_FIXED;
		a->addr = pick_address(p, op->p[5] % 4 == 1 ? 15 : op->p[5], op->p[5] / 2) + (oddity == 5 ? 8 : 0);
	}
	a->script.relabel = op->p[0] / 64 % 2;
	a->script.fail_map = op->p[0] % 16 == 15 ? 1 + op->p[0] / 16 % 4 : 0;
	a->scripted = a->script.relabel || a->script.fail_map;
	if (a->flags & MAP_FIXED) /* the ordinary memory stays apart, and so does what is locked */
		return a->fd >= 0 && p->nhandles < MODEL_HANDLES / 2 - 2 && !model_is_held(m, a->process, a->addr, a->len) &&
		       (p->anon == 0 || a->addr + a->len < p->anon || a->addr > p->anon + MODEL_ANON_PAGES * PAGE);
	return a->fd >= 0 && p->nhandles < MODEL_HANDLES / 2 - 2;
}

/* p: two of the address, length and oddity, script. */
static bool plan_munmap(const struct model *m, const struct op *op, struct action *a)
{
	const struct model_process *p = &m->processes[a->process];

	a->addr = pick_address(p, op->p[0], op->p[1]);
	a->len = (uint64_t)pages_wanted(op->p[2]) * PAGE;
	if (op->p[3] % 32 == 31)
		a->addr += 100;
	if (op->p[3] % 8 == 7 && a->len > 0)
		a->len -= 1 + op->p[4] % 16 * 200;
	a->script.relabel = op->p[5] % 2;
	a->scripted = a->script.relabel != 0;
	return !model_is_held(m, a->process, a->addr, a->len) && p->nhandles < MODEL_HANDLES - 1;
}

/* p: two of the address, length, protection.  Either all or nothing of the range is mapped. */
static bool plan_mprotect(const struct model *m, const struct op *op, struct action *a)
{
	const struct model_process *p = &m->processes[a->process];
	uint64_t end;

	a->addr = pick_address(p, op->p[0], op->p[1]);
	if (p->anon != 0 && a->addr + 40 * PAGE > p->anon && a->addr < p->anon + MODEL_ANON_PAGES * PAGE)
		return false;
	end = a->addr + (uint64_t)pages_wanted(op->p[2]) * PAGE;
	a->prot = op->p[3] % 8;
	if (m->real && (a->prot & PROT_WRITE))
		a->prot |= PROT_READ;
	while (a->addr + a->len < end && model_is_mapped(p, a->addr + a->len) == model_is_mapped(p, a->addr))
		a->len += PAGE;
	return !model_is_held(m, a->process, a->addr, a->len);
}

/* p: two of the address, word and direction, script, its value. */
static bool plan_touch(const struct model *m, const struct op *op, struct action *a)
{
	const struct model_process *p = &m->processes[a->process];
	uint64_t page = pick_address(p, op->p[0], op->p[1]);

	a->addr = page + (op->p[2] / 2 % 2 ? PAGE - 8 : 0);
	a->write = op->p[2] % 2;
	a->value = m->next_value;
	plan_access(m, a, op->p[3], op->p[4]);
	if (a->kind == OP_COPY && a->script.access == MDL_LATER)
		a->script.access = MDL_LOAD; /* the retry takes a while */
	if (p->anon != 0 && page >= p->anon && page < p->anon + MODEL_ANON_PAGES * PAGE)
		return false;
	return !model_access_waits(m, a->process, a->addr, a->kind == OP_COPY);
}

static bool plan_fork(const struct model *m, const struct op *op, struct action *a)
{
	a->child = free_process(m);
	a->script.fail_dup = op->p[0] % 4 == 3 ? 1 + op->p[0] / 4 % 4 : 0;
	a->script.dup_error = op->p[1] % 2 ? EINVAL : ENOMEM;
	a->scripted = a->script.fail_dup > 0;
	return a->child >= 0;
}

/* p: handle, direction and oddity, two of the range. */
static bool plan_handle(const struct model *m, const struct op *op, struct action *a)
{
	struct mdl_command *c = &a->command;
	int owner;
	const struct model_handle *h = pick_handle(m, op->p[0], 0, &owner);

	if (h == NULL)
		return false;
	c->id = h->id;
	c->prot = op->p[1] % 2 ? RW_WRITE : RW_READ;
	if (op->p[2] % 4 != 0) {
		c->off = h->uoff + (int64_t)(op->p[2] / 4 % (h->npages + 1)) * (int64_t)PAGE + (op->p[1] / 2 % 4 == 1 ? 77 : 0);
		c->len = op->p[3] % 4 == 0 ? 0 : (uint64_t)(op->p[3] / 4 % (h->npages + 1)) * PAGE + (op->p[1] / 2 % 4 == 2 ? 1 : 0);
		if (op->p[1] / 8 == 31)
			c->off -= 3 * (int64_t)PAGE;
	}
	c->op = a->kind == OP_UNLOAD ? MDL_OP_UNLOAD : MDL_OP_DO_LOAD;
	if (a->kind == OP_LOAD && op->p[4] % 8 != 7)
		a->process = owner;
	return true;
}

/* p: handle, cookie, page and oddity, length, protection. */
static bool plan_remap(const struct model *m, const struct op *op, struct action *a)
{
	struct mdl_command *c = &a->command;
	int owner;
	const struct model_handle *h = pick_handle(m, op->p[0], op->p[5] % 8 ? MDL_REMAP : 0, &owner);

	if (h == NULL)
		return false;
	c->id = h->id;
	c->cookie = op->p[1] % MDL_COOKIES;
	c->off = op->p[2] % 24 * (int64_t)PAGE + (op->p[2] / 64 == 1 ? 300 : 0);
	c->len = op->p[3] % 4 ? (uint64_t)h->npages * PAGE : op->p[3] % 48 * PAGE;
	c->prot = op->p[4] % 4 ? MDL_RWX : op->p[4] / 4 % 16;
	c->op = a->kind == OP_REMAP ? MDL_OP_REMAP : MDL_OP_INVALIDATE;
	return true;
}

static bool plan_poke(const struct model *m, const struct op *op, struct action *a)
{
	struct mdl_command *c = &a->command;

	c->op = MDL_OP_POKE;
	c->id = op->p[0] % MDL_TRASH;
	c->off = op->p[1] % MDL_COOKIE_PAGES * (int64_t)PAGE + (op->p[2] % 2 ? (int64_t)PAGE - 8 : 0);
	c->value = m->next_value;
	return true;
}

static unsigned orders_in(const struct model_process *p, uint64_t addr, uint64_t len)
{
	unsigned orders = 0;

	for (int i = 0; i < p->nhandles; i++)
		if (p->handles[i].start < addr + len && addr < model_end_of(&p->handles[i]))
			orders |= model_order_of(&p->handles[i]);
	return orders;
}

static bool is_anon(const struct model_process *p, uint64_t addr)
{
	return p->anon != 0 && addr >= p->anon && addr < p->anon + MODEL_ANON_PAGES * PAGE;
}

/* As much of it as can be locked, but a page at least. */
static uint64_t lockable(const struct model_process *p, uint64_t addr, uint64_t len)
{
	uint64_t at = PAGE;

	while (at < len && (model_is_mapped(p, addr + at) || is_anon(p, addr + at)))
		at += PAGE;
	return at;
}

/* p: two of the address, pages and oddity, direction and kind, script, its value. */
static bool plan_lock(const struct model *m, const struct op *op, struct action *a)
{
	const struct model_process *p = &m->processes[a->process];
	struct mdl_command *c = &a->command;

	c->op = MDL_OP_LOCK;
	while (c->id < MDL_LOCKS && m->locks[c->id].used)
		c->id++;
	c->addr = pick_address(p, op->p[0], op->p[1]) + (op->p[2] / 32 == 7 ? 16 : 0);
	c->len = (uint64_t)pages_wanted(op->p[2] % 32) * PAGE - (op->p[2] / 32 == 6 ? 5 : 0);
	if (op->p[2] / 32 < 5)
		c->len = lockable(p, c->addr, c->len);
	c->prot = op->p[3] % 4 == 3 ? 3 : 1 + op->p[3] % 2;
	c->cleanup = op->p[3] / 4 % 4 == 3 ? 2 : op->p[3] / 4 % 2;
	plan_access(m, a, op->p[4], op->p[5]);
	if (a->script.access == MDL_LATER)
		a->script.access = MDL_LOAD;
	for (int i = 0; i < MDL_LOCKS; i++) /* which of two is cleaned up first is nobody's to know */
		if (m->locks[i].used && m->locks[i].process == a->process && m->locks[i].start == c->addr)
			return false;
	return c->id < MDL_LOCKS && !(orders_in(p, c->addr, c->len) & model_orders_locked(m));
}

static bool plan_unlock(const struct model *m, const struct op *op, struct action *a)
{
	a->command.op = MDL_OP_UNLOCK;
	a->command.id = op->p[0] % MDL_LOCKS;
	return m->locks[a->command.id].used;
}

static bool plan_rest(const struct model *m, const struct op *op, struct action *a)
{
	switch (op->kind) {
	case OP_FORK:
		return plan_fork(m, op, a);
	case OP_UNLOAD:
	case OP_LOAD:
		return plan_handle(m, op, a);
	case OP_REMAP:
	case OP_INVALIDATE:
		return plan_remap(m, op, a);
	case OP_POKE:
		return plan_poke(m, op, a);
	case OP_LOCK:
		return plan_lock(m, op, a);
	case OP_UNLOCK:
		return plan_unlock(m, op, a);
	case OP_LIMIT:
		a->limit = op->p[0] % 2 ? op->p[1] % 16 * PAGE : UINT64_MAX;
		return true;
	default:
		return true; /* exec, exit */
	}
}

bool model_plan(const struct model *m, const struct op *op, struct action *a)
{
	*a = (struct action){.kind = op->kind, .process = pick_process(m, op->kind, op->process)};
	if (op->kind == OP_NEW)
		return plan_new(m, op, a);
	if (a->process < 0)
		return false;
	switch (op->kind) {
	case OP_OPEN:
		return plan_open(m, op, a);
	case OP_CLOSE:
		a->fd = pick_fd(&m->processes[a->process], op->p[0]);
		return a->fd >= 0;
	case OP_MMAP:
		return plan_mmap(m, op, a);
	case OP_MUNMAP:
		return plan_munmap(m, op, a);
	case OP_MPROTECT:
		return plan_mprotect(m, op, a);
	case OP_TOUCH:
	case OP_COPY:
		return plan_touch(m, op, a);
	default:
		return plan_rest(m, op, a);
	}
}
