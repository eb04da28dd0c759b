/* SPDX-License-Identifier: BSD-2-Clause */
/* old_mmap.h: drivers with mmap(9E) instead of devmap(9E): a page frame for each page, asked for at each fault. */
#ifndef KERNEL_DEVMAP_OLD_MMAP_H
#define KERNEL_DEVMAP_OLD_MMAP_H

#include <stdint.h>
#include <sys/cred.h>
#include <sys/types.h>

struct as;
struct handle;

/* Maps [off, off + len) of dev.  0 or errno: EINVAL, ENXIO, ENOMEM. */
int old_mmap_setup(dev_t dev, offset_t off, struct as *as, caddr_t *addrp, size_t len, unsigned prot,
		   unsigned maxprot, unsigned flags);
/* Serves a fault on a page of such a mapping.  0 or a fault code. */
int old_mmap_load(struct handle *handle, uintptr_t page, unsigned rw);

#endif
