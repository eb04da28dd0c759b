/* SPDX-License-Identifier: BSD-2-Clause */
/* load.h: translations of a handle's pages: load and unload. */
#ifndef KERNEL_DEVMAP_LOAD_H
#define KERNEL_DEVMAP_LOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct handle;

/*
 * Loads [start, end) of the handle, whole pages; translate false: only checks that it could.  Under
 * handle->lock; may block.  0 or a fault code: FC_PROT, or the reason why the handle has no memory.
 */
int load_range(struct handle *handle, uintptr_t start, uintptr_t end, unsigned rw, bool translate);
/* The same for a LOCK, which has all of it loaded or nothing. */
int load_whole(struct handle *handle, uintptr_t start, uintptr_t end, unsigned rw);
/* A fault without devmap_access: loads the page, and its neighbours where that is cheap.  kernel: for the
 * kernel's own access, which needs no translation. */
int load_around(struct handle *handle, uintptr_t page, unsigned rw, bool kernel);

/* Takes the translations of [start, end) away.  Under handle->lock; may block. */
void unload_range(struct handle *handle, uintptr_t start, uintptr_t end);
/* The same for all of it, before a remap: the next access of every page finds what is behind the handle then. */
void unload_handle(struct handle *handle);

#endif
