/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/errno.h>

#include "kernel/vm/page_object.h"

/* All objects by kernel address. */
static struct {
	struct host_mutex lock; /* protects the field below */
	struct tree by_address;
} page_index;

static void
index_insert(struct page_object *object)
{
	host_mutex_lock(&page_index.lock);
	tree_insert(&page_index.by_address, &object->node, (uintptr_t)object->address);
	host_mutex_unlock(&page_index.lock);
}

int
page_object_create(size_t size, unsigned flags, struct page_object **out)
{
	struct page_object *object = host_alloc(sizeof(*object), !(flags & HOST_PAGES_NOWAIT));
	int error;

	if (object == NULL)
		return ENOMEM;
	error = host_pages_create(size, flags, &object->pages);
	if (error != 0) {
		host_free(object, sizeof(*object));
		return error;
	}
	object->address = host_pages_address(object->pages);
	object->size = size;
	object->resident = (flags & HOST_PAGES_LOCKED) != 0;
	atomic_init(&object->references, 1);
	atomic_init(&object->exports, 0);
	index_insert(object);
	*out = object;
	return 0;
}

void
page_object_hold(struct page_object *object)
{
	atomic_fetch_add_explicit(&object->references, 1, memory_order_relaxed);
}

void
page_object_release(struct page_object *object)
{
	if (object == NULL)
		return;
	/* Under the index's lock, so that page_object_find() never revives an object that is on its way out. */
	host_mutex_lock(&page_index.lock);
	if (atomic_fetch_sub_explicit(&object->references, 1, memory_order_acq_rel) != 1) {
		host_mutex_unlock(&page_index.lock);
		return;
	}
	tree_remove(&page_index.by_address, &object->node);
	host_mutex_unlock(&page_index.lock);
	host_pages_destroy(object->pages);
	host_free(object, sizeof(*object));
}

struct page_object *
page_object_find(const void *address, size_t *offset)
{
	struct page_object *object;

	host_mutex_lock(&page_index.lock);
	object = tree_entry(tree_find_below(&page_index.by_address, (uintptr_t)address), struct page_object, node);
	if (object != NULL && (uintptr_t)address - (uintptr_t)object->address < object->size) {
		*offset = (uintptr_t)address - (uintptr_t)object->address;
		page_object_hold(object);
	} else {
		object = NULL;
	}
	host_mutex_unlock(&page_index.lock);
	return object;
}
