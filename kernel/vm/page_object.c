/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/errno.h>

#include "kernel/vm/page_object.h"

/*
 * Page frame numbers: mmap(9E) returns them as an int, and -1 is no frame.  Those below are for addresses that devices have for
 * the same pages, see struct page_alias.
 */
#define FRAME_FIRST PAGE_FRAME_OBJECTS
#define FRAME_END 0x7fffffffu

/* All objects. */
static struct {
	struct host_mutex lock; /* protects the fields below */
	struct tree by_address;
	struct tree by_frame;
	struct tree aliases; /* by frame */
	unsigned next_frame; /* where to look for free frame numbers */
} page_index;

/*
 *	FRAME_FIRST              next_frame        FRAME_END
 *	  |  |=object=|    |=object=|    ->            |
 *
 * The first free run of numbers from next_frame on, then from the begin.  0: there is none.  Under the index's lock.
 */
static unsigned
frame_find(size_t pages)
{
	size_t frame = page_index.next_frame < FRAME_FIRST ? FRAME_FIRST : page_index.next_frame;
	bool wrapped = false;

	for (;;) {
		const struct page_object *object;

		if (frame + pages > FRAME_END) {
			if (wrapped)
				return 0;
			wrapped = true;
			frame = FRAME_FIRST;
		}
		object = tree_entry(tree_find_below(&page_index.by_frame, frame + pages - 1), struct page_object,
				    frame_node);
		if (object == NULL || object->frame + object->size / PAGE_SIZE <= frame)
			return (unsigned)frame;
		frame = object->frame + object->size / PAGE_SIZE;
	}
}

static int
index_insert(struct page_object *object)
{
	size_t pages = object->size / PAGE_SIZE;

	host_mutex_lock(&page_index.lock);
	object->frame = frame_find(pages);
	if (object->frame != 0) {
		page_index.next_frame = object->frame + (unsigned)pages;
		tree_insert(&page_index.by_address, &object->node, (uintptr_t)object->address);
		tree_insert(&page_index.by_frame, &object->frame_node, object->frame);
	}
	host_mutex_unlock(&page_index.lock);
	return object->frame != 0 ? 0 : ENOMEM;
}

static int
object_make(struct host_pages *pages, size_t size, bool resident, bool wait, struct page_object **out)
{
	struct page_object *object = host_alloc(sizeof(*object), wait);
	int error;

	if (object == NULL)
		return ENOMEM;
	object->pages = pages;
	object->address = host_pages_address(pages);
	object->size = size;
	object->resident = resident;
	atomic_init(&object->references, 1);
	atomic_init(&object->exports, 0);
	error = index_insert(object);
	if (error != 0) {
		host_free(object, sizeof(*object));
		return error;
	}
	*out = object;
	return 0;
}

int page_object_adopt(struct host_pages *pages, size_t size, bool resident, struct page_object **out)
{
	return object_make(pages, size, resident, true, out);
}

int page_object_create(size_t size, unsigned flags, struct page_object **out)
{
	struct host_pages *pages;
	int error = host_pages_create(size, flags, &pages);

	if (error != 0)
		return error;
	error = object_make(pages, size, (flags & HOST_PAGES_LOCKED) != 0, !(flags & HOST_PAGES_NOWAIT), out);
	if (error != 0)
		host_pages_destroy(pages);
	return error;
}

void page_object_hold(struct page_object *object)
{
	atomic_fetch_add_explicit(&object->references, 1, memory_order_relaxed);
}

void page_object_release(struct page_object *object)
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
	tree_remove(&page_index.by_frame, &object->frame_node);
	host_mutex_unlock(&page_index.lock);
	page_descriptors_free(object);
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

/* ---- by frame number ---- */

void page_alias_add(struct page_alias *alias, uintptr_t frame, size_t pages, struct page_object *object, size_t offset)
{
	page_object_hold(object);
	alias->object = object;
	alias->offset = offset;
	alias->pages = pages;
	host_mutex_lock(&page_index.lock);
	tree_insert(&page_index.aliases, &alias->node, frame);
	host_mutex_unlock(&page_index.lock);
}

void page_alias_remove(struct page_alias *alias)
{
	if (alias->object == NULL)
		return;
	host_mutex_lock(&page_index.lock);
	tree_remove(&page_index.aliases, &alias->node);
	host_mutex_unlock(&page_index.lock);
	page_object_release(alias->object);
	alias->object = NULL;
}

/* Both under the index's lock; *page: of the object. */
static struct page_object *
frame_object(unsigned frame, size_t *page)
{
	struct page_object *object = tree_entry(tree_find_below(&page_index.by_frame, frame), struct page_object, frame_node);

	if (object == NULL || frame - object->frame >= object->size / PAGE_SIZE)
		return NULL;
	*page = frame - object->frame;
	return object;
}

static struct page_object *
frame_alias(unsigned frame, size_t *page)
{
	const struct page_alias *alias = tree_entry(tree_find_below(&page_index.aliases, frame), struct page_alias, node);

	if (alias == NULL || frame - alias->node.key >= alias->pages)
		return NULL;
	*page = alias->offset / PAGE_SIZE + (frame - alias->node.key);
	return alias->object;
}

struct page_object *
page_object_find_frame(unsigned frame, size_t *offset)
{
	struct page_object *object;
	size_t page = 0;

	host_mutex_lock(&page_index.lock);
	object = frame >= FRAME_FIRST ? frame_object(frame, &page) : frame_alias(frame, &page);
	if (object != NULL)
		page_object_hold(object);
	host_mutex_unlock(&page_index.lock);
	*offset = page * PAGE_SIZE;
	return object;
}
