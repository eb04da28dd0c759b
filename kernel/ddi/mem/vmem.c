/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/mem/kmem.h"
#include "kernel/ddi/core/leak.h"
#include "kernel/lib/message.h"
#include "kernel/host.h"
#include "kernel/ddi/mem/hat.h"
#include "kernel/lib/tree.h"
#include <sys/param.h>
#include <sys/string.h>
#include <sys/vmem.h>

/*
 * An arena is a set of pieces by address, each free or allocated.  Neighbours that are both free are one piece,
 * unless they came in different spans.  A free piece weighs its size: the first one that is large enough is found
 * in logarithmic time.
 */
struct piece {
	struct tree_node node; /* its key: the base */
	size_t size;
	bool used;
	uintptr_t span; /* base of the span it lies in */
};

struct vmem {
	char name[32];
	size_t quantum;
	vmem_alloc_t *import; /* with source: where to get more; NULL: nowhere */
	vmem_free_t *export;
	vmem_t *source;
	bool heap;        /* memory of the system, a page at least */
	bool identifiers; /* of <sys/id_space.h>: number n is address n + 1 */

	struct host_mutex lock; /* protects the fields below; dropped for import and export */
	struct host_cond freed;
	struct tree pieces;
	size_t used, total;
	uintptr_t next; /* where the next fit begins */
};

static vmem_t heap = {.name = "heap", .quantum = PAGESIZE, .heap = true};
vmem_t *heap_arena = &heap;

/* What is asked of an allocation. */
struct wish {
	size_t size, align, phase, nocross;
	uintptr_t min, max; /* [min, max); max 0: no bound */
	bool next;          /* behind the last one that asked so, if there is room */
};

static size_t rounded(const vmem_t *v, size_t size)
{
	return (size + v->quantum - 1) / v->quantum * v->quantum;
}

/* ---- pieces ---- */

static struct piece *piece_of(struct tree_node *node)
{
	return tree_entry(node, struct piece, node);
}

static struct piece *piece_next(vmem_t *v, const struct piece *p)
{
	return piece_of(tree_next(&v->pieces, &p->node));
}

static void piece_insert(vmem_t *v, uintptr_t base, size_t size, uintptr_t span, bool used)
{
	struct piece *p = host_alloc(sizeof(*p), true);

	p->size = size;
	p->span = span;
	p->used = used;
	tree_insert_weighted(&v->pieces, &p->node, base, used ? 0 : size);
}

static void piece_remove(vmem_t *v, struct piece *p)
{
	tree_remove(&v->pieces, &p->node);
	host_free(p, sizeof(*p));
}

static void piece_set(vmem_t *v, struct piece *p, size_t size, bool used)
{
	p->size = size;
	p->used = used;
	tree_remove(&v->pieces, &p->node);
	tree_insert_weighted(&v->pieces, &p->node, p->node.key, used ? 0 : size);
}

/* [ p      |        ] cut at at:  [ p ][ rest ] */
static void piece_cut(vmem_t *v, struct piece *p, uintptr_t at)
{
	size_t head = at - p->node.key, size = p->size;

	if (head == 0 || head == size)
		return;
	piece_set(v, p, head, p->used);
	piece_insert(v, at, size - head, p->span, p->used);
}

static bool pieces_fit(const struct piece *p, const struct piece *n)
{
	return !p->used && !n->used && p->span == n->span && p->node.key + p->size == n->node.key;
}

/* What is free on both sides of p becomes one with it: the whole. */
static struct piece *piece_join(vmem_t *v, struct piece *p)
{
	struct piece *before = p->node.key == 0 ? NULL : piece_of(tree_find_below(&v->pieces, p->node.key - 1));
	struct piece *after = piece_next(v, p);

	if (after != NULL && pieces_fit(p, after)) {
		piece_set(v, p, p->size + after->size, false);
		piece_remove(v, after);
	}
	if (before != NULL && pieces_fit(before, p)) {
		piece_set(v, before, before->size + p->size, false);
		piece_remove(v, p);
		p = before;
	}
	return p;
}

/* The lowest address in a free piece that the wish accepts. */
static bool piece_fits(const struct piece *p, const struct wish *w, uintptr_t *at)
{
	uintptr_t base = p->node.key, start = base > w->min ? base : w->min, end = base + p->size;

	if (w->max != 0 && w->max < end)
		end = w->max;
	start += (w->phase - start) & (w->align - 1);
	if (w->nocross != 0 && ((start ^ (start + w->size - 1)) & ~(w->nocross - 1)) != 0)
		start = ((start + w->nocross - 1) & ~(w->nocross - 1)) + w->phase;
	*at = start;
	return start >= base && start < end && end - start >= w->size;
}

/* Called with the lock held. */
static bool arena_take_first(vmem_t *v, const struct wish *w, uintptr_t *at)
{
	struct piece *p = piece_of(tree_find_heavier(&v->pieces, NULL, w->size - 1));

	while (p != NULL && !piece_fits(p, w, at))
		p = piece_of(tree_find_heavier(&v->pieces, &p->node, w->size - 1));
	if (p == NULL)
		return false;
	piece_cut(v, p, *at);
	if (p->node.key != *at)
		p = piece_next(v, p);
	piece_cut(v, p, *at + w->size);
	piece_set(v, p, p->size, true);
	v->used += w->size;
	return true;
}

static bool arena_take(vmem_t *v, const struct wish *w, uintptr_t *at)
{
	struct wish behind = *w;

	if (!w->next)
		return arena_take_first(v, w, at);
	behind.min = v->next;
	if (!arena_take_first(v, &behind, at) && !arena_take_first(v, w, at))
		return false;
	v->next = *at + w->size;
	return true;
}

/* The piece that addr lies in, or the last one below it; NULL: none. */
static struct piece *piece_at(const vmem_t *v, uintptr_t addr)
{
	return piece_of(tree_find_below(&v->pieces, addr));
}

/* ---- arenas ---- */

static void vmem_leaked(void *key, size_t bytes)
{
	vmem_t *v = key;
	struct tree_node *node;

	while ((node = tree_first(&v->pieces)) != NULL)
		piece_remove(v, piece_of(node));
	host_cond_destroy(&v->freed);
	host_mutex_destroy(&v->lock);
	host_free(v, sizeof(*v));
}

static const struct leak_kind vmem_leak = {"vmem arena", vmem_leaked};

static void span_add(vmem_t *v, uintptr_t base, size_t size)
{
	host_mutex_lock(&v->lock);
	piece_insert(v, base, size, base, false);
	v->total += size;
	host_cond_broadcast(&v->freed);
	host_mutex_unlock(&v->lock);
}

vmem_t *vmem_create(const char *name, void *base, size_t size, size_t quantum, vmem_alloc_t *import,
		    vmem_free_t *export, vmem_t *source, size_t qcache_max, int flags)
{
	vmem_t *v = host_alloc(sizeof(*v), true);

	(void)strlcpy(v->name, name, sizeof(v->name));
	v->quantum = quantum == 0 ? 1 : quantum;
	v->import = import;
	v->export = export;
	v->source = source;
	v->identifiers = (flags & VMC_IDENTIFIER) != 0;
	host_mutex_init(&v->lock);
	host_cond_init(&v->freed);
	if (size > 0)
		span_add(v, (uintptr_t)base, size);
	leak_add(&vmem_leak, v, 0, CALLER());
	return v;
}

/* Gives p back if it is free, and all of a span that was imported.  The lock is held, and dropped if it does. */
static bool span_return(vmem_t *v, struct piece *p)
{
	const struct piece *next = piece_next(v, p);
	uintptr_t base = p->node.key;
	size_t size = p->size;

	if (v->export == NULL || p->used || base != p->span || (next != NULL && next->span == p->span))
		return false;
	piece_remove(v, p);
	v->total -= size;
	host_mutex_unlock(&v->lock);
	v->export(v->source, (void *)base, size);
	host_mutex_lock(&v->lock);
	return true;
}

/* The same for all of them: an allocation has failed for which they were imported. */
static void spans_return(vmem_t *v)
{
	struct piece *p = piece_of(tree_first(&v->pieces));

	while (p != NULL && v->export != NULL)
		p = span_return(v, p) ? piece_of(tree_first(&v->pieces)) : piece_next(v, p);
}

void vmem_destroy(vmem_t *v)
{
	if (!leak_remove(&vmem_leak, v, NULL))
		driver_bug(CALLER(), "vmem_destroy: %p is not an arena", (void *)v);
	if (v->used > 0)
		driver_warning(CALLER(), "vmem_destroy: %s: %lu of %lu are still allocated", v->name, v->used, v->total);
	vmem_leaked(v, 0);
}

void *vmem_add(vmem_t *v, void *base, size_t size, int flags)
{
	span_add(v, (uintptr_t)base, size);
	return base;
}

/* ---- allocation ---- */

static bool arena_import(vmem_t *v, size_t size, int flags)
{
	void *span;

	if (v->import == NULL)
		return false;
	span = v->import(v->source, size, flags);
	if (span != NULL)
		span_add(v, (uintptr_t)span, size);
	return span != NULL;
}

static void *arena_alloc(vmem_t *v, const struct wish *w, int flags)
{
	bool plain = w->align <= v->quantum && w->min == 0 && w->max == 0 && w->nocross == 0;
	uintptr_t at;
	bool imported;

	host_mutex_lock(&v->lock);
	while (!arena_take(v, w, &at)) {
		host_mutex_unlock(&v->lock);
		imported = arena_import(v, plain ? w->size : w->size + w->align, flags);
		host_mutex_lock(&v->lock);
		if (imported)
			continue;
		spans_return(v);
		if (arena_take(v, w, &at))
			break;
		if (flags & VM_NOSLEEP) {
			host_mutex_unlock(&v->lock);
			return NULL;
		}
		(void)host_cond_wait(&v->freed, &v->lock, HOST_FOREVER, false);
	}
	host_mutex_unlock(&v->lock);
	return (void *)at;
}

/* VM_SLEEP waits until somebody frees enough. */
void *vmem_alloc(vmem_t *v, size_t size, int flags)
{
	struct wish w = {.size = rounded(v, size), .align = 1, .next = (flags & VM_NEXTFIT) != 0};

	if (v->heap)
		return kmem_get(w.size, flags & VM_NOSLEEP ? KM_NOSLEEP : KM_SLEEP, CALLER());
	return size == 0 ? NULL : arena_alloc(v, &w, flags);
}

void *vmem_xalloc(vmem_t *v, size_t size, size_t align, size_t phase, size_t nocross, void *min, void *max, int flags)
{
	struct wish w = {.size = rounded(v, size), .align = align == 0 ? 1 : align, .phase = phase, .nocross = nocross, .min = (uintptr_t)min, .max = (uintptr_t)max};

	if (size == 0 || (w.align & (w.align - 1)) != 0 || (nocross & (nocross - 1)) != 0 || v->heap)
		return NULL;
	return arena_alloc(v, &w, flags);
}

static void arena_free(vmem_t *v, uintptr_t base, size_t size, const void *caller)
{
	struct piece *p;

	host_mutex_lock(&v->lock);
	p = piece_at(v, base);
	if (p == NULL || p->node.key != base || !p->used || p->size != rounded(v, size)) {
		host_mutex_unlock(&v->lock);
		if (v->identifiers)
			driver_bug(caller, "id_free: %s: %lu is not allocated", v->name, base - 1);
		driver_bug(caller, "vmem_free: %s: %lu of size %lu is not allocated", v->name, base, size);
	}
	v->used -= p->size;
	piece_set(v, p, p->size, false);
	(void)span_return(v, piece_join(v, p));
	host_cond_broadcast(&v->freed);
	host_mutex_unlock(&v->lock);
}

void vmem_free(vmem_t *v, void *p, size_t size)
{
	if (v->heap && hat_is_loaded((uintptr_t)p, rounded(v, size)))
		driver_bug(CALLER(), "vmem_free: %p of size %lu: hat_devload() shows pages there", p, size);
	if (v->heap)
		kmem_free(p, rounded(v, size));
	else if (size > 0)
		arena_free(v, (uintptr_t)p, size, CALLER());
}

void vmem_xfree(vmem_t *v, void *p, size_t size)
{
	arena_free(v, (uintptr_t)p, size, CALLER());
}

int vmem_contains(vmem_t *v, void *start, size_t size)
{
	uintptr_t from = (uintptr_t)start;
	const struct piece *p;
	size_t covered = 0;

	host_mutex_lock(&v->lock);
	while (covered < size && (p = piece_at(v, from + covered)) != NULL && from + covered - p->node.key < p->size)
		covered = p->node.key + p->size - from;
	host_mutex_unlock(&v->lock);
	return covered >= size;
}

size_t vmem_size(vmem_t *v, int kind)
{
	size_t size;

	host_mutex_lock(&v->lock);
	size = (kind & VMEM_ALLOC ? v->used : 0) + (kind & VMEM_FREE ? v->total - v->used : 0);
	host_mutex_unlock(&v->lock);
	return size;
}
