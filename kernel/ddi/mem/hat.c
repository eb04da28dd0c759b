/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's own translations.  A driver takes addresses from heap_arena and shows pages there, by frame number:
 *
 *	vmem_alloc(heap_arena)   |---------------- memory ----------------|
 *	hat_devload                    |== pages ==|    |= pages =|
 *	hat_unload                     |-----------|                         whole windows only
 *
 * Under a window the memory keeps its own pages.
 */
#include "kernel/ddi/mem/hat.h"

#include <sys/types.h>
#include <vm/as.h>
#include <vm/hat.h>

#include "kernel/lib/message.h"
#include "kernel/vm/page_object.h"

struct hat_window {
	struct tree_node node; /* by address */
	size_t len;
	struct page_object *object; /* shown, from offset on; held */
	size_t offset;
	struct page_object *below; /* whose addresses these are; held */
	size_t below_offset;
};

static struct {
	struct host_mutex lock; /* protects the field below; held across host_pages_show(), before the page index's */
	struct tree by_address;
} windows;

/* The first window that ends above addr; under the lock. */
static struct hat_window *
window_from(uintptr_t addr)
{
	struct tree_node *below = tree_find_below(&windows.by_address, addr);
	struct hat_window *window = tree_entry(below, struct hat_window, node);

	if (window != NULL && addr - window->node.key < window->len)
		return window;
	return tree_entry(tree_find_above(&windows.by_address, addr), struct hat_window, node);
}

static bool
overlaps(uintptr_t addr, size_t len)
{
	struct hat_window *window = window_from(addr);

	return window != NULL && (window->node.key <= addr || window->node.key - addr < len);
}

bool hat_is_loaded(uintptr_t addr, size_t len)
{
	bool is;

	host_mutex_lock(&windows.lock);
	is = overlaps(addr, len);
	host_mutex_unlock(&windows.lock);
	return is;
}

/* ---- load and unload ---- */

/* [offset, offset + len) lies in it; else it is released, and NULL returned.  object may be NULL. */
static struct page_object *
object_with(struct page_object *object, size_t offset, size_t len)
{
	if (object != NULL && len <= object->size - offset)
		return object;
	page_object_release(object);
	return NULL;
}

static void
window_free(struct hat_window *window)
{
	page_object_release(window->below);
	page_object_release(window->object);
	host_free(window, sizeof(*window));
}

/* NULL: no such memory. */
static struct hat_window *
window_create(uintptr_t addr, size_t len, pfn_t frame)
{
	struct hat_window *window = host_alloc(sizeof(*window), true);

	window->len = len;
	if (frame <= UINT32_MAX)
		window->object = page_object_find_frame((unsigned)frame, &window->offset);
	window->object = object_with(window->object, window->offset, len);
	window->below = page_object_find((void *)addr, &window->below_offset);
	window->below = object_with(window->below, window->below_offset, len);
	if (window->object != NULL && window->below != NULL)
		return window;
	window_free(window);
	return NULL;
}

/* Under the lock. */
static bool
window_insert(struct hat_window *window, uintptr_t addr)
{
	if (overlaps(addr, window->len) ||
	    host_pages_show((void *)addr, window->len, window->object->pages, window->offset) != 0)
		return false;
	tree_insert(&windows.by_address, &window->node, addr);
	return true;
}

/*
 * Shows the pages from frame on at kernel addresses that the driver has from heap_arena.  What is wrong is reported, as there
 * is no result: the range must be free of windows, and the frames of one piece of memory.
 */
void hat_devload(struct hat *hat, caddr_t addr, size_t len, pfn_t frame, uint_t attr, int flags)
{
	uintptr_t at = (uintptr_t)addr;
	struct hat_window *window;
	bool done;

	len = page_ceil(len);
	window = (at & PAGE_OFFSET) == 0 && len > 0 ? window_create(at, len, frame) : NULL;
	if (window == NULL) {
		driver_warning(CALLER(), "hat_devload: %lu bytes of frame 0x%lx at %p: no such memory, or no whole pages",
			       len, frame, (void *)addr);
		return;
	}
	host_mutex_lock(&windows.lock);
	done = window_insert(window, at);
	host_mutex_unlock(&windows.lock);
	if (done)
		return;
	window_free(window);
	driver_warning(CALLER(), "hat_devload: %lu bytes at %p: something is loaded there, or no memory", len,
		       (void *)addr);
}

/* Under the lock. */
static bool
windows_remove(uintptr_t addr, size_t len)
{
	struct hat_window *window;

	while (overlaps(addr, len)) {
		uintptr_t base;

		window = window_from(addr);
		base = window->node.key;

		if (base < addr || window->len > len - (base - addr) ||
		    host_pages_show((void *)base, window->len, window->below->pages, window->below_offset) != 0)
			return false;
		tree_remove(&windows.by_address, &window->node);
		window_free(window);
	}
	return true;
}

/* The memory shows its own pages again.  The range must not cut a window: reported. */
void hat_unload(struct hat *hat, caddr_t addr, size_t len, uint_t flags)
{
	bool done;

	host_mutex_lock(&windows.lock);
	done = windows_remove((uintptr_t)addr, page_ceil(len));
	host_mutex_unlock(&windows.lock);
	if (!done)
		driver_warning(CALLER(), "hat_unload: %lu bytes at %p: not all of what was loaded together", len,
			       (void *)addr);
}

/* Nothing is paged out: there is nothing to unlock. */
void hat_unlock(struct hat *hat, caddr_t addr, size_t len)
{
}

/* ---- what kernel addresses show ---- */

/*
 *	windows   |== 3, 4 of object ==|== 5 of object ==|
 *	               at|---- len ----|                       one piece of the object, however it was loaded
 *
 * Under the lock.  NULL: parts of different pieces, or not all of it is in windows.
 */
static struct page_object *
windows_pages(uintptr_t at, size_t len, size_t *offset)
{
	const struct hat_window *window = window_from(at), *next;
	struct page_object *object = window->object;
	uintptr_t end;

	if (window->node.key > at)
		return NULL;
	*offset = window->offset + (at - window->node.key);
	while ((end = window->node.key + window->len) - at < len) {
		next = window_from(end);
		if (next == NULL || next->node.key != end || next->object != object ||
		    next->offset != window->offset + window->len)
			return NULL;
		window = next;
	}
	page_object_hold(object);
	return object;
}

struct page_object *
hat_pages(const void *address, size_t len, size_t *offset)
{
	struct page_object *object = NULL;
	bool shown;

	*offset = 0;
	host_mutex_lock(&windows.lock);
	shown = overlaps((uintptr_t)address, len);
	if (shown)
		object = windows_pages((uintptr_t)address, len, offset);
	host_mutex_unlock(&windows.lock);
	if (shown)
		return object;
	object = page_object_find(address, offset);
	return object_with(object, *offset, len);
}

/* ---- frame numbers ---- */

static pfn_t
window_frame(uintptr_t addr)
{
	pfn_t frame = PFN_INVALID;
	struct hat_window *window;

	host_mutex_lock(&windows.lock);
	window = window_from(addr);
	if (window != NULL && window->node.key <= addr)
		frame = window->object->frame + (window->offset + (addr - window->node.key)) / PAGE_SIZE;
	host_mutex_unlock(&windows.lock);
	return frame;
}

/* Of kernel memory that can be mapped; what a driver's mmap(9E) returns.  PFN_INVALID: of other memory. */
pfn_t hat_getpfnum(struct hat *hat, caddr_t addr)
{
	pfn_t frame = window_frame((uintptr_t)addr);
	struct page_object *object;
	size_t offset;

	if (frame != PFN_INVALID)
		return frame;
	object = page_object_find(addr, &offset);
	if (object == NULL)
		return PFN_INVALID;
	frame = object->frame + offset / PAGE_SIZE;
	page_object_release(object);
	return frame;
}
