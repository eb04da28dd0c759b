/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/devmap/grant.h"

#include <sys/sunddi.h>

#include "kernel/devmap/handle.h"
#include "kernel/devmap/protection.h"

/* Does the driver grant all that the process asked for? */
static bool
protection_granted(const devmap_handle_t *dh, unsigned prot, unsigned maxprot)
{
	return (prot & dh->dh_orig_maxprot & maxprot) == prot;
}

static bool
cache_attributes_valid(unsigned flags)
{
	unsigned attributes = flags & IOMEM_DATA_MASK;

	return (attributes & (attributes - 1)) == 0;
}

bool grant_setup_allowed(const devmap_handle_t *dh, unsigned maxprot, unsigned flags)
{
	if ((dh->dh_flags & DEVMAP_SETUP_DONE) || !cache_attributes_valid(flags) || !protection_granted(dh, dh->dh_prot, maxprot))
		return false;
	return !(flags & DEVMAP_MAPPING_INVALID) || (flags & DEVMAP_ALLOW_REMAP);
}

void grant_setup(struct handle *handle, const struct devmap_callback_ctl *ops, size_t len, unsigned maxprot,
		 unsigned flags)
{
	devmap_handle_t *dh = &handle->public;

	dh->dh_len = page_ceil(len);
	dh->dh_maxprot = maxprot & dh->dh_orig_maxprot;
	dh->dh_hat_attr = flags & IOMEM_DATA_MASK;
	dh->dh_flags |= (flags & DEVMAP_SETUP_FLAGS) | DEVMAP_SETUP_DONE;
	if (ops != NULL)
		dh->dh_callbackops = *ops;
}

bool grant_remap_allowed(const struct handle *handle, unsigned maxprot)
{
	uintptr_t addr = handle_base(handle);

	if ((handle->public.dh_flags & DEVMAP_ALLOW_REMAP) == 0)
		return false;
	while (addr < handle_end(handle)) {
		if (!protection_granted(&handle->public, protection_at(handle, addr, &addr), maxprot))
			return false;
	}
	return true;
}

void grant_remap(struct handle *handle, unsigned maxprot, bool invalid)
{
	devmap_handle_t *dh = &handle->public;

	dh->dh_maxprot = maxprot & dh->dh_orig_maxprot;
	if (invalid)
		dh->dh_flags |= DEVMAP_MAPPING_INVALID;
	else
		dh->dh_flags &= ~(uint_t)DEVMAP_MAPPING_INVALID;
}
