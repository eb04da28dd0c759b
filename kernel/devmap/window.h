/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * window.h: what the host shows of a handle's memory.  All under handle->lock, or while nobody else knows the
 * handle.
 */
#ifndef KERNEL_DEVMAP_WINDOW_H
#define KERNEL_DEVMAP_WINDOW_H

#include <stddef.h>
#include <stdint.h>

struct handle;
struct page_object;
struct patch;

/* Lays the handle's first window over its claimed range.  0 or errno of the host.  May block. */
int window_show(struct handle *handle);
/*
 * The same for a fork child's intercepted handle: what its parent shows, since a host may have the process's memory
 * copied by its own fork.  A remap that the parent has not seen yet is found by the child's first fault.
 */
int window_inherit(struct handle *handle, const struct handle *parent);
/*
 * Makes the host's windows over [start, end) show what is behind the handle now, which they may not after a
 * remap.  The handle has memory.  0 or errno of the host.  May block.
 */
int window_reveal(struct handle *handle, uintptr_t start, uintptr_t end);
/* The part around addr that window_reveal() can handle at once, at most [*start, *end). */
void window_clamp(const struct handle *handle, uintptr_t addr, uintptr_t *start, uintptr_t *end);

/* Old mmap(9E): the page at addr is the one at offset of object now; the hold of object is taken over. */
int window_patch(struct handle *handle, uintptr_t addr, struct page_object *object, size_t offset);
/* Kernel address of what the patch at addr shows, or NULL. */
char *window_patch_address(const struct handle *handle, uintptr_t addr);

/* The handle is cut: [start, end) stays, old_base was its begin.  Other patches end up on *dropped. */
void window_trim(struct handle *handle, uintptr_t old_base, uintptr_t start, uintptr_t end,
		 struct patch **dropped);
/* After a middle cut: the new handle shows what the old one showed in the same place. */
void window_split(struct handle *part, struct handle *whole);
/* When the host's window is gone: frees them, with their pages. */
void window_drop(struct patch *dropped);
/* The same for all that a handle shows. */
void window_forget(struct handle *handle);

#endif
