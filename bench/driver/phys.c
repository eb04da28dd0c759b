/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * phys: read(2) fills the application's own memory from 1 MiB of the driver's, by physio(9F); ioctl(2) locks a range of it by
 * ddi_umem_lock(9F), and maps it into the kernel.
 */
#include <sys/types.h>
#include <sys/buf.h>
#include <sys/conf.h>
#include <sys/errno.h>
#include <sys/kmem.h>
#include <sys/modctl.h>
#include <sys/stat.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

#include "phys_ioctl.h"

#define PHYS_BYTES (1u << 20)

static char *phys_memory;
static ddi_umem_cookie_t phys_cookie; /* of PHYS_MAPIN; there is one application */
static struct buf *phys_bp;

static int phys_open(dev_t *devp, int flag, int otyp, cred_t *credp)
{
	return 0;
}

static int phys_close(dev_t dev, int flag, int otyp, cred_t *credp)
{
	return 0;
}

static int phys_strategy(struct buf *bp)
{
	bioerror(bp, bp_copyout(phys_memory, bp, 0, MIN(bp->b_bcount, PHYS_BYTES)));
	biodone(bp);
	return 0;
}

static int phys_read(dev_t dev, struct uio *uio, cred_t *credp)
{
	return physio(phys_strategy, NULL, dev, B_READ, minphys, uio);
}

static int phys_mapin(const struct phys_range *r)
{
	int error = ddi_umem_lock((caddr_t)(uintptr_t)r->addr, r->len, DDI_UMEMLOCK_WRITE, &phys_cookie);

	if (error != 0)
		return error;
	phys_bp = ddi_umem_iosetup(phys_cookie, 0, r->len, B_READ, 0, 0, NULL, DDI_UMEM_SLEEP);
	bp_mapin(phys_bp);
	phys_bp->b_un.b_addr[0] = 1;
	return 0;
}

static int phys_release(void)
{
	bp_mapout(phys_bp);
	freerbuf(phys_bp);
	ddi_umem_unlock(phys_cookie);
	return 0;
}

static int phys_lock(const struct phys_range *r)
{
	ddi_umem_cookie_t cookie;
	int error = ddi_umem_lock((caddr_t)(uintptr_t)r->addr, r->len, DDI_UMEMLOCK_WRITE, &cookie);

	if (error == 0)
		ddi_umem_unlock(cookie);
	return error;
}

static int phys_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *credp, int *rvalp)
{
	struct phys_range r;

	if (cmd == PHYS_RELEASE)
		return phys_release();
	if (ddi_copyin((void *)arg, &r, sizeof(r), mode) != 0)
		return EFAULT;
	return cmd == PHYS_MAPIN ? phys_mapin(&r) : cmd == PHYS_LOCK ? phys_lock(&r) : ENOTTY;
}

static int phys_attach(dev_info_t *dip, ddi_attach_cmd_t cmd)
{
	if (cmd != DDI_ATTACH || ddi_create_minor_node(dip, "phys", S_IFCHR, 0, DDI_PSEUDO, 0) != DDI_SUCCESS)
		return DDI_FAILURE;
	phys_memory = kmem_alloc(PHYS_BYTES, KM_SLEEP);
	memset(phys_memory, 'p', PHYS_BYTES);
	return DDI_SUCCESS;
}

static int phys_detach(dev_info_t *dip, ddi_detach_cmd_t cmd)
{
	if (cmd != DDI_DETACH)
		return DDI_FAILURE;
	ddi_remove_minor_node(dip, NULL);
	kmem_free(phys_memory, PHYS_BYTES);
	return DDI_SUCCESS;
}

#define FRAME_TITLE "bench driver of I/O"
#define FRAME_ATTACH phys_attach
#define FRAME_DETACH phys_detach
#define FRAME_CB \
	.cb_open = phys_open, .cb_close = phys_close, .cb_strategy = phys_strategy, .cb_read = phys_read, \
	.cb_ioctl = phys_ioctl, \
	.cb_flag = D_NEW | D_MP | D_64BIT
#include "frame.h"
