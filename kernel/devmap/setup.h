/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * setup.h: a mapping on its way into an address space.  Until mapping_place() has published it nobody else knows
 * its segment, so that no callback sees half a mapping.
 */
#ifndef KERNEL_DEVMAP_SETUP_H
#define KERNEL_DEVMAP_SETUP_H

#include "kernel/devmap/handle.h"

struct mapping {
	/* what is asked for */
	dev_t dev;
	offset_t off;
	size_t len; /* bytes as the application gave them */
	unsigned prot, maxprot, flags;
	uintptr_t addr; /* the wish; in the end the place */

	/* what has been made */
	struct devmap_segment *segment;
	size_t size; /* len in whole pages */
};

/* ENOMEM: len is beyond any address space. */
int mapping_begin(struct mapping *mapping, struct address_space *space);
/* The next handle; its user address is its offset in the mapping for now. */
void mapping_add(struct mapping *mapping, struct handle *handle, size_t at);
/* A fresh handle for what lies at byte at of the mapping; not in the segment yet. */
struct handle *mapping_handle(const struct mapping *mapping, size_t at);
/* Frees it; no devmap_map has been called. */
void mapping_abandon(struct mapping *mapping);
/*
 * Finds its place, calls devmap_map for its handles in order, and publishes it.  0, or an errno with everything undone
 * and mapping freed.  Nothing is undone once the last devmap_map has succeeded: see devmap_confirm().
 */
int mapping_place(struct mapping *mapping);

#endif
