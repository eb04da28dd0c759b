/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * segdrv: segmap(9E) of its own.  The offset chooses: page 0 to 3 map through devmap_setup(), with the driver's mutex
 * held; other offsets give the errno that is their page number minus 16.
 */
#define SMALL_NAME "segdrv"
#define SMALL_ATTACH                                                     \
	segdrv_dip = dip;                                                \
	if (ddi_umem_alloc(4 * PAGESIZE, DDI_UMEM_SLEEP, &segdrv_cookie) == NULL) \
		return (DDI_FAILURE);                                    \
	mutex_init(&segdrv_lock, NULL, MUTEX_DRIVER, NULL);
#define SMALL_DETACH                      \
	ddi_remove_minor_node(dip, NULL); \
	mutex_destroy(&segdrv_lock);      \
	ddi_umem_free(segdrv_cookie);
#define SMALL_CB .cb_devmap = segdrv_devmap, .cb_mmap = nodev, .cb_segmap = segdrv_segmap, \
		 .cb_flag = D_NEW | D_MP | D_64BIT | D_DEVMAP

#include <sys/types.h>
#include <sys/cred.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

static dev_info_t *segdrv_dip;
static ddi_umem_cookie_t segdrv_cookie;
static kmutex_t segdrv_lock;

static int segdrv_devmap(dev_t, devmap_cookie_t, offset_t, size_t, size_t *, uint_t);
static int segdrv_segmap(dev_t, off_t, struct as *, caddr_t *, off_t, uint_t, uint_t, uint_t, cred_t *);

#include "small.h"

static int
segdrv_devmap(dev_t dev, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	*maplen = ptob(btopr(len));
	return (devmap_umem_setup(dhp, segdrv_dip, NULL, segdrv_cookie, off, *maplen, PROT_ALL, DEVMAP_DEFAULTS, NULL));
}

static int
segdrv_segmap(dev_t dev, off_t off, struct as *as, caddr_t *addrp, off_t len, uint_t prot, uint_t maxprot, uint_t flags,
	      cred_t *credp)
{
	int error;

	if (off >= 16 * PAGESIZE)
		return ((int)(off / PAGESIZE) - 16);
	mutex_enter(&segdrv_lock);
	error = devmap_setup(dev, off, as, addrp, (size_t)len, prot, maxprot, flags, credp);
	mutex_exit(&segdrv_lock);
	return (error);
}
