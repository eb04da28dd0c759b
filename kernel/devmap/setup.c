/* SPDX-License-Identifier: BSD-2-Clause */
/* devmap_setup(9F): asks the driver's devmap(9E) what is behind each part of a new mapping. */
#include "kernel/devmap/setup.h"

#include <sys/conf.h>
#include <sys/errno.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <sys/sunddi.h>

#include "kernel/lib/message.h"
#include "kernel/devmap/context.h"
#include "kernel/devmap/device.h"
#include "kernel/devmap/order.h"

/*
 *	               at          at + length
 *	 mapping  |-----|--- handle ---|-----------------|
 *	                |<- *maplen -->|                      as the driver sets it
 *
 * The last *maplen may reach beyond the mapping's end, where the handle is cut.
 */
static int
handle_cover(struct handle *handle, size_t maplen, size_t rest)
{
	size_t length = maplen < page_ceil(rest) ? maplen : page_ceil(rest);

	if ((maplen & PAGE_OFFSET) != 0)
		return EINVAL;
	if (maplen == 0 || !(handle->public.dh_flags & DEVMAP_SETUP_DONE))
		return ENXIO;
	if (handle->public.dh_len < length) {
		message(HOST_LOG_WARN, "devmap(9E) of device %lx covers %lu bytes, but set %lu up",
			handle->public.dh_dev, length, handle->public.dh_len);
		return ENXIO;
	}
	handle->public.dh_len = length;
	return 0;
}

/* One devmap(9E) call for what lies at byte at; *maplen: how much it covers. */
static int
driver_devmap(struct mapping *mapping, const struct cb_ops *entries, size_t at, size_t *maplen)
{
	struct handle *handle = mapping_handle(mapping, at);
	size_t rest = mapping->len - at;
	int error = 0;

	*maplen = 0;
	if (entries->cb_devmap(mapping->dev, handle, handle->public.dh_uoff, rest, maplen, ddi_mmap_get_model()) != 0)
		error = ENXIO;
	if (error == 0)
		error = handle_cover(handle, *maplen, rest);
	if (error != 0) {
		handle_destroy(handle);
		return error;
	}
	if (handle_has_access(handle)) {
		handle->group = context_group_find(mapping->dev, handle->public.dh_callbackops.devmap_access);
		handle->order = access_order_find(mapping->dev, handle->public.dh_callbackops.devmap_access);
	}
	mapping_add(mapping, handle, at);
	return 0;
}

static int
mapping_ask(struct mapping *mapping, const struct cb_ops *entries)
{
	size_t at = 0, maplen;
	int error = 0;

	while (at < mapping->len && error == 0) {
		error = driver_devmap(mapping, entries, at, &maplen);
		if (error == 0 && maplen >= mapping->len - at)
			break;
		at += maplen;
	}
	return error;
}

/* EINVAL: a private mapping without devmap_access, in any of its parts.  ENOTSUP: different ones. */
static int
mapping_check(const struct mapping *mapping)
{
	const struct context_group *group = NULL;
	bool differ = false;

	for (struct handle *handle = devmap_segment_first(mapping->segment); handle != NULL;
	     handle = handle_next(handle)) {
		if (handle->group == NULL && (mapping->flags & MAP_TYPE) == MAP_PRIVATE)
			return EINVAL;
		if (handle->group != NULL && group != NULL && handle->group != group)
			differ = true;
		if (handle->group != NULL)
			group = handle->group;
	}
	return differ ? ENOTSUP : 0;
}

static int
entries_check(const struct cb_ops *entries)
{
	if (entries == NULL || !device_slot_usable(entries->cb_devmap))
		return EINVAL;
	/* Without D_DEVMAP there must be a cb_mmap; nodev counts as one here. */
	if (!(entries->cb_flag & D_DEVMAP) && !device_slot_filled(entries->cb_mmap))
		return EINVAL;
	return 0;
}

int devmap_setup(dev_t dev, offset_t off, struct as *as, caddr_t *addrp, size_t len, uint_t prot, uint_t maxprot,
		 uint_t flags, struct cred *cred)
{
	struct mapping mapping = {.dev = dev, .off = off, .len = len, .prot = prot, .maxprot = maxprot, .flags = flags, .addr = (uintptr_t)*addrp};
	const struct cb_ops *entries = device_entries(dev);
	int error = entries_check(entries);

	if (error == 0)
		error = mapping_begin(&mapping, address_space_of(as));
	if (error != 0)
		return error;
	error = mapping_ask(&mapping, entries);
	if (error == 0)
		error = mapping_check(&mapping);
	if (error != 0) {
		mapping_abandon(&mapping);
		return error;
	}
	error = mapping_place(&mapping);
	if (error == 0)
		*addrp = (caddr_t)mapping.addr;
	return error;
}
