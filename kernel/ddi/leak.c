/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/leak.h"
#include "kernel/ddi/module.h"
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

#define LEAK_BUCKETS_MIN 256u

static struct {
	struct host_mutex lock; /* protects the fields below; a leaf lock */
	struct leak **bucket;   /* nbuckets, a power of two */
	size_t nbuckets, count;
} leaks;

static size_t bucket_of(const void *key, size_t nbuckets)
{
	return (((uintptr_t)key >> 4) * 0x9e3779b97f4a7c15u >> 20) & (nbuckets - 1);
}

/* Called with the lock held.  The load stays at or below one entry a bucket. */
static void leaks_grow(void)
{
	size_t n = leaks.nbuckets == 0 ? LEAK_BUCKETS_MIN : leaks.nbuckets * 2;
	struct leak **grown = host_alloc(n * sizeof(struct leak *), true), *l, *next;

	for (size_t i = 0; i < leaks.nbuckets; i++) {
		for (l = leaks.bucket[i]; l != NULL; l = next) {
			size_t to = bucket_of(l->key, n);

			next = l->next;
			l->next = grown[to];
			grown[to] = l;
		}
	}
	host_free(leaks.bucket, leaks.nbuckets * sizeof(struct leak *));
	leaks.bucket = grown;
	leaks.nbuckets = n;
}

void leak_add(const struct leak_kind *kind, void *key, size_t bytes, const void *caller)
{
	struct leak *l = host_alloc(sizeof(*l), true), **head;

	*l = (struct leak){.kind = kind, .key = key, .bytes = bytes, .caller = caller};
	host_mutex_lock(&leaks.lock);
	if (leaks.count == leaks.nbuckets)
		leaks_grow();
	head = &leaks.bucket[bucket_of(key, leaks.nbuckets)];
	l->next = *head;
	*head = l;
	leaks.count++;
	host_mutex_unlock(&leaks.lock);
}

/* The link that points to the entry; NULL: none.  Called with the lock held. */
static struct leak **leak_link(const struct leak_kind *kind, const void *key)
{
	struct leak **link;

	if (leaks.nbuckets == 0)
		return NULL;
	link = &leaks.bucket[bucket_of(key, leaks.nbuckets)];
	while (*link != NULL && ((*link)->key != key || (*link)->kind != kind))
		link = &(*link)->next;
	return *link != NULL ? link : NULL;
}

bool leak_find(const struct leak_kind *kind, const void *key, size_t *bytes, const void **caller)
{
	struct leak **link;

	host_mutex_lock(&leaks.lock);
	link = leak_link(kind, key);
	if (link != NULL && bytes != NULL)
		*bytes = (*link)->bytes;
	if (link != NULL && caller != NULL)
		*caller = (*link)->caller;
	host_mutex_unlock(&leaks.lock);
	return link != NULL;
}

bool leak_remove(const struct leak_kind *kind, const void *key, size_t *bytes)
{
	struct leak **link, *l = NULL;

	host_mutex_lock(&leaks.lock);
	link = leak_link(kind, key);
	if (link != NULL) {
		l = *link;
		*link = l->next;
		leaks.count--;
	}
	host_mutex_unlock(&leaks.lock);
	if (l == NULL)
		return false;
	if (bytes != NULL)
		*bytes = l->bytes;
	host_free(l, sizeof(*l));
	return true;
}

/* ---- the report: no driver runs any more, so the lock is taken to detach the table only ---- */

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

static struct leak *leaks_take(void)
{
	struct leak *all = NULL, *l;

	host_mutex_lock(&leaks.lock);
	for (size_t i = 0; i < leaks.nbuckets; i++) {
		while ((l = leaks.bucket[i]) != NULL) {
			leaks.bucket[i] = l->next;
			l->next = all;
			all = l;
		}
	}
	host_free(leaks.bucket, leaks.nbuckets * sizeof(struct leak *));
	leaks.bucket = NULL;
	leaks.nbuckets = leaks.count = 0;
	host_mutex_unlock(&leaks.lock);
	return all;
}

void leak_report(void (*report)(void *arg, const struct sys_leak *), void *arg)
{
	struct leak *l = leaks_sort(leaks_take()), *next;

	while (l != NULL) {
		struct sys_leak line = {.kind = l->kind->name, .driver = module_name_of(l->caller),
					.caller = l->caller};
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
