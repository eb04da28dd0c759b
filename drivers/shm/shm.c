/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shm: one page of kernel memory that applications share, and a second page for 32-bit applications, so that
 * only programs of the same data model meet: the tutorial's examples of ddi_umem_alloc(9F) in segmap(9E) and
 * devmap_umem_setup(9F) in devmap(9E), as a whole driver.
 *
 *	page 0   64-bit applications
 *	page 1   32-bit applications
 */
#include <sys/types.h>
#include <sys/param.h>
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/open.h>
#include <sys/stat.h>
#include <sys/cred.h>
#include <sys/mman.h>
#include <sys/modctl.h>
#include <sys/conf.h>
#include <sys/devops.h>
#include <sys/ksynch.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

struct shm_state {
	dev_info_t *dip;
	kmutex_t lock;             /* protects the fields below */
	void *umem;                /* NULL until an application maps the device */
	ddi_umem_cookie_t ucookie;
};

static void *statep;

static int
shm_open(dev_t *devp, int flag, int otyp, cred_t *credp)
{
	if (otyp != OTYP_CHR)
		return (EINVAL);
	if (ddi_get_soft_state(statep, getminor(*devp)) == NULL)
		return (ENXIO);
	return (0);
}

static int
shm_close(dev_t dev, int flag, int otyp, cred_t *credp)
{
	return (0);
}

static int
shm_segmap(dev_t dev, off_t off, struct as *asp, caddr_t *addrp, off_t len, unsigned int prot,
    unsigned int maxprot, unsigned int flags, cred_t *credp)
{
	struct shm_state *sp = ddi_get_soft_state(statep, getminor(dev));
	size_t mem_size = 0;

	if (sp == NULL)
		return (ENXIO);

	/* A page for each data model: whoever comes first, both will find theirs. */
	switch (ddi_mmap_get_model()) {
	case DDI_MODEL_LP64:
	case DDI_MODEL_ILP32:
		mem_size = ptob(2);
		break;
	default:
		return (ENOTSUP);
	}

	/* Two applications may map for the first time at once. */
	mutex_enter(&sp->lock);
	if (sp->umem == NULL)
		sp->umem = ddi_umem_alloc(mem_size, DDI_UMEM_SLEEP | DDI_UMEM_PAGEABLE, &sp->ucookie);
	mutex_exit(&sp->lock);

	return (devmap_setup(dev, (offset_t)off, asp, addrp, (size_t)len, prot, maxprot, flags, credp));
}

static int
shm_devmap(dev_t dev, devmap_cookie_t handle, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	struct shm_state *sp = ddi_get_soft_state(statep, getminor(dev));
	int error;

	if (sp == NULL)
		return (ENXIO);

	/* Written so that no sum can overflow. */
	if (off < 0 || off >= (offset_t)ptob(1) || len > ptob(1))
		return (ENXIO);
	len = ptob(btopr(len));
	if (off + len > ptob(1))
		return (ENXIO);

	/* A 32-bit application: skip the first page. */
	if (ddi_model_convert_from(model & DDI_MODEL_MASK) == DDI_MODEL_ILP32)
		off += ptob(1);

	error = devmap_umem_setup(handle, sp->dip, NULL, sp->ucookie, off, len, PROT_ALL, DEVMAP_DEFAULTS, NULL);
	if (error != DDI_SUCCESS)
		return (ENXIO);
	*maplen = len;
	return (0);
}

static int
shm_getinfo(dev_info_t *dip, ddi_info_cmd_t cmd, void *arg, void **result)
{
	minor_t instance = getminor((dev_t)arg);
	struct shm_state *sp;

	switch (cmd) {
	case DDI_INFO_DEVT2DEVINFO:
		sp = ddi_get_soft_state(statep, instance);
		if (sp == NULL)
			return (DDI_FAILURE);
		*result = sp->dip;
		return (DDI_SUCCESS);
	case DDI_INFO_DEVT2INSTANCE:
		*result = (void *)(uintptr_t)instance;
		return (DDI_SUCCESS);
	default:
		return (DDI_FAILURE);
	}
}

static int
shm_attach(dev_info_t *dip, ddi_attach_cmd_t cmd)
{
	int instance = ddi_get_instance(dip);
	struct shm_state *sp;
	char name[16];

	if (cmd != DDI_ATTACH)
		return (DDI_FAILURE);
	if (ddi_soft_state_zalloc(statep, instance) != DDI_SUCCESS)
		return (DDI_FAILURE);
	sp = ddi_get_soft_state(statep, instance);
	sp->dip = dip;
	mutex_init(&sp->lock, NULL, MUTEX_DRIVER, NULL);

	(void) snprintf(name, sizeof (name), "shm%d", instance);
	if (ddi_create_minor_node(dip, name, S_IFCHR, instance, DDI_PSEUDO, 0) != DDI_SUCCESS) {
		mutex_destroy(&sp->lock);
		ddi_soft_state_free(statep, instance);
		return (DDI_FAILURE);
	}
	ddi_report_dev(dip);
	return (DDI_SUCCESS);
}

static int
shm_detach(dev_info_t *dip, ddi_detach_cmd_t cmd)
{
	int instance = ddi_get_instance(dip);
	struct shm_state *sp = ddi_get_soft_state(statep, instance);

	if (cmd != DDI_DETACH || sp == NULL)
		return (DDI_FAILURE);
	ddi_remove_minor_node(dip, NULL);
	/* Nobody maps the memory any more: a mapping holds the device. */
	if (sp->umem != NULL)
		ddi_umem_free(sp->ucookie);
	mutex_destroy(&sp->lock);
	ddi_soft_state_free(statep, instance);
	return (DDI_SUCCESS);
}

static struct cb_ops shm_cb_ops = {
	.cb_open = shm_open,
	.cb_close = shm_close,
	.cb_strategy = nodev,
	.cb_print = nodev,
	.cb_dump = nodev,
	.cb_read = nodev,
	.cb_write = nodev,
	.cb_ioctl = nodev,
	.cb_devmap = shm_devmap,
	.cb_mmap = nodev,
	.cb_segmap = shm_segmap,
	.cb_chpoll = nochpoll,
	.cb_prop_op = ddi_prop_op,
	.cb_flag = D_NEW | D_MP | D_64BIT | D_DEVMAP,
	.cb_rev = CB_REV,
	.cb_aread = nodev,
	.cb_awrite = nodev,
};

static struct dev_ops shm_ops = {
	.devo_rev = DEVO_REV,
	.devo_getinfo = shm_getinfo,
	.devo_identify = nulldev,
	.devo_probe = nulldev,
	.devo_attach = shm_attach,
	.devo_detach = shm_detach,
	.devo_reset = nodev,
	.devo_cb_ops = &shm_cb_ops,
	.devo_quiesce = ddi_quiesce_not_needed,
};

static struct modldrv modldrv = { &mod_driverops, "shared memory for applications", &shm_ops };
static struct modlinkage modlinkage = { MODREV_1, { &modldrv, NULL } };

int
_init(void)
{
	int error = ddi_soft_state_init(&statep, sizeof (struct shm_state), 1);

	if (error != 0)
		return (error);
	error = mod_install(&modlinkage);
	if (error != 0)
		ddi_soft_state_fini(&statep);
	return (error);
}

int
_info(struct modinfo *modinfop)
{
	return (mod_info(&modlinkage, modinfop));
}

int
_fini(void)
{
	int error = mod_remove(&modlinkage);

	if (error == 0)
		ddi_soft_state_fini(&statep);
	return (error);
}
