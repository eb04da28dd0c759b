/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/core/leak.h"
#include "kernel/lib/message.h"
#include "kernel/host.h"
#include <sys/kmem.h>
#include <sys/string.h>

#define CACHE_SPARE 64u /* constructed objects kept for reuse */

/* In front of each object, so that the object has the alignment asked for. */
struct cached {
	struct cached *next; /* while it is spare */
	void *memory;        /* what the host gave */
	size_t size;
};

struct kmem_cache {
	char name[32];
	size_t size, align;
	int (*construct)(void *, void *, int);
	void (*destruct)(void *, void *);
	void *private;

	struct host_mutex lock; /* protects the fields below; a leaf lock */
	struct cached *spare;
	size_t nspare, used;
};

static void cache_free_all(void *key, size_t bytes);
static void object_leaked(void *key, size_t bytes);
static const struct leak_kind cache_leak = {"kmem cache", cache_free_all};
static const struct leak_kind object_leak = {"kmem cache object", object_leaked};

static struct cached *head_of(void *object)
{
	return (struct cached *)object - 1;
}

static void *object_of(struct cached *c)
{
	return c + 1;
}

/* [ slack | struct cached | object ] */
static struct cached *cached_create(struct kmem_cache *cache, bool wait)
{
	size_t size = cache->size + cache->align + sizeof(struct cached);
	void *memory = host_alloc(size, wait);
	uintptr_t object;
	struct cached *c;

	if (memory == NULL)
		return NULL;
	object = ((uintptr_t)memory + sizeof(struct cached) + cache->align - 1) & ~(cache->align - 1);
	c = head_of((void *)object);
	*c = (struct cached){.memory = memory, .size = size};
	return c;
}

static void cached_free(struct cached *c)
{
	host_free(c->memory, c->size);
}

static void object_leaked(void *key, size_t bytes)
{
	cached_free(head_of(key));
}

kmem_cache_t *kmem_cache_create(char *name, size_t size, size_t align, int (*construct)(void *, void *, int),
				void (*destruct)(void *, void *), void (*reclaim)(void *), void *private,
				vmem_t *arena, int flags)
{
	struct kmem_cache *cache;

	if (align == 0)
		align = 8;
	if ((align & (align - 1)) != 0)
		driver_bug(CALLER(), "kmem_cache_create: %s: alignment %lu is not a power of two", name, align);
	cache = host_alloc(sizeof(*cache), true);
	(void)strlcpy(cache->name, name, sizeof(cache->name));
	cache->size = size;
	cache->align = align < _Alignof(struct cached) ? _Alignof(struct cached) : align;
	cache->construct = construct;
	cache->destruct = destruct;
	cache->private = private;
	host_mutex_init(&cache->lock);
	leak_add(&cache_leak, cache, 0, CALLER());
	return cache;
}

static struct cached *spare_take(struct kmem_cache *cache)
{
	struct cached *c;

	host_mutex_lock(&cache->lock);
	c = cache->spare;
	if (c != NULL) {
		cache->spare = c->next;
		cache->nspare--;
	}
	host_mutex_unlock(&cache->lock);
	return c;
}

static bool spare_put(struct kmem_cache *cache, struct cached *c)
{
	bool kept;

	host_mutex_lock(&cache->lock);
	kept = cache->nspare < CACHE_SPARE;
	if (kept) {
		c->next = cache->spare;
		cache->spare = c;
		cache->nspare++;
	}
	host_mutex_unlock(&cache->lock);
	return kept;
}

static void used_add(struct kmem_cache *cache, size_t n)
{
	host_mutex_lock(&cache->lock);
	cache->used += n;
	host_mutex_unlock(&cache->lock);
}

/* NULL also when the constructor fails. */
void *kmem_cache_alloc(kmem_cache_t *cache, int flags)
{
	struct cached *c = spare_take(cache);

	if (c == NULL) {
		c = cached_create(cache, (flags & KM_NOSLEEP) == 0);
		if (c == NULL)
			return NULL;
		if (cache->construct != NULL && cache->construct(object_of(c), cache->private, flags) != 0) {
			cached_free(c);
			return NULL;
		}
	}
	used_add(cache, 1);
	leak_add(&object_leak, object_of(c), cache->size, CALLER());
	return object_of(c);
}

static void object_destroy(struct kmem_cache *cache, struct cached *c)
{
	if (cache->destruct != NULL)
		cache->destruct(object_of(c), cache->private);
	cached_free(c);
}

/* The object is in its constructed state. */
void kmem_cache_free(kmem_cache_t *cache, void *object)
{
	if (!leak_remove(&object_leak, object, NULL))
		driver_bug(CALLER(), "kmem_cache_free: %s: %p is not allocated", cache->name, object);
	used_add(cache, (size_t)-1);
	if (!spare_put(cache, head_of(object)))
		object_destroy(cache, head_of(object));
}

void kmem_cache_reap_now(kmem_cache_t *cache)
{
	struct cached *c;

	while ((c = spare_take(cache)) != NULL)
		object_destroy(cache, c);
}

/* The driver's code may be gone: no destructors. */
static void cache_free_all(void *key, size_t bytes)
{
	struct kmem_cache *cache = key;
	struct cached *c;

	while ((c = spare_take(cache)) != NULL)
		cached_free(c);
	host_mutex_destroy(&cache->lock);
	host_free(cache, sizeof(*cache));
}

void kmem_cache_destroy(kmem_cache_t *cache)
{
	if (!leak_remove(&cache_leak, cache, NULL))
		driver_bug(CALLER(), "kmem_cache_destroy: %p is not a cache", (void *)cache);
	kmem_cache_reap_now(cache);
	if (cache->used > 0)
		driver_warning(CALLER(), "kmem_cache_destroy: %s: %lu objects are still allocated", cache->name,
			       cache->used);
	cache_free_all(cache, 0);
}
