/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/conf.h>
#include <sys/ddi.h>
#include <sys/modctl.h>
#include <sys/open.h>
#include <sys/stat.h>
#include <sys/sunddi.h>

#include "hw.h"
#include "hw_disk.h"

struct dev_info *hw_dip;
struct hw_map hw_map;

static int
hw_attach(dev_info_t *dip, ddi_attach_cmd_t cmd)
{
	if (cmd != DDI_ATTACH)
		return (DDI_FAILURE);
	if (ddi_create_minor_node(dip, "hw", S_IFCHR, ddi_get_instance(dip), DDI_PSEUDO, 0) != DDI_SUCCESS ||
	    ddi_create_minor_node(dip, "hwblk", S_IFBLK, ddi_get_instance(dip), DDI_NT_BLOCK, 0) != DDI_SUCCESS)
		return (DDI_FAILURE);
	if (hw_dip == NULL)
		hw_disk_begin();
	hw_dip = dip;
	return (DDI_SUCCESS);
}

static int
hw_detach(dev_info_t *dip, ddi_detach_cmd_t cmd)
{
	if (cmd != DDI_DETACH)
		return (DDI_FAILURE);
	ddi_remove_minor_node(dip, NULL);
	if (hw_dip != NULL)
		hw_disk_end();
	hw_dip = NULL;
	return (DDI_SUCCESS);
}

static int
hw_open(dev_t *devp, int flag, int otyp, cred_t *cr)
{
	return (0);
}

static int
hw_close(dev_t dev, int flag, int otyp, cred_t *cr)
{
	return (0);
}

/* ---- mappings ---- */

static int
hw_access(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	hw_map.accesses++;
	return (devmap_default_access(dhp, pvtp, off, len, type, rw));
}

static int
hw_dup(devmap_cookie_t dhp, void *pvtp, devmap_cookie_t new_dhp, void **new_pvtp)
{
	if (hw_map.dup_invalidates)
		VERIFY3S(devmap_devmem_remap(new_dhp, hw_dip, 0, 0, ptob(1), PROT_ALL | PROT_USER,
					     DEVMAP_MAPPING_INVALID, NULL), ==, DDI_SUCCESS);
	return (0);
}

static struct devmap_callback_ctl hw_callbacks = {
	.devmap_rev = DEVMAP_OPS_REV, .devmap_access = hw_access, .devmap_dup = hw_dup,
};

static int
hw_devmap(dev_t dev, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	static ddi_device_acc_attr_t attr = {
		.devacc_attr_version = DDI_DEVICE_ATTR_V0,
		.devacc_attr_endian_flags = DDI_NEVERSWAP_ACC,
		.devacc_attr_dataorder = DDI_STRICTORDER_ACC,
	};

	if (hw_map.len != 0)
		len = hw_map.len;
	hw_map.dhp = dhp;
	hw_map.result = devmap_devmem_setup(dhp, hw_dip, hw_map.callbacks ? &hw_callbacks : NULL, hw_map.set,
	    hw_map.roff + off, len, hw_map.maxprot, hw_map.flags, &attr);
	*maplen = ptob(btopr(len));
	return (hw_map.result);
}

int
hw_remap(unsigned set, long long roff, size_t len, unsigned maxprot, unsigned flags)
{
	return (devmap_devmem_remap(hw_map.dhp, hw_dip, set, roff, len, maxprot, flags, NULL));
}

int
hw_remap_kernel(void *cookie, size_t len)
{
	return (devmap_umem_remap(hw_map.dhp, hw_dip, cookie, 0, len, PROT_ALL | PROT_USER, 0, NULL));
}

void *
hw_cookie_alloc(size_t size, void **cookiep)
{
	return (ddi_umem_alloc(size, DDI_UMEM_SLEEP, cookiep));
}

void
hw_cookie_free(void *cookie)
{
	ddi_umem_free(cookie);
}

long long
hw_handle_roff(void)
{
	return (((devmap_handle_t *)hw_map.dhp)->dh_roff);
}

void *
hw_handle_address(void)
{
	return (((devmap_handle_t *)hw_map.dhp)->dh_cvaddr);
}

/* ---- read(9E), write(9E): straight to the disk ---- */

static int
hw_read(dev_t dev, struct uio *uio, cred_t *cr)
{
	return (physio(hw_strategy, hw_disk_buf(), dev, B_READ, hw_disk_mincnt, uio));
}

static int
hw_write(dev_t dev, struct uio *uio, cred_t *cr)
{
	return (physio(hw_strategy, hw_disk_buf(), dev, B_WRITE, hw_disk_mincnt, uio));
}

/* ddi_umem_lock(9F) of the caller's memory, and I/O on the cookie. */
static int
hw_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *cr, int *rvalp)
{
	return (hw_disk_umem(dev, (caddr_t)arg));
}

/* ---- module ---- */

static struct cb_ops hw_cb_ops = {
	.cb_open = hw_open,
	.cb_close = hw_close,
	.cb_strategy = hw_strategy,
	.cb_print = nodev,
	.cb_dump = nodev,
	.cb_read = hw_read,
	.cb_write = hw_write,
	.cb_ioctl = hw_ioctl,
	.cb_devmap = hw_devmap,
	.cb_mmap = nodev,
	.cb_chpoll = nochpoll,
	.cb_prop_op = ddi_prop_op,
	.cb_flag = D_NEW | D_MP | D_DEVMAP,
	.cb_rev = CB_REV,
};

static struct dev_ops hw_dev_ops = {
	.devo_rev = DEVO_REV,
	.devo_identify = nulldev,
	.devo_probe = nulldev,
	.devo_attach = hw_attach,
	.devo_detach = hw_detach,
	.devo_reset = nodev,
	.devo_cb_ops = &hw_cb_ops,
	.devo_quiesce = ddi_quiesce_not_needed,
};

static struct modldrv hw_modldrv = {&mod_driverops, "a driver with hardware", &hw_dev_ops};
static struct modlinkage hw_modlinkage = {MODREV_1, {&hw_modldrv, NULL}};

int
hw_init(void)
{
	return (mod_install(&hw_modlinkage));
}

int
hw_info(struct modinfo *info)
{
	return (mod_info(&hw_modlinkage, info));
}

int
hw_fini(void)
{
	return (mod_remove(&hw_modlinkage));
}
