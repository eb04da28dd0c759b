/* SPDX-License-Identifier: BSD-2-Clause */
/* oldmap: mmap(9E) only, page by page: two pages, then -1. */
#define SMALL_NAME "oldmap"
#define SMALL_ATTACH                                                              \
	oldmap_memory = ddi_umem_alloc(2 * PAGESIZE, DDI_UMEM_SLEEP, &oldmap_cookie); \
	if (oldmap_memory == NULL)                                                \
		return (DDI_FAILURE);
#define SMALL_DETACH                      \
	ddi_remove_minor_node(dip, NULL); \
	ddi_umem_free(oldmap_cookie);
#define SMALL_CB .cb_devmap = nodev, .cb_mmap = oldmap_mmap, .cb_segmap = nodev, .cb_flag = D_NEW | D_MP | D_64BIT

#include <sys/types.h>
#include <sys/ddi.h>
#include <sys/proc.h>
#include <sys/sunddi.h>
#include <vm/as.h>
#include <vm/hat.h>
#include <vm/seg_kmem.h>

static ddi_umem_cookie_t oldmap_cookie;
static caddr_t oldmap_memory;

static int oldmap_mmap(dev_t, off_t, int);

#include "small.h"

static int
oldmap_mmap(dev_t dev, off_t off, int prot)
{
	if (off < 0 || off >= 2 * PAGESIZE)
		return (-1);
	return ((int)hat_getpfnum(kas.a_hat, oldmap_memory + off));
}
