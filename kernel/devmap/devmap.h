/* SPDX-License-Identifier: BSD-2-Clause */
/* devmap.h: what system calls do to the device mappings of an address space.  Ranges are whole pages. */
#ifndef KERNEL_DEVMAP_DEVMAP_H
#define KERNEL_DEVMAP_DEVMAP_H

#include <stddef.h>
#include <stdint.h>

struct address_space;

/*
 * Begins a layout change with nothing in the range locked for a device.  EINTR: a signal is pending and something is
 * still locked.
 */
int devmap_layout_begin(struct address_space *space, uintptr_t addr, size_t len);
/*
 * munmap(2): what lies in the range goes; the rest of it is ignored.  May block for a driver.  EINTR as above, and
 * nothing has changed.
 */
int devmap_unmap(struct address_space *space, uintptr_t addr, size_t len);
/*
 * After the driver has returned from the mmap(2) that made a mapping at addr.  0; or why the host could not show it, with
 * the mapping taken away again as by munmap(2).  EFAULT: the process is dying, and its end takes the mapping away.
 */
int devmap_confirm(struct address_space *space, uintptr_t addr, size_t len);
/* exit(2), exec(2): everything goes, in address order. */
void devmap_unmap_all(struct address_space *space);
/* mprotect(2), prot as mmap(2) has it.  EACCES: more than a driver grants, and nothing has changed; ENOMEM; EINTR. */
int devmap_protect(struct address_space *space, uintptr_t addr, size_t len, unsigned prot);
/*
 * fork(2): copies every segment into the empty address space child.  0; or the error of a driver's devmap_dup, ENOMEM:
 * child is empty again.
 */
int devmap_dup_all(struct address_space *parent, struct address_space *child);

#endif
