/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/mem/kmem.h"
#include "kernel/ddi/core/leak.h"
#include "kernel/lib/message.h"
#include "kernel/host.h"
#include "kernel/vm/page_object.h"
#include <sys/param.h>
#include <sys/string.h>

/*
 * Whole pages come from page objects: page-aligned, and a driver may export them through a cookie that it
 * makes by hand.  Everything else is the host's memory, each allocation by itself, so that the host's
 * tools (sanitizers, valgrind) see its exact bounds.
 */
static bool whole_pages(size_t size)
{
	return size >= PAGESIZE && (size & PAGEOFFSET) == 0;
}

static void pages_put(void *p, const void *caller)
{
	size_t offset;
	struct page_object *object = page_object_find(p, &offset);

	if (atomic_load(&object->exports) > 0)
		driver_warning(caller, "kmem_free: %p of %lu bytes is still mapped by a process", p, object->size);
	page_object_release(object); /* the one that finding it made */
	page_object_release(object);
}

static void memory_put(void *p, size_t size, const void *caller)
{
	if (whole_pages(size))
		pages_put(p, caller);
	else
		host_free(p, size);
}

static void leaked_put(void *p, size_t size)
{
	memory_put(p, size, NULL);
}

static const struct leak_kind kmem_leak = {"kmem", leaked_put};

static void *pages_get(size_t size, int flags)
{
	struct page_object *object;
	int error = page_object_create(size, flags & KM_NOSLEEP ? HOST_PAGES_NOWAIT : 0, &object);

	if (error == 0)
		return object->address;
	if ((flags & KM_NOSLEEP) == 0) {
		message(HOST_LOG_WARN, "kmem_alloc: %lu bytes: no memory (error %d), and the driver cannot wait",
			size, error);
		host_panic("out of memory");
	}
	return NULL;
}

void *kmem_get(size_t size, int flags, const void *caller)
{
	void *p;

	if (size == 0)
		return NULL;
	p = whole_pages(size) ? pages_get(size, flags) : host_alloc(size, (flags & KM_NOSLEEP) == 0);
	if (p != NULL)
		leak_add(&kmem_leak, p, size, caller);
	return p;
}

void *kmem_alloc(size_t size, int flags)
{
	return kmem_get(size, flags, CALLER());
}

void *kmem_zalloc(size_t size, int flags)
{
	return kmem_get(size, flags, CALLER());
}

void kmem_free(void *p, size_t size)
{
	size_t allocated;

	if (p == NULL && size == 0)
		return;
	if (!leak_find(&kmem_leak, p, &allocated, NULL))
		driver_bug(CALLER(), "kmem_free: %p of %lu bytes is not allocated", p, size);
	if (allocated != size)
		driver_bug(CALLER(), "kmem_free: %p of %lu bytes was allocated with %lu", p, size, allocated);
	(void)leak_remove(&kmem_leak, p, NULL);
	memory_put(p, size, CALLER());
}

/* ---- strings in kernel memory ---- */

char *ddi_strdup(const char *s, int flags)
{
	size_t size = strlen(s) + 1;
	char *copy = kmem_get(size, flags, CALLER());

	return copy != NULL ? memcpy(copy, s, size) : NULL;
}

char *strdup(const char *s)
{
	size_t size = strlen(s) + 1;

	return memcpy(kmem_get(size, KM_SLEEP, CALLER()), s, size);
}

void strfree(char *s)
{
	kmem_free(s, strlen(s) + 1);
}
