/* SPDX-License-Identifier: BSD-2-Clause */
#include "model_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define USER 8u        /* PROT_USER */
#define RWX 7u         /* what an application may ask for */
#define TYPE_ACCESS 0u /* types of one */
#define TYPE_LOCK 2u
#define TYPE_UNLOCK 3u
#define FC_HWERR 1
#define DDI_FAILURE (-1)

typedef struct model_handle handle_t;
typedef struct model_process process_t;

/* ---- what is expected ---- */

static bool wrong(struct model *m, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(m->why, sizeof(m->why), format, ap);
	va_end(ap);
	return false;
}

static struct mdl_event *expect(struct model *m, int kind, const process_t *p)
{
	struct mdl_event *event = &m->expected[m->nexpected++ % MDL_EVENTS];

	*event = (struct mdl_event){.kind = kind, .pid = p->pid};
	return event;
}

int model_fc_error(const struct model *m, int error)
{
	return error << 8 | m->fc_objerr;
}

/* ---- handles ---- */

uint64_t model_end_of(const handle_t *h)
{
	return h->start + (uint64_t)h->npages * PAGE;
}

static bool has_access(const handle_t *h)
{
	return h->callbacks & (MDL_HAS_ACCESS | MDL_OTHER_ACCESS);
}

unsigned model_order_of(const handle_t *h)
{
	if (!has_access(h))
		return 0;
	return 1u << (h->minor * 2 + (h->callbacks & MDL_OTHER_ACCESS ? 1 : 0));
}

bool model_is_tracked(const handle_t *h)
{
	const unsigned must = MDL_HAS_MAP | MDL_HAS_DUP | MDL_HAS_UNMAP;

	return (h->callbacks & must) == must;
}

static handle_t *handle_at(process_t *p, uint64_t addr)
{
	for (int i = 0; i < p->nhandles; i++)
		if (p->handles[i].start <= addr && addr < model_end_of(&p->handles[i]))
			return &p->handles[i];
	return NULL;
}

bool model_is_mapped(const process_t *p, uint64_t addr)
{
	return handle_at((process_t *)p, addr) != NULL;
}

static int page_at(const handle_t *h, uint64_t addr)
{
	return (int)((addr - h->start) / PAGE);
}

static bool allows(unsigned prot, unsigned rw)
{
	return (prot & rw) != 0; /* PROT_READ and RW_READ are the same bit, and so are the others */
}

static void insert(process_t *p, const handle_t *h)
{
	int at = p->nhandles++;

	for (; at > 0 && p->handles[at - 1].start > h->start; at--)
		p->handles[at] = p->handles[at - 1];
	p->handles[at] = *h;
}

static void take_out(process_t *p, int at)
{
	memmove(&p->handles[at], &p->handles[at + 1], (size_t)(--p->nhandles - at) * sizeof(p->handles[0]));
}

static handle_t *handle_by_id(struct model *m, int id, int *process)
{
	for (int i = 0; i < MODEL_PROCESSES; i++)
		for (int k = 0; m->processes[i].alive && k < m->processes[i].nhandles; k++)
			if (m->processes[i].handles[k].id == id && model_is_tracked(&m->processes[i].handles[k])) {
				*process = i;
				return &m->processes[i].handles[k];
			}
	return NULL;
}

bool model_loaded(const handle_t *h, int page, bool *known)
{
	*known = has_access(h);
	return h->loaded[page] && allows(h->prot[page], RW_READ);
}

static uint64_t *content_at(struct model *m, const handle_t *h, int page, uint64_t addr)
{
	return &m->content[h->cookie][h->roff + page][(addr & (PAGE - 1)) != 0];
}

/* ---- minors: close(9E) comes when the last open and the last mapping are gone ---- */

static bool in_use(const struct model *m, int minor)
{
	for (int i = 0; i < MODEL_OPENS; i++)
		if (m->opens[i].references > 0 && m->opens[i].minor == minor)
			return true;
	for (int i = 0; i < MODEL_PROCESSES; i++)
		for (int k = 0; m->processes[i].alive && k < m->processes[i].nhandles; k++)
			if (m->processes[i].handles[k].minor == minor)
				return true;
	return false;
}

struct uses {
	bool used[MDL_MINORS];
};

static struct uses uses_now(const struct model *m)
{
	struct uses uses;

	for (int i = 0; i < MDL_MINORS; i++)
		uses.used[i] = in_use(m, i);
	return uses;
}

static void expect_closes(struct model *m, struct uses *before, const process_t *p)
{
	for (int i = 0; i < MDL_MINORS; i++)
		if (before->used[i] && !in_use(m, i)) {
			expect(m, MDL_EV_CLOSE, p)->minor = (unsigned)i;
			before->used[i] = false;
		}
}

/* ---- unmap ---- */

static int label(struct model *m, int id, bool must)
{
	int label = id;

	if (must || m->script.relabel)
		label = ++m->next_id;
	return label;
}

static void expect_unmap(struct model *m, const process_t *owner, const process_t *current, const handle_t *h,
			 uint64_t start, uint64_t end, int before, int after)
{
	struct mdl_event *event = expect(m, MDL_EV_UNMAP, current);

	event->id = h->id;
	event->off = h->uoff + (int64_t)(start - h->start);
	event->len = end - start;
	event->addr = h->start;
	event->own = owner == current;
	event->before = before;
	event->after = after;
	if (m->context == h->id)
		m->context = before > 0 ? before : after > 0 ? after
							     : 0;
}

/* Pages [from, from + count) of h. */
static handle_t part_of(const handle_t *h, int from, int count)
{
	handle_t part = *h;

	part.start += (uint64_t)from * PAGE;
	part.uoff += (int64_t)from * (int64_t)PAGE;
	part.roff += from;
	part.npages = count;
	memmove(part.prot, h->prot + from, (size_t)count);
	memmove(part.loaded, h->loaded + from, (size_t)count * sizeof(bool));
	return part;
}

/*
 *	h       |--before--|===== removed =====|--after--|
 *	                   start               end
 */
static void cut(struct model *m, process_t *p, const process_t *current, int at, uint64_t start, uint64_t end)
{
	handle_t h = p->handles[at], before = part_of(&h, 0, (int)((start - h.start) / PAGE)),
		 after = part_of(&h, (int)((end - h.start) / PAGE), (int)((model_end_of(&h) - end) / PAGE));

	if (h.callbacks & MDL_HAS_UNMAP) {
		if (before.npages > 0)
			before.id = label(m, h.id, false);
		if (after.npages > 0)
			after.id = label(m, h.id, before.npages > 0);
		expect_unmap(m, p, current, &h, start, end, before.npages > 0 ? before.id : -1, after.npages > 0 ? after.id : -1);
	}
	take_out(p, at);
	if (before.npages > 0)
		insert(p, &before);
	if (after.npages > 0)
		insert(p, &after);
}

static void unmap(struct model *m, process_t *p, const process_t *current, uint64_t addr, uint64_t end)
{
	for (uint64_t at = addr; at < end; at += PAGE) {
		handle_t *h = handle_at(p, at);
		uint64_t stop;

		if (h == NULL)
			continue;
		stop = model_end_of(h) < end ? model_end_of(h) : end;
		cut(m, p, current, (int)(h - p->handles), at, stop);
		at = stop - PAGE;
	}
}

static void unmap_all(struct model *m, process_t *p, const process_t *current)
{
	while (p->nhandles > 0)
		cut(m, p, current, 0, p->handles[0].start, model_end_of(&p->handles[0]));
}

/* ---- locks ---- */

static bool overlaps(const struct model_lock *l, uint64_t addr, uint64_t len)
{
	return l->start < addr + len && addr < l->start + l->len;
}

unsigned model_orders_locked(const struct model *m)
{
	unsigned orders = 0;

	for (int i = 0; i < MDL_LOCKS; i++)
		if (m->locks[i].used && !m->locks[i].dead)
			orders |= m->locks[i].orders;
	return orders;
}

static bool is_pinned(const struct model *m, int process, uint64_t page)
{
	for (int i = 0; i < MDL_LOCKS; i++)
		if (m->locks[i].used && !m->locks[i].dead && m->locks[i].pins && m->locks[i].process == process &&
		    overlaps(&m->locks[i], page, PAGE))
			return true;
	return false;
}

static struct mdl_event *expect_access(struct model *m, const process_t *p, const handle_t *h, uint64_t addr, uint64_t len,
				       unsigned type, unsigned rw)
{
	struct mdl_event *event = expect(m, MDL_EV_ACCESS, p);

	event->id = h->callbacks & MDL_HAS_MAP ? h->id : 0;
	event->off = h->uoff + (int64_t)(addr - h->start);
	event->len = len;
	event->type = type;
	event->rw = rw;
	event->own = 1;
	return event;
}

/* DEVMAP_UNLOCK for what a driver has locked; the translations stay. */
static void lock_leave(struct model *m, struct model_lock *l, unsigned rw)
{
	process_t *p = &m->processes[l->process];

	for (int i = 0; i < l->nparts && !l->dead; i++)
		expect_access(m, p, handle_at(p, l->parts[i].start), l->parts[i].start, l->parts[i].len, TYPE_UNLOCK, rw);
	l->nparts = 0;
	l->orders = 0;
}

static void lock_end(struct model *m, struct model_lock *l)
{
	lock_leave(m, l, l->rw);
	l->used = false;
	m->used -= l->len;
}

/* The next one at or above addr that begins first. */
static struct model_lock *lock_next(struct model *m, int process, uint64_t addr, uint64_t end, bool cleanup)
{
	struct model_lock *next = NULL;

	for (int i = 0; i < MDL_LOCKS; i++) {
		struct model_lock *l = &m->locks[i];

		if (l->used && !l->dead && l->process == process && l->cleanup == cleanup && overlaps(l, addr, end - addr) &&
		    (next == NULL || l->start < next->start))
			next = l;
	}
	return next;
}

/* The driver is asked to unlock what is to be unmapped, and does it at once. */
static void settle(struct model *m, int process, uint64_t addr, uint64_t end)
{
	struct model_lock *l;

	while ((l = lock_next(m, process, addr, end, true)) != NULL) {
		expect(m, MDL_EV_CLEANUP, &m->processes[process])->id = (int)(l - m->locks) + 1;
		lock_end(m, l);
	}
}

bool model_is_held(const struct model *m, int process, uint64_t addr, uint64_t len)
{
	for (int i = 0; i < MDL_LOCKS; i++)
		if (m->locks[i].used && !m->locks[i].dead && m->locks[i].process == process && !m->locks[i].cleanup &&
		    overlaps(&m->locks[i], addr, len))
			return true;
	return false;
}

/* ---- accesses ---- */

/* devmap_load of pages [from, to) by the process itself: a fault code.  *denied: it was the protection. */
static int load(const struct model *m, handle_t *h, int from, int to, unsigned rw, bool *denied)
{
	if (h->backing == MODEL_INVALID_UMEM)
		return model_fc_error(m, EFAULT);
	if (h->backing == MODEL_INVALID_DEVMEM)
		return m->fc_nomap;
	for (int i = from; i < to; i++)
		if (!allows(h->prot[i], rw)) {
			*denied = true;
			return FC_PROT;
		}
	for (int i = from; i < to; i++)
		h->loaded[i] = (h->prot[i] & RWX) != 0;
	return 0;
}

static void unload(handle_t *h, int from, int to)
{
	memset(h->loaded + from, 0, (size_t)(to - from) * sizeof(bool));
}

static bool remap_fits(const handle_t *h, unsigned maxprot)
{
	for (int i = 0; i < h->npages; i++)
		if ((h->prot[i] & h->orig_maxprot & maxprot) != h->prot[i])
			return false;
	return (h->flags & MDL_REMAP) != 0;
}

static int remap(handle_t *h, int cookie, int64_t koff, uint64_t len, unsigned maxprot)
{
	const int64_t size = MDL_COOKIE_PAGES * (int64_t)PAGE;

	if (koff < 0 || koff > size || len > (uint64_t)(size - koff) || !remap_fits(h, maxprot))
		return DDI_FAILURE;
	/* All of the handle must have memory behind it. */
	if (koff / (int64_t)PAGE + h->npages > MDL_COOKIE_PAGES && cookie != MDL_TRASH)
		return DDI_FAILURE;
	unload(h, 0, h->npages);
	h->cookie = cookie;
	h->roff = (int)(koff / (int64_t)PAGE);
	h->backing = MODEL_BACKED;
	h->maxprot = maxprot & h->orig_maxprot;
	return 0;
}

static int context_switch(struct model *m, const process_t *p, handle_t *h, int from, int to, unsigned type, unsigned rw,
			  bool *denied)
{
	struct mdl_event *event = expect(m, MDL_EV_CONTEXT, p);
	int id = h->callbacks & MDL_HAS_MAP ? h->id : 0, owner;
	handle_t *current = m->context != id && m->context != 0 ? handle_by_id(m, m->context, &owner) : NULL;

	event->id = id;
	event->off = h->uoff + from * (int64_t)PAGE;
	event->len = (uint64_t)(to - from) * PAGE;
	event->type = type;
	event->rw = rw;
	if (current != NULL)
		unload(current, 0, current->npages);
	m->context = id;
	return load(m, h, from, to, rw, denied) == 0 ? 0 : FC_HWERR;
}

/* What the driver's devmap_access returns for pages [from, to). */
static int driver_access(struct model *m, const process_t *p, handle_t *h, int from, int to, unsigned type, unsigned rw,
			 bool *denied)
{
	enum mdl_access how = m->script.access;

	*denied = false;
	expect_access(m, p, h, h->start + (uint64_t)from * PAGE, (uint64_t)(to - from) * PAGE, type, rw);
	switch (how) {
	case MDL_WHOLE:
		return type == TYPE_LOCK ? load(m, h, from, to, rw, denied) : load(m, h, 0, h->npages, rw, denied);
	case MDL_RETURN:
		m->script.access = MDL_LOAD;
		return m->script.value;
	case MDL_LATER:
		m->script.access = MDL_LOAD;
		return 0;
	case MDL_CONTEXT:
		return context_switch(m, p, h, from, to, type, rw, denied);
	case MDL_REMAP_FIRST:
		if (type == TYPE_ACCESS)
			(void)remap(h, m->script.value, h->roff * (int64_t)PAGE, (uint64_t)h->npages * PAGE, h->maxprot);
		return load(m, h, from, to, rw, denied);
	default:
		return load(m, h, from, to, rw, denied);
	}
}

struct signal {
	int signo, code, error;
};

static struct signal signal_of_driver(const struct model *m, int e, bool denied)
{
	if (e == EINTR && denied)
		return (struct signal){SIGSEGV, SEGV_ACCERR, 0};
	if ((e & 0xff) == m->fc_objerr && e > 0xff)
		return (struct signal){SIGBUS, BUS_OBJERR, e >> 8};
	return (struct signal){SIGBUS, BUS_OBJERR, e & 0xffffff};
}

static bool is_interrupt(const struct model *m, int e, bool denied)
{
	return e == model_fc_error(m, EINTR) || (e == EINTR && !denied);
}

static struct signal access_by_driver(struct model *m, process_t *p, handle_t *h, int page, unsigned rw)
{
	while (!h->loaded[page]) {
		bool denied;
		int e = driver_access(m, p, h, page, page + 1, TYPE_ACCESS, rw, &denied);

		if (e != 0 && !is_interrupt(m, e, denied))
			return signal_of_driver(m, e, denied);
	}
	return (struct signal){0};
}

/* Without a driver to ask. */
static struct signal signal_of_backing(const handle_t *h)
{
	if (h->backing == MODEL_INVALID_UMEM)
		return (struct signal){SIGBUS, BUS_OBJERR, EFAULT};
	if (h->backing == MODEL_INVALID_DEVMEM)
		return (struct signal){SIGSEGV, SEGV_MAPERR, 0};
	return (struct signal){0};
}

/* One access of the process's own. */
static struct signal access_page(struct model *m, int process, uint64_t addr, unsigned rw)
{
	process_t *p = &m->processes[process];
	handle_t *h = handle_at(p, addr);
	int page;

	if (h == NULL)
		return (struct signal){SIGSEGV, SEGV_MAPERR, 0};
	page = page_at(h, addr);
	if (!allows(h->prot[page], rw))
		return (struct signal){SIGSEGV, SEGV_ACCERR, 0};
	if (!has_access(h))
		return signal_of_backing(h);
	if (is_pinned(m, process, addr & ~(PAGE - 1)))
		h->loaded[page] = true;
	return access_by_driver(m, p, h, page, rw);
}

/* One of the kernel's: the driver is asked each time. */
static int kernel_access(struct model *m, int process, uint64_t addr, unsigned rw)
{
	process_t *p = &m->processes[process];
	handle_t *h = handle_at(p, addr);
	bool denied;
	int page;

	if (h == NULL)
		return EFAULT;
	page = page_at(h, addr);
	if (!allows(h->prot[page], rw))
		return EFAULT;
	if (is_pinned(m, process, addr & ~(PAGE - 1)))
		return 0;
	if (!has_access(h))
		return h->backing == MODEL_BACKED ? 0 : EFAULT;
	return driver_access(m, p, h, page, page + 1, TYPE_ACCESS, rw, &denied) == 0 ? 0 : EFAULT;
}

bool model_access_waits(const struct model *m, int process, uint64_t addr, bool kernel)
{
	handle_t *h = handle_at((process_t *)&m->processes[process], addr);

	if (h == NULL || !(model_order_of(h) & model_orders_locked(m)) || is_pinned(m, process, addr & ~(PAGE - 1)))
		return false;
	return kernel || !h->loaded[page_at(h, addr)];
}

/* ---- mmap ---- */

/* The handles of a mapping on its way, at address 0. */
struct made {
	handle_t handles[MODEL_HANDLES];
	int n;
	uint64_t size;
};

static unsigned open_maxprot(const struct model_open *open, int flags)
{
	return (flags & MAP_TYPE) == MAP_SHARED && open->flags != O_RDWR ? 13 : 15;
}

static int mmap_check(const struct action *a, const struct model_open *open)
{
	int type = a->flags & MAP_TYPE;

	if (a->len == 0 || a->offset % (int64_t)PAGE != 0)
		return EINVAL;
	if (type != MAP_SHARED && type != MAP_PRIVATE)
		return EINVAL;
	if (open->flags == O_WRONLY)
		return EACCES;
	if (((unsigned)a->prot & ~open_maxprot(open, a->flags)) != 0)
		return EACCES;
	return (a->flags & MAP_FIXED) && a->addr % PAGE != 0 ? EINVAL : 0;
}

/* What the driver says to one devmap(9E) call. */
struct answer {
	const struct mdl_part *part;
	int roff, npages, set_up; /* pages */
	enum mdl_fault fault;
};

/* false: there is nothing at that offset. */
static bool mmap_answer(int64_t off, int rest, struct answer *answer)
{
	long page = (long)(off / (int64_t)PAGE), in_layout = page % MDL_OFFSET_PAGES, index = 0;
	const struct mdl_layout *layout;

	if (off < 0 || page / MDL_OFFSET_PAGES >= MDL_LAYOUTS || in_layout >= MDL_COOKIE_PAGES)
		return false;
	layout = &mdl_layouts[page / MDL_OFFSET_PAGES];
	*answer = (struct answer){.roff = (int)in_layout, .npages = rest};
	if (layout->part_pages > 0) {
		index = in_layout / layout->part_pages;
		answer->npages = (int)((index + 1) * layout->part_pages - in_layout);
	} else if (layout->part_pages < 0) {
		answer->npages = (int)(MDL_COOKIE_PAGES - in_layout);
	}
	answer->part = &layout->part[index % 2];
	answer->fault = layout->fault_part == index ? layout->fault : MDL_NO_FAULT;
	answer->set_up = answer->fault == MDL_SHORT ? 1 : answer->npages;
	return true;
}

/* ... and what comes of it: the last part is cut at the mapping's end. */
static int mmap_judge(const struct answer *answer, int rest, unsigned prot, unsigned maxprot)
{
	int npages = answer->npages < rest ? answer->npages : rest;

	if (answer->fault == MDL_FAILS || answer->fault == MDL_NO_SETUP)
		return ENXIO;
	if (answer->roff + answer->set_up > MDL_COOKIE_PAGES || (prot & maxprot & answer->part->maxprot) != prot)
		return ENXIO;
	if (answer->fault == MDL_ODD)
		return EINVAL;
	return answer->fault == MDL_NOTHING || answer->set_up < npages ? ENXIO : 0;
}

/* One devmap(9E) call: what lies at byte at.  *covered: what the driver says. */
static int mmap_part(const struct action *a, const struct model_open *open, uint64_t at, struct made *made,
		     uint64_t *covered)
{
	int64_t off = a->offset + (int64_t)at;
	int rest = (int)((a->len - at + PAGE - 1) / PAGE);
	unsigned prot = (unsigned)a->prot | USER, maxprot = open_maxprot(open, a->flags);
	handle_t *h = &made->handles[made->n];
	struct answer answer;
	int error = mmap_answer(off, rest, &answer) ? mmap_judge(&answer, rest, prot, maxprot) : ENXIO;

	if (error != 0)
		return error;
	*covered = (uint64_t)answer.npages * PAGE;
	*h = (handle_t){
		.start = at,
		.npages = answer.npages < rest ? answer.npages : rest,
		.minor = open->minor,
		.cookie = answer.part->cookie,
		.roff = answer.roff,
		.callbacks = answer.part->callbacks,
		.flags = answer.part->flags,
		.maxprot = answer.part->maxprot & maxprot,
		.orig_maxprot = maxprot,
		.uoff = off,
		.backing = answer.part->flags & MDL_INVALID ? MODEL_INVALID_UMEM : MODEL_BACKED,
	};
	memset(h->prot, (int)prot, (size_t)h->npages);
	made->n++;
	return 0;
}

static int mmap_parts(struct model *m, const process_t *p, const struct action *a, const struct model_open *open,
		      struct made *made)
{
	uint64_t covered;
	int error = 0;

	for (uint64_t at = 0; at < a->len && error == 0; at += covered) {
		struct mdl_event *event = expect(m, MDL_EV_DEVMAP, p);

		event->minor = (unsigned)open->minor;
		event->off = a->offset + (int64_t)at;
		event->len = a->len - at;
		error = mmap_part(a, open, at, made, &covered);
	}
	made->size = (a->len + PAGE - 1) / PAGE * PAGE;
	return error;
}

static int mmap_alike(const struct action *a, const struct made *made)
{
	unsigned orders = 0;

	for (int i = 0; i < made->n; i++) {
		if (!has_access(&made->handles[i]) && (a->flags & MAP_TYPE) == MAP_PRIVATE)
			return EINVAL;
		orders |= model_order_of(&made->handles[i]);
	}
	return (orders & (orders - 1)) != 0 ? ENOTSUP : 0;
}

/* devmap_map of each; when one fails devmap_unmap of those before. */
static int mmap_map(struct model *m, const process_t *p, const struct action *a, struct made *made)
{
	for (int i = 0; i < made->n; i++) {
		handle_t *h = &made->handles[i];
		struct mdl_event *event;

		if (!(h->callbacks & MDL_HAS_MAP))
			continue;
		event = expect(m, MDL_EV_MAP, p);
		event->id = h->id = ++m->next_id;
		event->rw = (unsigned)a->flags;
		event->minor = (unsigned)h->minor;
		event->off = h->uoff;
		event->len = (uint64_t)h->npages * PAGE;
		event->addr = h->start;
		event->own = 1;
		if (m->script.fail_map > 0 && --m->script.fail_map == 0) {
			for (int k = 0; k < i; k++)
				if (made->handles[k].callbacks & MDL_HAS_UNMAP)
					expect_unmap(m, p, p, &made->handles[k], made->handles[k].start, model_end_of(&made->handles[k]), -1, -1);
			return ENXIO;
		}
	}
	return 0;
}

static bool range_is_free(const process_t *p, uint64_t addr, uint64_t len)
{
	for (int i = 0; i < p->nhandles; i++)
		if (p->handles[i].start < addr + len && addr < model_end_of(&p->handles[i]))
			return false;
	return true;
}

static int mmap_place(struct model *m, int process, const struct action *a, uint64_t addr, struct made *made)
{
	process_t *p = &m->processes[process];
	int error;

	for (int i = 0; i < made->n; i++)
		made->handles[i].start += addr;
	if (a->flags & MAP_FIXED) {
		settle(m, process, addr, addr + made->size);
		unmap(m, p, p, addr, addr + made->size);
	}
	error = mmap_map(m, p, a, made);
	for (int i = 0; i < made->n && error == 0; i++)
		insert(p, &made->handles[i]);
	return error;
}

/* Where the mapping of a failed mmap was for a while: the first devmap_map has told it. */
static uint64_t failed_place(const struct outcome *o, const struct made *made)
{
	for (int i = 0; i < o->nevents && i < MDL_EVENTS; i++)
		for (int k = 0; o->events[i].kind == MDL_EV_MAP && k < made->n; k++)
			if (made->handles[k].callbacks & MDL_HAS_MAP)
				return o->events[i].addr - made->handles[k].start;
	return 0;
}

static bool check_error(struct model *m, const struct outcome *o, int error)
{
	return o->error == error || wrong(m, "errno %d, expected %d", o->error, error);
}

static bool check_mmap(struct model *m, const struct action *a, const struct outcome *o)
{
	process_t *p = &m->processes[a->process];
	const struct model_open *open = &m->opens[p->fds[a->fd] - 1];
	uint64_t addr = a->addr;
	struct uses uses = uses_now(m);
	struct made made = {.n = 0};
	int error = mmap_check(a, open);

	if (error == 0)
		error = mmap_parts(m, p, a, open, &made);
	if (error == 0)
		error = mmap_alike(a, &made);
	if (error == 0 && !(a->flags & MAP_FIXED)) {
		addr = o->error == 0 ? o->addr : failed_place(o, &made);
		if (o->error == 0 && (addr % PAGE != 0 || addr == 0 || !range_is_free(p, addr, made.size)))
			return wrong(m, "mapped at %#llx, which is not free", (unsigned long long)addr);
	}
	if (error == 0) {
		error = mmap_place(m, a->process, a, addr, &made);
		expect_closes(m, &uses, p);
	}
	if (error == 0 && o->error == 0 && o->addr != addr)
		return wrong(m, "mapped at %#llx", (unsigned long long)o->addr);
	return check_error(m, o, error);
}

/* ---- munmap, mprotect ---- */

static void anon_unmap(process_t *p, uint64_t addr, uint64_t end)
{
	for (int i = 0; p->anon != 0 && i < MODEL_ANON_PAGES; i++)
		if (p->anon + (uint64_t)i * PAGE >= addr && p->anon + (uint64_t)i * PAGE < end)
			p->anon_mapped[i] = false;
}

static bool check_munmap(struct model *m, const struct action *a, const struct outcome *o)
{
	process_t *p = &m->processes[a->process];
	uint64_t end = a->addr + (a->len + PAGE - 1) / PAGE * PAGE;
	struct uses uses = uses_now(m);

	if (a->len == 0 || a->addr % PAGE != 0)
		return check_error(m, o, EINVAL);
	settle(m, a->process, a->addr, end);
	unmap(m, p, p, a->addr, end);
	anon_unmap(p, a->addr, end);
	expect_closes(m, &uses, p);
	return check_error(m, o, 0);
}

static bool check_mprotect(struct model *m, const struct action *a, const struct outcome *o)
{
	process_t *p = &m->processes[a->process];
	unsigned prot = (unsigned)a->prot | USER;

	if (a->len == 0)
		return check_error(m, o, 0);
	settle(m, a->process, a->addr, a->addr + a->len);
	if (!model_is_mapped(p, a->addr))
		return check_error(m, o, ENOMEM);
	for (uint64_t at = a->addr; at < a->addr + a->len; at += PAGE)
		if ((prot & ~handle_at(p, at)->maxprot) != 0)
			return check_error(m, o, EACCES);
	for (uint64_t at = a->addr; at < a->addr + a->len; at += PAGE) {
		handle_t *h = handle_at(p, at);

		h->prot[page_at(h, at)] = (uint8_t)prot;
		if (a->prot == PROT_NONE)
			h->loaded[page_at(h, at)] = false;
	}
	return check_error(m, o, 0);
}

/* ---- accesses ---- */

static bool check_value(struct model *m, const struct action *a, const struct outcome *o)
{
	const handle_t *h = handle_at(&m->processes[a->process], a->addr);
	uint64_t *content = content_at(m, h, page_at(h, a->addr), a->addr);

	if (h->cookie == MDL_TRASH)
		return true;
	if (!a->write && o->value != *content)
		return wrong(m, "read %llu, expected %llu", (unsigned long long)o->value, (unsigned long long)*content);
	if (a->write)
		*content = a->value;
	return true;
}

static bool check_touch(struct model *m, const struct action *a, const struct outcome *o)
{
	struct signal s = access_page(m, a->process, a->addr, a->write ? RW_WRITE : RW_READ);

	if (o->signo != s.signo || o->code != s.code || o->si_errno != s.error)
		return wrong(m, "signal %d code %d errno %d, expected %d %d %d", o->signo, o->code, o->si_errno, s.signo,
			     s.code, s.error);
	return s.signo != 0 || check_value(m, a, o);
}

static bool check_copy(struct model *m, const struct action *a, const struct outcome *o)
{
	int error = kernel_access(m, a->process, a->addr, a->write ? RW_WRITE : RW_READ);

	return check_error(m, o, error) && (error != 0 || check_value(m, a, o));
}

/* ---- processes ---- */

static void close_fd(struct model *m, process_t *p, int fd)
{
	m->opens[p->fds[fd] - 1].references--;
	p->fds[fd] = 0;
}

static bool check_open(struct model *m, const struct action *a, const struct outcome *o)
{
	process_t *p = &m->processes[a->process];
	int i = 0;

	while (m->opens[i].references > 0)
		i++;
	m->opens[i] = (struct model_open){a->minor, a->open_flags, 1};
	p->fds[a->fd] = i + 1;
	p->cloexec[a->fd] = a->cloexec;
	return check_error(m, o, 0);
}

static bool check_close(struct model *m, const struct action *a, const struct outcome *o)
{
	process_t *p = &m->processes[a->process];
	struct uses uses = uses_now(m);

	close_fd(m, p, a->fd);
	expect_closes(m, &uses, p);
	return check_error(m, o, 0);
}

static void anon_begin(process_t *p, uint64_t addr)
{
	p->anon = addr;
	memset(p->anon_mapped, 1, sizeof(p->anon_mapped));
}

static bool check_new(struct model *m, const struct action *a, const struct outcome *o)
{
	process_t *p = &m->processes[a->process];

	*p = (process_t){.alive = true, .ilp32 = a->ilp32, .pid = o->pid};
	anon_begin(p, o->addr);
	return check_error(m, o, 0);
}

static int fork_handle(struct model *m, const process_t *p, handle_t *copy)
{
	struct mdl_event *event;

	memset(copy->loaded, 0, sizeof(copy->loaded));
	if (!(copy->callbacks & MDL_HAS_DUP))
		return 0;
	event = expect(m, MDL_EV_DUP, p);
	event->id = copy->id;
	event->after = copy->id = ++m->next_id;
	if (m->script.fail_dup > 0 && --m->script.fail_dup == 0)
		return m->script.dup_error == ENOMEM ? ENOMEM : EAGAIN;
	return 0;
}

static bool check_fork(struct model *m, const struct action *a, const struct outcome *o)
{
	process_t *p = &m->processes[a->process], *c = &m->processes[a->child];
	int error = 0;

	*c = *p;
	c->pid = o->pid;
	for (c->nhandles = 0; c->nhandles < p->nhandles && error == 0; c->nhandles += error == 0)
		error = fork_handle(m, p, &c->handles[c->nhandles]);
	if (error != 0) {
		unmap_all(m, c, p);
		*c = (process_t){.alive = false};
		return check_error(m, o, error);
	}
	for (int i = 0; i < MODEL_FDS; i++)
		if (c->fds[i] != 0)
			m->opens[c->fds[i] - 1].references++;
	return check_error(m, o, 0);
}

/* The address space goes: locks first, then the mappings in the order of their addresses. */
static void space_end(struct model *m, int process)
{
	process_t *p = &m->processes[process];
	struct model_lock *l;

	settle(m, process, 0, UINT64_MAX);
	while ((l = lock_next(m, process, 0, UINT64_MAX, false)) != NULL) {
		lock_leave(m, l, l->rw);
		l->dead = true;
	}
	unmap_all(m, p, p);
}

static bool check_exec(struct model *m, const struct action *a, const struct outcome *o)
{
	process_t *p = &m->processes[a->process];
	struct uses uses = uses_now(m);

	space_end(m, a->process);
	expect_closes(m, &uses, p);
	for (int i = 0; i < MODEL_FDS; i++)
		if (p->fds[i] != 0 && p->cloexec[i])
			close_fd(m, p, i);
	expect_closes(m, &uses, p);
	anon_begin(p, o->addr);
	return check_error(m, o, 0);
}

static bool check_exit(struct model *m, const struct action *a, const struct outcome *o)
{
	process_t *p = &m->processes[a->process];
	struct uses uses = uses_now(m);

	for (int i = 0; i < MODEL_FDS; i++)
		if (p->fds[i] != 0)
			close_fd(m, p, i);
	expect_closes(m, &uses, p);
	space_end(m, a->process);
	p->alive = false;
	expect_closes(m, &uses, p);
	return check_error(m, o, 0);
}

/* ---- what drivers ask for ---- */

/*
 *	uoff                          uoff + npages pages
 *	  |---------- handle ------------|
 *	      |off       len|                 false: not in it
 */
static bool range_of(const handle_t *h, int64_t off, uint64_t len, int *from, int *to)
{
	int64_t skip = (off & ~(int64_t)(PAGE - 1)) - h->uoff, size = h->npages * (int64_t)PAGE;

	*from = 0;
	*to = h->npages;
	if (off == 0 && len == 0)
		return true;
	if (skip < 0 || skip >= size || len > (uint64_t)size)
		return false;
	*from = (int)(skip / (int64_t)PAGE);
	if (len != 0)
		*to = *from + (int)((len + PAGE - 1) / PAGE);
	return *to <= h->npages;
}

static int expected_result(struct model *m, const struct action *a)
{
	const struct mdl_command *c = &a->command;
	int owner, from, to;
	handle_t *h = handle_by_id(m, c->id, &owner);
	bool denied;

	switch (c->op) {
	case MDL_OP_UNLOAD:
		if (!range_of(h, c->off, c->len, &from, &to))
			return model_fc_error(m, EINVAL);
		unload(h, from, to);
		return 0;
	case MDL_OP_DO_LOAD:
		if (owner != a->process || !range_of(h, c->off, c->len, &from, &to))
			return model_fc_error(m, EINVAL);
		return load(m, h, from, to, c->prot, &denied);
	case MDL_OP_REMAP:
		return remap(h, c->cookie, c->off, c->len, c->prot);
	default:
		if (!remap_fits(h, c->prot))
			return DDI_FAILURE;
		unload(h, 0, h->npages);
		h->backing = MODEL_INVALID_DEVMEM;
		h->maxprot = c->prot & h->orig_maxprot;
		return 0;
	}
}

static bool check_command(struct model *m, const struct action *a, const struct outcome *o)
{
	int result = expected_result(m, a);

	if (o->result != result)
		return wrong(m, "result %#x, expected %#x", (unsigned)o->result, (unsigned)result);
	return check_error(m, o, 0);
}

static bool check_poke(struct model *m, const struct action *a, const struct outcome *o)
{
	const struct mdl_command *c = &a->command;

	m->content[c->id][c->off / (int64_t)PAGE][c->off % (int64_t)PAGE != 0] = c->value;
	return check_error(m, o, 0);
}

/* ---- lock ---- */

static int lock_page_error(process_t *p, uint64_t page, unsigned rw)
{
	const handle_t *h = handle_at(p, page);

	if (h != NULL && (h->flags & MDL_REMAP))
		return EFAULT;
	if (h != NULL)
		return allows(h->prot[page_at(h, page)], rw) ? 0 : EACCES;
	if (p->anon != 0 && page >= p->anon && page < p->anon + MODEL_ANON_PAGES * PAGE && p->anon_mapped[(page - p->anon) / PAGE])
		return 0;
	return EFAULT;
}

/* The errors that its pages give, as bits: any of them may be told. */
static bool lock_pages_fail(process_t *p, const struct mdl_command *c, unsigned rw, int error)
{
	bool any = false, told = false;

	for (uint64_t page = c->addr; page < c->addr + c->len; page += PAGE) {
		int e = lock_page_error(p, page, rw);

		any |= e != 0;
		told |= e == error && e != 0;
	}
	return any && told;
}

static bool lock_pages_good(process_t *p, const struct mdl_command *c, unsigned rw)
{
	for (uint64_t page = c->addr; page < c->addr + c->len; page += PAGE)
		if (lock_page_error(p, page, rw) != 0)
			return false;
	return true;
}

static int lock_errno(const struct model *m, int e, bool denied)
{
	if (e == FC_PROT && denied)
		return EACCES;
	if (is_interrupt(m, e, denied))
		return EINTR;
	return (e & 0xff) == m->fc_objerr && e > 0xff ? e >> 8 : e != 0 ? EFAULT
									: 0;
}

/* DEVMAP_LOCK for each handle; on an error UNLOCK for those before. */
static int lock_devices(struct model *m, process_t *p, struct model_lock *l)
{
	uint64_t end = l->start + l->len;

	for (uint64_t at = l->start; at < end;) {
		handle_t *h = handle_at(p, at);
		uint64_t stop = h == NULL ? at + PAGE : model_end_of(h) < end ? model_end_of(h)
									      : end;
		bool denied = false;
		int error = 0;

		l->pins |= h != NULL;
		if (h != NULL && has_access(h))
			error = lock_errno(m, driver_access(m, p, h, page_at(h, at), page_at(h, stop), TYPE_LOCK, l->rw, &denied), denied);
		if (error != 0) {
			lock_leave(m, l, 0);
			return error;
		}
		if (h != NULL && has_access(h)) {
			l->parts[l->nparts].start = at;
			l->parts[l->nparts++].len = stop - at;
			l->orders |= model_order_of(h);
		}
		at = stop;
	}
	return 0;
}

static bool check_lock(struct model *m, const struct action *a, const struct outcome *o)
{
	const struct mdl_command *c = &a->command;
	process_t *p = &m->processes[a->process];
	struct model_lock *l = &m->locks[c->id];
	unsigned rw = c->prot & RW_WRITE ? RW_WRITE : RW_READ;
	int error;

	if (c->addr % PAGE != 0 || c->len % PAGE != 0 || c->len == 0)
		return check_error(m, o, EINVAL);
	if (m->used + c->len > m->limit)
		return check_error(m, o, ENOMEM);
	if (!lock_pages_good(p, c, rw))
		return lock_pages_fail(p, c, rw, o->error) || wrong(m, "errno %d, expected another one", o->error);
	*l = (struct model_lock){.process = a->process, .start = c->addr, .len = c->len, .rw = rw, .cleanup = c->cleanup};
	error = lock_devices(m, p, l);
	if (error == 0) {
		l->used = true;
		m->used += l->len;
	}
	return check_error(m, o, error);
}

static bool check_unlock(struct model *m, const struct action *a, const struct outcome *o)
{
	lock_end(m, &m->locks[a->command.id]);
	return check_error(m, o, 0);
}

/* ---- all together ---- */

static bool check_kind(struct model *m, const struct action *a, const struct outcome *o)
{
	static bool (*const checks[OP_KINDS])(struct model *, const struct action *, const struct outcome *) = {
		[OP_NEW] = check_new,
		[OP_OPEN] = check_open,
		[OP_CLOSE] = check_close,
		[OP_MMAP] = check_mmap,
		[OP_MUNMAP] = check_munmap,
		[OP_MPROTECT] = check_mprotect,
		[OP_TOUCH] = check_touch,
		[OP_COPY] = check_copy,
		[OP_FORK] = check_fork,
		[OP_EXEC] = check_exec,
		[OP_EXIT] = check_exit,
		[OP_UNLOAD] = check_command,
		[OP_LOAD] = check_command,
		[OP_REMAP] = check_command,
		[OP_INVALIDATE] = check_command,
		[OP_POKE] = check_poke,
		[OP_LOCK] = check_lock,
		[OP_UNLOCK] = check_unlock,
	};

	if (a->kind == OP_LIMIT)
		m->limit = a->limit;
	return a->kind == OP_LIMIT ? check_error(m, o, 0) : checks[a->kind](m, a, o);
}

static void event_text(char *to, size_t size, const struct mdl_event *e)
{
	static const char *const kinds[] = {"?", "devmap", "map", "access", "dup", "unmap", "context", "cleanup", "close"};

	snprintf(to, size, "%s pid %d id %d before %d after %d type %u rw %u minor %u own %d addr %#llx len %#llx off %#llx",
		 kinds[e->kind], e->pid, e->id, e->before, e->after, e->type, e->rw, e->minor, e->own, e->addr, e->len,
		 (unsigned long long)e->off);
}

static bool comes_first(const struct mdl_event *a, const struct mdl_event *b)
{
	return a->kind == MDL_EV_CLOSE && b->kind == MDL_EV_CLOSE && a->minor < b->minor;
}

/* Which of two devices is closed first at the end of a process is left open. */
static void sort_closes(struct mdl_event *events, int n)
{
	for (int i = 1; i < n; i++)
		for (int k = i; k > 0 && comes_first(&events[k], &events[k - 1]); k--) {
			struct mdl_event event = events[k];

			events[k] = events[k - 1];
			events[k - 1] = event;
		}
}

static bool check_events(struct model *m, const struct outcome *o)
{
	char got[256] = "nothing", expected[256] = "nothing";
	int i = 0;

	sort_closes(o->events, o->nevents);
	sort_closes(m->expected, m->nexpected);
	while (i < o->nevents && i < m->nexpected && memcmp(&o->events[i], &m->expected[i], sizeof(m->expected[i])) == 0)
		i++;
	if (i == o->nevents && i == m->nexpected)
		return true;
	if (i < o->nevents)
		event_text(got, sizeof(got), &o->events[i]);
	if (i < m->nexpected)
		event_text(expected, sizeof(expected), &m->expected[i]);
	return wrong(m, "callback %d: %s; expected: %s", i, got, expected);
}

bool model_check(struct model *m, const struct action *a, const struct outcome *o)
{
	m->nexpected = 0;
	m->script = a->script;
	m->next_value++;
	return check_kind(m, a, o) && check_events(m, o);
}

void model_init(struct model *m, bool real, int fc_nomap, int fc_objerr)
{
	*m = (struct model){.real = real, .fc_nomap = fc_nomap, .fc_objerr = fc_objerr, .limit = UINT64_MAX, .next_value = 1};
}
