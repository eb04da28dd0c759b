/* SPDX-License-Identifier: BSD-2-Clause */
/* unmap.h: taking device mappings away. */
#ifndef KERNEL_DEVMAP_UNMAP_H
#define KERNEL_DEVMAP_UNMAP_H

#include <stddef.h>
#include <stdint.h>

struct address_space;
struct devmap_segment;
struct handle;

/*
 * Takes what lies in [addr, addr + len), whole pages, out of the address space: devmap_unmap for each handle
 * in ascending order.  In a layout change.  Returns the segments that are gone, for unmap_finish().
 */
struct devmap_segment *unmap_range(struct address_space *space, uintptr_t addr, size_t len);

/* After the layout change: their devices may get their close(9E) now.  dead may be NULL. */
void unmap_finish(struct devmap_segment *dead);

/* Calls devmap_unmap for the whole of a handle, which exports nothing any more then. */
void unmap_whole(struct handle *handle);

#endif
