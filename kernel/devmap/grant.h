/* SPDX-License-Identifier: BSD-2-Clause */
/* grant.h: what setup and remap of kernel memory and of registers have in common: is it allowed, and what changes. */
#ifndef KERNEL_DEVMAP_GRANT_H
#define KERNEL_DEVMAP_GRANT_H

#include <stdbool.h>
#include <sys/ddidevmap.h>

struct handle;

/* May a setup call with this protection and these flags be made for the handle? */
bool grant_setup_allowed(const devmap_handle_t *dh, unsigned maxprot, unsigned flags);
/* What is behind the handle is known: fills in the rest.  ops may be NULL. */
void grant_setup(struct handle *handle, const struct devmap_callback_ctl *ops, size_t len, unsigned maxprot,
		 unsigned flags);

/* May it be remapped: is what each of its pages has by now granted?  Under handle->lock. */
bool grant_remap_allowed(const struct handle *handle, unsigned maxprot);
/* It has been, under handle->lock; invalid: to nothing. */
void grant_remap(struct handle *handle, unsigned maxprot, bool invalid);

#endif
