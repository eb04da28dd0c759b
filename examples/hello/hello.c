/* SPDX-License-Identifier: BSD-2-Clause */
/* hello: a driver that exports one page of kernel memory. */
#include <sys/conf.h>
#include <sys/modctl.h>
#include <sys/stat.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

static dev_info_t *dip;
static ddi_umem_cookie_t cookie;

static int hello_open(dev_t *devp, int flag, int otyp, cred_t *cred) { return (0); }
static int hello_close(dev_t dev, int flag, int otyp, cred_t *cred) { return (0); }

static int hello_devmap(dev_t dev, devmap_cookie_t handle, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	*maplen = ptob(1);
	return (devmap_umem_setup(handle, dip, NULL, cookie, off, ptob(1), PROT_ALL, DEVMAP_DEFAULTS, NULL));
}

static int hello_attach(dev_info_t *d, ddi_attach_cmd_t cmd)
{
	strcpy(ddi_umem_alloc(ptob(1), DDI_UMEM_SLEEP, &cookie), "hello, world");
	return (ddi_create_minor_node(dip = d, "hello", S_IFCHR, 0, DDI_PSEUDO, 0));
}

static int hello_detach(dev_info_t *d, ddi_detach_cmd_t cmd)
{
	ddi_remove_minor_node(d, NULL);
	ddi_umem_free(cookie);
	return (DDI_SUCCESS);
}

static struct cb_ops hello_cb = { .cb_open = hello_open, .cb_close = hello_close, .cb_devmap = hello_devmap,
	.cb_prop_op = ddi_prop_op, .cb_flag = D_MP | D_DEVMAP, .cb_rev = CB_REV };
static struct dev_ops hello_ops = { .devo_rev = DEVO_REV, .devo_attach = hello_attach, .devo_detach = hello_detach,
	.devo_cb_ops = &hello_cb };
static struct modldrv drv = { &mod_driverops, "hello", &hello_ops };
static struct modlinkage linkage = { MODREV_1, { &drv, NULL } };

int _init(void) { return (mod_install(&linkage)); }
int _info(struct modinfo *info) { return (mod_info(&linkage, info)); }
int _fini(void) { return (mod_remove(&linkage)); }
