/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * softlock.h: device mappings locked for a device: DEVMAP_LOCK and DEVMAP_UNLOCK.  One part is what of a range lies in
 * one handle.  All in an access of the part's address space, in the context of its process; they may block for as long
 * as a driver likes.
 */
#ifndef KERNEL_DEVMAP_SOFTLOCK_H
#define KERNEL_DEVMAP_SOFTLOCK_H

#include "kernel/devmap/handle.h"

struct access;
struct pin_part;

/*
 * May [start, end) of the handle be locked for an access in direction rw?  EFAULT: set up with DEVMAP_ALLOW_REMAP;
 * EACCES: its protection.
 */
int softlock_check(struct handle *handle, uintptr_t start, uintptr_t end, unsigned rw);
/*
 * The driver's devmap_access with DEVMAP_LOCK; without one, translations are loaded directly.  On success the part has
 * its pages.  0, or an errno.
 */
int softlock_begin(struct access *access, struct pin_part *part, unsigned rw);
/* DEVMAP_UNLOCK; rw: as it was locked, DEVMAP_OTHER when another part could not be. */
void softlock_end(struct access *access, const struct pin_part *part, unsigned rw);

#endif
