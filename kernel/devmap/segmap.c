/* SPDX-License-Identifier: BSD-2-Clause */
/* The ways from a driver's segmap(9E) into a mapping. */
#include <sys/errno.h>
#include <sys/mman.h>
#include <sys/sunddi.h>

#include "kernel/devmap/device.h"
#include "kernel/devmap/old_mmap.h"

int ddi_devmap_segmap(dev_t dev, off_t off, struct as *as, caddr_t *addrp, off_t len, uint_t prot, uint_t maxprot,
		      uint_t flags, cred_t *cred)
{
	return devmap_setup(dev, off, as, addrp, (size_t)len, prot, maxprot, flags, cred);
}

int ddi_segmap_setup(dev_t dev, off_t off, struct as *as, caddr_t *addrp, off_t len, uint_t prot, uint_t maxprot,
		     uint_t flags, cred_t *cred, const ddi_device_acc_attr_t *accattr, uint_t rnumber)
{
	const struct cb_ops *entries = device_entries(dev);

	if (entries == NULL || !device_slot_usable(entries->cb_mmap))
		return ENODEV;
	if ((flags & MAP_TYPE) != MAP_SHARED)
		return EINVAL;
	return old_mmap_setup(dev, off, as, addrp, (size_t)len, prot, maxprot, flags);
}

int ddi_segmap(dev_t dev, off_t off, struct as *as, caddr_t *addrp, off_t len, uint_t prot, uint_t maxprot, uint_t flags,
	       cred_t *cred)
{
	return ddi_segmap_setup(dev, off, as, addrp, len, prot, maxprot, flags, cred, NULL, 0);
}
