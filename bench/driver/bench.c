/* SPDX-License-Identifier: BSD-2-Clause */
/* bench: 64 MiB of non-pageable memory without callbacks, an empty ioctl and a copying one. */
#include <sys/types.h>
#include <sys/param.h>
#include <sys/errno.h>
#include <sys/conf.h>
#include <sys/devops.h>
#include <sys/modctl.h>
#include <sys/open.h>
#include <sys/cred.h>
#include <sys/stat.h>
#include <sys/kmem.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

#include "bench_ioctl.h"

static dev_info_t *bench_dip;
static ddi_umem_cookie_t bench_cookie;

static int bench_open(dev_t *devp, int flag, int otyp, cred_t *credp)
{
	return otyp == OTYP_CHR ? 0 : EINVAL;
}

static int bench_close(dev_t dev, int flag, int otyp, cred_t *credp)
{
	return 0;
}

static int bench_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *credp, int *rvalp)
{
	char copy[BENCH_COPY_BYTES];

	switch (cmd) {
	case BENCH_EMPTY:
		return 0;
	case BENCH_COPY:
		if (ddi_copyin((void *)arg, copy, sizeof (copy), mode) != 0)
			return EFAULT;
		if (ddi_copyout(copy, (void *)arg, sizeof (copy), mode) != 0)
			return EFAULT;
		return 0;
	default:
		return ENOTTY;
	}
}

static int bench_devmap(dev_t dev, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	size_t length = ptob(btopr(len));

	if (off < 0 || off > BENCH_BYTES || length > BENCH_BYTES - (size_t)off)
		return ENXIO;
	if (devmap_umem_setup(dhp, bench_dip, NULL, bench_cookie, off, length, PROT_ALL, DEVMAP_DEFAULTS,
			      NULL) != DDI_SUCCESS)
		return ENXIO;
	*maplen = length;
	return 0;
}

static int bench_attach(dev_info_t *dip, ddi_attach_cmd_t cmd)
{
	if (cmd != DDI_ATTACH)
		return DDI_FAILURE;
	if (ddi_umem_alloc(BENCH_BYTES, DDI_UMEM_SLEEP, &bench_cookie) == NULL)
		return DDI_FAILURE;
	if (ddi_create_minor_node(dip, "bench", S_IFCHR, 0, DDI_PSEUDO, 0) != DDI_SUCCESS) {
		ddi_umem_free(bench_cookie);
		return DDI_FAILURE;
	}
	bench_dip = dip;
	return DDI_SUCCESS;
}

static int bench_detach(dev_info_t *dip, ddi_detach_cmd_t cmd)
{
	if (cmd != DDI_DETACH)
		return DDI_FAILURE;
	ddi_remove_minor_node(dip, NULL);
	ddi_umem_free(bench_cookie);
	return DDI_SUCCESS;
}

#define FRAME_TITLE "bench driver"
#define FRAME_ATTACH bench_attach
#define FRAME_DETACH bench_detach
#define FRAME_CB \
	.cb_open = bench_open, .cb_close = bench_close, .cb_ioctl = bench_ioctl, .cb_devmap = bench_devmap, \
	.cb_flag = D_NEW | D_MP | D_64BIT | D_DEVMAP
#include "frame.h"
