/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * page_object.h: whole pages of kernel memory that processes can map.  Whoever needs the pages holds a
 * reference; they go back to the host with the last one.  An object is found again from any kernel
 * address inside it, so that a driver's hand-made cookie names pages as well as one of ddi_umem_alloc().
 *
 * Context: any that may block.  Locks: the index has a lock of its own, a leaf.
 */
#ifndef KERNEL_VM_PAGE_OBJECT_H
#define KERNEL_VM_PAGE_OBJECT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "kernel/host.h"
#include "kernel/lib/tree.h"

#define PAGE_SIZE ((size_t)4096)
#define PAGE_OFFSET (PAGE_SIZE - 1)

static inline uintptr_t
page_floor(uintptr_t n)
{
	return n & ~PAGE_OFFSET;
}

/* n is at most UINTPTR_MAX - PAGE_OFFSET. */
static inline uintptr_t
page_ceil(uintptr_t n)
{
	return (n + PAGE_OFFSET) & ~PAGE_OFFSET;
}

struct page;

struct page_object {
	/* constant for its life */
	struct host_pages *pages;
	char *address;
	size_t size; /* bytes, whole pages */
	bool resident;
	bool one_piece; /* devices see it so too; set by whoever made it, before others know it */
	bool registers; /* of a device, and no memory; likewise */
	unsigned frame; /* number of its first page: mmap(9E) returns an int */

	atomic_size_t references;
	atomic_size_t exports;            /* mapping handles that show it to a process now */
	struct page *_Atomic descriptors; /* of its pages, for drivers that ask, see page.c; NULL: none has */

	/* in the index; protected by its lock */
	struct tree_node node; /* by address */
	struct tree_node frame_node;
};

/*
 * Zero-filled pages.  size: bytes > 0, a multiple of the page size.  flags: HOST_PAGES_*.  0, or ENOMEM, EAGAIN.
 * *out is held once, for the caller.
 */
int page_object_create(size_t size, unsigned flags, struct page_object **out);
/* The same for pages that the host has made, size bytes of them; it takes them over, but not on an error: ENOMEM. */
int page_object_adopt(struct host_pages *pages, size_t size, bool resident, struct page_object **out);
void page_object_hold(struct page_object *object);
/* object may be NULL. */
void page_object_release(struct page_object *object);

/*
 * The object around a kernel address, held for the caller, and the address's offset in it; NULL: no object there.
 * The caller knows that the memory has not been freed.
 */
struct page_object *page_object_find(const void *address, size_t *offset);

/*
 * Page frame numbers: one map for all that drivers know by them.
 *
 *	0             PAGE_FRAME_OBJECTS                     2^31
 *	|  |=alias=|  |  |==object==|  |==object==|            |
 *	       as devices see pages that are bound for DMA
 */
#define PAGE_FRAME_OBJECTS 0x40000000u

/* Other frame numbers of an object's pages; all-zero: of none.  In the struct of who made it. */
struct page_alias {
	struct tree_node node; /* by its first frame; protected by the index's lock */
	size_t pages;
	struct page_object *object; /* held */
	size_t offset;              /* of its first page */
};
/* frame + pages is below PAGE_FRAME_OBJECTS, and no other alias has any of them. */
void page_alias_add(struct page_alias *alias, uintptr_t frame, size_t pages, struct page_object *object, size_t offset);
void page_alias_remove(struct page_alias *alias);
/* The object that has a frame, by its own number or another's, held, and the page's offset in it; NULL: there is none. */
struct page_object *page_object_find_frame(unsigned frame, size_t *offset);

/* page.c: at the end of the object. */
void page_descriptors_free(struct page_object *object);

#endif
