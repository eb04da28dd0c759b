/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * oddmap: mmap(9E) only, of three pages that it finds in order when they are mapped.  Asked again, when they are
 * accessed, it knows the first, names a frame that no memory has for the second, and has forgotten the third.
 */
#define SMALL_NAME "oddmap"
#define SMALL_ATTACH                                                              \
	oddmap_memory = ddi_umem_alloc(3 * PAGESIZE, DDI_UMEM_SLEEP, &oddmap_cookie); \
	if (oddmap_memory == NULL)                                                \
		return (DDI_FAILURE);
#define SMALL_DETACH                      \
	ddi_remove_minor_node(dip, NULL); \
	ddi_umem_free(oddmap_cookie);
#define SMALL_CB .cb_devmap = nodev, .cb_mmap = oddmap_mmap, .cb_segmap = nodev, .cb_flag = D_NEW | D_MP | D_64BIT

#include <sys/types.h>
#include <sys/ddi.h>
#include <sys/proc.h>
#include <sys/sunddi.h>
#include <vm/as.h>
#include <vm/hat.h>
#include <vm/seg_kmem.h>

#define NO_FRAME 0x7ffffff0

static ddi_umem_cookie_t oddmap_cookie;
static caddr_t oddmap_memory;
static int oddmap_asked[3];

static int oddmap_mmap(dev_t, off_t, int);

#include "small.h"

static int
oddmap_mmap(dev_t dev, off_t off, int prot)
{
	if (off < 0 || off >= 3 * PAGESIZE)
		return (-1);
	if (oddmap_asked[btop(off)]++ == 0 || btop(off) == 0)
		return ((int)hat_getpfnum(kas.a_hat, oddmap_memory + off));
	return (btop(off) == 1 ? NO_FRAME : -1);
}
