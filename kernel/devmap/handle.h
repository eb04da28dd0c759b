/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * handle.h: mapping handles, and the segments that they make up.
 *
 *	segment  |=======================================|
 *	handles  |-- cookie A --|---- cookie B ----|- A -|    one per devmap(9E) call
 *
 * A handle belongs to the segment's address space; but any process's thread may unload or remap it, as long as
 * the driver has not returned from its devmap_unmap.
 */
#ifndef KERNEL_DEVMAP_HANDLE_H
#define KERNEL_DEVMAP_HANDLE_H

#include <sys/ddidevmap.h>
#include <sys/types.h>

#include "kernel/vm/address_space.h"
#include "kernel/vm/page_object.h"
#include "kernel/lib/tree.h"

struct access_order;
struct context_group;

/* What is behind a handle's pages. */
enum backing {
	BACKING_UNSET,          /* no setup call has been made yet */
	BACKING_PAGES,          /* object, from offset on */
	BACKING_TRASH,          /* one page for all: object is the trash object */
	BACKING_OLD_MMAP,       /* mmap(9E) names a page at each fault */
	BACKING_INVALID_UMEM,   /* devmap_umem_setup(9F) with DEVMAP_MAPPING_INVALID: no access succeeds */
	BACKING_INVALID_DEVMEM, /* the same by devmap_devmem_remap(9F) */
};

struct handle {
	devmap_handle_t public;      /* first: dhp points here */
	struct tree_node node;       /* in the segment by user address; changed in a layout change only */
	struct address_space *space; /* constant */
	struct context_group *group; /* NULL without devmap_access; constant after setup */
	struct access_order *order;  /* likewise */

	/*
	 * Protects the fields below and those of public that a cut or a remap changes.  Held across the host's
	 * calls for this handle's translations, so that load, unload and remap come one after the other.
	 */
	struct host_mutex lock;
	enum backing backing;
	bool exports;               /* counted in object->exports */
	struct page_object *object; /* held */
	size_t offset;              /* of the handle's first byte in object */
	unsigned long unloads;      /* unloads and remaps so far */

	/* what the host's window over the handle shows, see window.c */
	struct page_object *shown; /* held; NULL: nothing */
	size_t shown_offset;
	struct tree patches; /* smaller windows over it, by address: struct patch */

	struct tree protections; /* by address, see protection.h */
};

struct devmap_segment {
	struct segment segment; /* first */
	dev_t dev;
	struct tree handles; /* by user address */
	int unshown;         /* constant: why the host could not show it when it was made, see devmap_confirm() */
};

static inline struct handle *
handle_of(devmap_cookie_t dhp)
{
	return (struct handle *)dhp;
}

static inline uintptr_t
handle_base(const struct handle *handle)
{
	return (uintptr_t)handle->public.dh_uvaddr;
}

static inline uintptr_t
handle_end(const struct handle *handle)
{
	return handle_base(handle) + handle->public.dh_len;
}

/* User offset of a user address of the handle.  An application may ask for offsets up to the last there is. */
static inline offset_t
handle_offset(const struct handle *handle, uintptr_t addr)
{
	return (offset_t)((uint64_t)handle->public.dh_uoff + (addr - handle_base(handle)));
}

/* ---- handles ---- */

/* Never NULL; may block. */
struct handle *handle_create(struct address_space *space);
/* No window shows it and no segment has it. */
void handle_destroy(struct handle *handle);

/* Has it a devmap_access callback that is one? */
bool handle_has_access(const struct handle *handle);
/* Must accesses without a translation come to us? */
bool handle_intercepts(const struct handle *handle);

/* Under handle->lock, or while nobody else knows the handle.  Takes over the caller's hold of object. */
void handle_back(struct handle *handle, enum backing backing, struct page_object *object, size_t offset);
/* The handle exports its pages no longer, though they stay: before its last unmap callback. */
void handle_stop_export(struct handle *handle);
/* Kernel address of the byte at a user address of the handle; under handle->lock.  NULL: there is none. */
char *handle_kernel_address(struct handle *handle, uintptr_t addr);

/* ---- segments ---- */

/*
 * An empty segment in an address space, unpublished.  Holds the device for the mapping; NULL: it is not open, as it is
 * where there is a mapping already.
 */
struct devmap_segment *devmap_segment_create(struct address_space *space, dev_t dev);
/* No handle is left; it is published no longer.  May call the driver's close(9E). */
void devmap_segment_destroy(struct devmap_segment *segment);
void devmap_segment_add(struct devmap_segment *segment, struct handle *handle);
void devmap_segment_take(struct devmap_segment *segment, struct handle *handle);
/* The first handle that ends above addr, in any segment; NULL: none.  In an access or a layout change. */
struct handle *handle_from(struct address_space *space, uintptr_t addr);
/* The same in one segment. */
struct handle *devmap_segment_from(const struct devmap_segment *segment, uintptr_t addr);
/* The handle around addr, or NULL. */
struct handle *devmap_segment_find(const struct devmap_segment *segment, uintptr_t addr);

static inline struct handle *
devmap_segment_first(const struct devmap_segment *segment)
{
	return tree_entry(tree_first(&segment->handles), struct handle, node);
}

static inline struct handle *
handle_next(const struct handle *handle)
{
	return (struct handle *)handle->public.dh_next;
}

#endif
