/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/core/leak.h"
#include "kernel/ddi/core/module.h"
#include "kernel/host.h"
#include "kernel/sys/sys.h"
#include <sys/string.h>

struct leak {
	struct leak *next;
	const struct leak_kind *kind;
	void *key;
	size_t bytes;
	const void *caller;
};

#define LEAK_BUCKETS_MIN 64u /* of a part */
#define LEAK_PARTS 16u

/* One register in parts, so that those who add and remove at once seldom meet. */
static struct leak_part {
	struct host_mutex lock; /* protects the fields below; a leaf lock */
	struct leak **bucket;   /* nbuckets, a power of two */
	size_t nbuckets, count;
} parts[LEAK_PARTS];

static uint64_t hash_of(const void *key)
{
	return ((uintptr_t)key >> 4) * UINT64_C(0x9e3779b97f4a7c15);
}

static struct leak_part *part_of(const void *key)
{
	return &parts[(hash_of(key) >> 60) % LEAK_PARTS];
}

static size_t bucket_of(const void *key, size_t nbuckets)
{
	return (hash_of(key) >> 20) & (nbuckets - 1);
}

/* Called with the lock held.  The load stays at or below one entry a bucket. */
static void part_grow(struct leak_part *part)
{
	size_t n = part->nbuckets == 0 ? LEAK_BUCKETS_MIN : part->nbuckets * 2;
	struct leak **grown = host_alloc(n * sizeof(struct leak *), true), *l, *next;

	for (size_t i = 0; i < part->nbuckets; i++) {
		for (l = part->bucket[i]; l != NULL; l = next) {
			size_t to = bucket_of(l->key, n);

			next = l->next;
			l->next = grown[to];
			grown[to] = l;
		}
	}
	host_free(part->bucket, part->nbuckets * sizeof(struct leak *));
	part->bucket = grown;
	part->nbuckets = n;
}

void leak_add(const struct leak_kind *kind, void *key, size_t bytes, const void *caller)
{
	struct leak *l = host_alloc(sizeof(*l), true), **head;
	struct leak_part *part = part_of(key);

	*l = (struct leak){.kind = kind, .key = key, .bytes = bytes, .caller = caller};
	host_mutex_lock(&part->lock);
	if (part->count == part->nbuckets)
		part_grow(part);
	head = &part->bucket[bucket_of(key, part->nbuckets)];
	l->next = *head;
	*head = l;
	part->count++;
	host_mutex_unlock(&part->lock);
}

/* The link that points to the entry; NULL: none.  Called with the part's lock held. */
static struct leak **leak_link(const struct leak_part *part, const struct leak_kind *kind, const void *key)
{
	struct leak **link;

	if (part->nbuckets == 0)
		return NULL;
	link = &part->bucket[bucket_of(key, part->nbuckets)];
	while (*link != NULL && ((*link)->key != key || (*link)->kind != kind))
		link = &(*link)->next;
	return *link != NULL ? link : NULL;
}

bool leak_find(const struct leak_kind *kind, const void *key, size_t *bytes, const void **caller)
{
	struct leak_part *part = part_of(key);
	struct leak **link;

	host_mutex_lock(&part->lock);
	link = leak_link(part, kind, key);
	if (link != NULL && bytes != NULL)
		*bytes = (*link)->bytes;
	if (link != NULL && caller != NULL)
		*caller = (*link)->caller;
	host_mutex_unlock(&part->lock);
	return link != NULL;
}

bool leak_remove(const struct leak_kind *kind, const void *key, size_t *bytes)
{
	struct leak_part *part = part_of(key);
	struct leak **link, *l = NULL;

	host_mutex_lock(&part->lock);
	link = leak_link(part, kind, key);
	if (link != NULL) {
		l = *link;
		*link = l->next;
		part->count--;
	}
	host_mutex_unlock(&part->lock);
	if (l == NULL)
		return false;
	if (bytes != NULL)
		*bytes = l->bytes;
	host_free(l, sizeof(*l));
	return true;
}

/* ---- the report: no driver runs any more, so the locks are taken to detach the entries only ---- */

/* Entries of one list in the order of kind and caller: a merge sort, they may be many. */
static bool leak_before(const struct leak *a, const struct leak *b)
{
	int order = strcmp(a->kind->name, b->kind->name);

	return order != 0 ? order < 0 : (uintptr_t)a->caller <= (uintptr_t)b->caller;
}

static struct leak *leaks_merge(struct leak *a, struct leak *b)
{
	struct leak *first, **last = &first;

	while (a != NULL && b != NULL) {
		struct leak **least = leak_before(a, b) ? &a : &b;

		*last = *least;
		last = &(*least)->next;
		*least = *last;
	}
	*last = a != NULL ? a : b;
	return first;
}

static struct leak *leaks_sort(struct leak *list)
{
	struct leak *slow = list, *fast, *half;

	if (list == NULL || list->next == NULL)
		return list;
	for (fast = list->next; fast != NULL && fast->next != NULL; fast = fast->next->next)
		slow = slow->next;
	half = slow->next;
	slow->next = NULL;
	return leaks_merge(leaks_sort(list), leaks_sort(half));
}

/* Puts all entries of the part before the list. */
static struct leak *part_take(struct leak_part *part, struct leak *list)
{
	struct leak *l;

	host_mutex_lock(&part->lock);
	for (size_t i = 0; i < part->nbuckets; i++) {
		while ((l = part->bucket[i]) != NULL) {
			part->bucket[i] = l->next;
			l->next = list;
			list = l;
		}
	}
	host_free(part->bucket, part->nbuckets * sizeof(struct leak *));
	part->bucket = NULL;
	part->nbuckets = part->count = 0;
	host_mutex_unlock(&part->lock);
	return list;
}

static struct leak *leaks_take(void)
{
	struct leak *all = NULL;

	for (size_t i = 0; i < LEAK_PARTS; i++)
		all = part_take(&parts[i], all);
	return all;
}

void leak_report(void (*report)(void *arg, const struct sys_leak *), void *arg)
{
	struct leak *l = leaks_sort(leaks_take()), *next;

	while (l != NULL) {
		struct sys_leak line = {.kind = l->kind->name, .driver = module_name_of(l->caller), .caller = l->caller};
		const struct leak_kind *kind = l->kind;

		for (; l != NULL && l->kind == kind && l->caller == line.caller; l = next) {
			next = l->next;
			line.bytes += l->bytes;
			line.count++;
			l->kind->free(l->key, l->bytes);
			host_free(l, sizeof(*l));
		}
		if (report != NULL)
			report(arg, &line);
	}
}
