/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver of test_embed_process: a little of everything, with counters for the test to look at. */
#include <sys/types.h>
#include <sys/param.h>
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/open.h>
#include <sys/stat.h>
#include <sys/cred.h>
#include <sys/mman.h>
#include <sys/kmem.h>
#include <sys/modctl.h>
#include <sys/conf.h>
#include <sys/devops.h>
#include <sys/ksynch.h>
#include <sys/poll.h>
#include <sys/uio.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>
#include "embed.h"

static dev_info_t *embed_dip;
static ddi_umem_cookie_t cookie;
static caddr_t memory;
static kmutex_t lock;
static kcondvar_t changed; /* of the counters, and of nothing else */
static kcondvar_t wait_here;
static struct embed_counters counters; /* protected by lock */
static int refuse_loads;               /* accesses to answer with 0 and no load */
static int wait_in_access;

static void
count(int *counter, int by)
{
	mutex_enter(&lock);
	*counter += by;
	cv_broadcast(&changed);
	mutex_exit(&lock);
}

/* ---- for the test, in no process ---- */

void
embed_get(struct embed_counters *c)
{
	mutex_enter(&lock);
	*c = counters;
	mutex_exit(&lock);
}

void
embed_wait_for_waiters(int n)
{
	mutex_enter(&lock);
	while (counters.waiting < n)
		cv_wait(&changed, &lock);
	mutex_exit(&lock);
}

void
embed_refuse_loads(int n)
{
	mutex_enter(&lock);
	refuse_loads = n;
	mutex_exit(&lock);
}

void
embed_wait_in_access(int on)
{
	mutex_enter(&lock);
	wait_in_access = on;
	mutex_exit(&lock);
}

void *
embed_memory(void)
{
	return (memory);
}

/* ---- entry points ---- */

static int
embed_open(dev_t *devp, int flag, int otyp, cred_t *credp)
{
	count(&counters.opens, 1);
	return (0);
}

static int
embed_close(dev_t dev, int flag, int otyp, cred_t *credp)
{
	count(&counters.closes, 1);
	return (0);
}

static int
embed_read(dev_t dev, struct uio *uio, cred_t *credp)
{
	return (uiomove("0123456789", MIN(10, uio->uio_resid), UIO_READ, uio));
}

static int
embed_write(dev_t dev, struct uio *uio, cred_t *credp)
{
	return (uiomove(memory, MIN(PAGESIZE, uio->uio_resid), UIO_WRITE, uio));
}

/* Waits as a driver does: 0 woken, EINTR for a signal. */
static int
embed_wait(void)
{
	int error = 0;

	mutex_enter(&lock);
	counters.waiting++;
	cv_broadcast(&changed);
	if (cv_wait_sig(&wait_here, &lock) == 0)
		error = EINTR;
	counters.waiting--;
	mutex_exit(&lock);
	return (error);
}

static int
embed_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *credp, int *rvalp)
{
	int value;

	switch (cmd) {
	case EMBED_INCREMENT:
		if (ddi_copyin((void *)arg, &value, sizeof (value), mode) != 0)
			return (EFAULT);
		value++;
		if (ddi_copyout(&value, (void *)arg, sizeof (value), mode) != 0)
			return (EFAULT);
		*rvalp = value;
		return (0);
	case EMBED_WAIT:
		return (embed_wait());
	case EMBED_WAKE:
		mutex_enter(&lock);
		cv_signal(&wait_here);
		mutex_exit(&lock);
		return (0);
	case EMBED_PID:
		*rvalp = (int)ddi_get_pid();
		return (0);
	case EMBED_UID:
		*rvalp = (int)crgetuid(credp);
		return (0);
	case EMBED_MODEL:
		*rvalp = (mode & FMODELS) == FILP32 ? 32 : 64;
		return (0);
	case EMBED_PROPERTY:
		*rvalp = ddi_prop_get_int(DDI_DEV_T_ANY, embed_dip, 0, "depth", -1);
		return (0);
	case EMBED_LEAK:
		(void) kmem_alloc(100, KM_SLEEP);
		return (0);
	default:
		return (ENOTTY);
	}
}

static int
embed_chpoll(dev_t dev, short events, int anyyet, short *reventsp, struct pollhead **phpp)
{
	static struct pollhead head;

	*reventsp = events & POLLIN;
	if (*reventsp == 0 && !anyyet)
		*phpp = &head;
	return (0);
}

static int
embed_map(devmap_cookie_t dhp, dev_t dev, uint_t flags, offset_t off, size_t len, void **pvtp)
{
	count(&counters.mapped, 1);
	return (0);
}

static int
embed_access(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	int refuse, wait;

	mutex_enter(&lock);
	counters.accesses++;
	refuse = refuse_loads > 0;
	refuse_loads -= refuse;
	wait = wait_in_access;
	mutex_exit(&lock);
	if (refuse)
		return (0);
	if (wait && embed_wait() != 0)
		return (EINTR);
	return (devmap_load(dhp, off, len, type, rw));
}

static int
embed_dup(devmap_cookie_t dhp, void *pvtp, devmap_cookie_t new_dhp, void **new_pvtp)
{
	count(&counters.mapped, 1);
	return (0);
}

static void
embed_unmap(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, devmap_cookie_t new_dhp1,
    void **new_pvtp1, devmap_cookie_t new_dhp2, void **new_pvtp2)
{
	count(&counters.mapped, -1 + (new_dhp1 != NULL) + (new_dhp2 != NULL));
}

static struct devmap_callback_ctl callbacks = {
	DEVMAP_OPS_REV, embed_map, embed_access, embed_dup, embed_unmap
};

static int
embed_devmap(dev_t dev, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	len = ptob(btopr(len));
	if (devmap_umem_setup(dhp, embed_dip, &callbacks, cookie, off, len, PROT_ALL, 0, NULL) != 0)
		return (ENXIO);
	*maplen = len;
	return (0);
}

static int
embed_getinfo(dev_info_t *dip, ddi_info_cmd_t cmd, void *arg, void **result)
{
	*result = cmd == DDI_INFO_DEVT2DEVINFO ? (void *)embed_dip : NULL;
	return (DDI_SUCCESS);
}

static int
embed_attach(dev_info_t *dip, ddi_attach_cmd_t cmd)
{
	if (cmd != DDI_ATTACH || ddi_prop_exists(DDI_DEV_T_ANY, dip, 0, "refuse"))
		return (DDI_FAILURE);
	embed_dip = dip;
	mutex_init(&lock, NULL, MUTEX_DRIVER, NULL);
	cv_init(&changed, NULL, CV_DRIVER, NULL);
	cv_init(&wait_here, NULL, CV_DRIVER, NULL);
	counters = (struct embed_counters){0};
	refuse_loads = wait_in_access = 0;
	memory = ddi_umem_alloc(ptob(4), DDI_UMEM_SLEEP | DDI_UMEM_PAGEABLE, &cookie);
	if (ddi_create_minor_node(dip, "embed", S_IFCHR, 0, DDI_PSEUDO, 0) == DDI_SUCCESS)
		return (DDI_SUCCESS);
	ddi_umem_free(cookie);
	return (DDI_FAILURE);
}

static int
embed_detach(dev_info_t *dip, ddi_detach_cmd_t cmd)
{
	if (cmd != DDI_DETACH)
		return (DDI_FAILURE);
	ddi_remove_minor_node(dip, NULL);
	ddi_umem_free(cookie);
	cv_destroy(&wait_here);
	cv_destroy(&changed);
	mutex_destroy(&lock);
	return (DDI_SUCCESS);
}

static struct cb_ops embed_cb_ops = {
	.cb_open = embed_open,
	.cb_close = embed_close,
	.cb_strategy = nodev,
	.cb_print = nodev,
	.cb_dump = nodev,
	.cb_read = embed_read,
	.cb_write = embed_write,
	.cb_ioctl = embed_ioctl,
	.cb_devmap = embed_devmap,
	.cb_mmap = nodev,
	.cb_segmap = ddi_devmap_segmap,
	.cb_chpoll = embed_chpoll,
	.cb_prop_op = ddi_prop_op,
	.cb_flag = D_NEW | D_MP | D_64BIT | D_DEVMAP,
	.cb_rev = CB_REV,
	.cb_aread = nodev,
	.cb_awrite = nodev,
};

static struct dev_ops embed_ops = {
	.devo_rev = DEVO_REV,
	.devo_getinfo = embed_getinfo,
	.devo_identify = nulldev,
	.devo_probe = nulldev,
	.devo_attach = embed_attach,
	.devo_detach = embed_detach,
	.devo_reset = nodev,
	.devo_cb_ops = &embed_cb_ops,
};

static struct modldrv modldrv = {&mod_driverops, "a driver for tests", &embed_ops};
static struct modlinkage modlinkage = {MODREV_1, {&modldrv, NULL}};

int
_init(void)
{
	return (mod_install(&modlinkage));
}

int
_info(struct modinfo *modinfop)
{
	return (mod_info(&modlinkage, modinfop));
}

int
_fini(void)
{
	return (mod_remove(&modlinkage));
}
