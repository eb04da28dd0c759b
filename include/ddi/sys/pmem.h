/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/pmem.h>: memory that is exported and never read by the driver itself.  Here it is locked memory like any other.
 * Results: DDI_SUCCESS or DDI_FAILURE.
 */
#ifndef _SYS_PMEM_H
#define _SYS_PMEM_H

#include <sys/ddidevmap.h>
#include <sys/types.h>

#define PMEM_SLEEP 1
#define PMEM_NOSLEEP 2

/* bytes (rounded up to pages, not 0), PMEM_SLEEP or PMEM_NOSLEEP, *cookie: zero-filled. */
int devmap_pmem_alloc(size_t, uint_t, devmap_pmem_cookie_t *) SUNDOG_LINK(devmap_pmem_alloc);
/* Pages that are mapped stay until they are not. */
void devmap_pmem_free(devmap_pmem_cookie_t) SUNDOG_LINK(devmap_pmem_free);
/* cookie, first page, number, their frames.  DDI_FAILURE: not all of them are the cookie's. */
int devmap_pmem_getpfns(devmap_pmem_cookie_t, uint_t, pgcnt_t, pfn_t *) SUNDOG_LINK(devmap_pmem_getpfns);
/* As devmap_umem_setup(9F) and devmap_umem_remap(9F). */
int devmap_pmem_setup(devmap_cookie_t, dev_info_t *, struct devmap_callback_ctl *, devmap_pmem_cookie_t, offset_t, size_t, uint_t, uint_t,
		      const ddi_device_acc_attr_t *) SUNDOG_LINK(devmap_pmem_setup);
int devmap_pmem_remap(devmap_cookie_t, dev_info_t *, devmap_pmem_cookie_t, offset_t, size_t, uint_t, uint_t,
		      const ddi_device_acc_attr_t *) SUNDOG_LINK(devmap_pmem_remap);

#endif
