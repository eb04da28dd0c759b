/* SPDX-License-Identifier: BSD-2-Clause */
/* A driver that passes every callback on to the test: see rec.h. */
#include <sys/conf.h>
#include <sys/ddi.h>
#include <sys/ddi_impldefs.h>
#include <sys/modctl.h>
#include <sys/proc.h>
#include <sys/stat.h>
#include <sys/sunddi.h>
#include <vm/as.h>
#include <vm/hat.h>
#include <vm/seg.h>

#include "../rec.h"

static kmutex_t rec_mutex;
static kcondvar_t rec_cv;

static int
rec_open(dev_t *devp, int flag, int otyp, cred_t *credp)
{
	return 0;
}

static int
rec_close(dev_t dev, int flag, int otyp, cred_t *credp)
{
	rec_on_close(flag);
	return 0;
}

static int
rec_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *credp, int *rvalp)
{
	return rec_on_ioctl(cmd, arg, rvalp);
}

static int
rec_devmap(dev_t dev, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	return rec_on_devmap(dhp, off, len, maplen, model);
}

static dev_t rec_dev;
static dev_info_t *rec_dip;

static int
rec_segmap(dev_t dev, off_t off, struct as *as, caddr_t *addrp, off_t len, unsigned prot, unsigned maxprot,
	   unsigned flags, cred_t *credp)
{
	return rec_on_segmap(off, as, addrp, len, prot, maxprot, flags);
}

static int
rec_mmap(dev_t dev, off_t off, int prot)
{
	return rec_on_mmap(off, prot);
}

static struct cb_ops rec_cb_ops = {
	.cb_open = rec_open,
	.cb_close = rec_close,
	.cb_strategy = nodev,
	.cb_print = nodev,
	.cb_dump = nodev,
	.cb_read = nodev,
	.cb_write = nodev,
	.cb_ioctl = rec_ioctl,
	.cb_devmap = rec_devmap,
	.cb_mmap = nodev,
	.cb_segmap = NULL,
	.cb_chpoll = nochpoll,
	.cb_prop_op = ddi_prop_op,
	.cb_flag = D_NEW | D_MP | D_DEVMAP,
	.cb_rev = CB_REV,
	.cb_aread = nodev,
	.cb_awrite = nodev,
};

static int
rec_attach(dev_info_t *dip, ddi_attach_cmd_t cmd)
{
	mutex_init(&rec_mutex, NULL, MUTEX_DRIVER, NULL);
	cv_init(&rec_cv, NULL, CV_DRIVER, NULL);
	rec_dip = dip;
	rec_dev = makedevice(ddi_driver_major(dip), 0);
	if (ddi_create_minor_node(dip, "rec", S_IFCHR, 0, DDI_PSEUDO, 0) != DDI_SUCCESS)
		return DDI_FAILURE;
	return ddi_create_minor_node(dip, "rec.b", S_IFCHR, 1, DDI_PSEUDO, 0);
}

static int
rec_detach(dev_info_t *dip, ddi_detach_cmd_t cmd)
{
	ddi_remove_minor_node(dip, NULL);
	cv_destroy(&rec_cv);
	mutex_destroy(&rec_mutex);
	return DDI_SUCCESS;
}

static struct dev_ops rec_ops = {
	.devo_rev = DEVO_REV,
	.devo_getinfo = nodev,
	.devo_identify = nulldev,
	.devo_probe = nulldev,
	.devo_attach = rec_attach,
	.devo_detach = rec_detach,
	.devo_reset = nodev,
	.devo_cb_ops = &rec_cb_ops,
};

static struct modldrv modldrv = {&mod_driverops, "records every callback", &rec_ops};
static struct modlinkage modlinkage = {MODREV_1, {&modldrv, NULL}};

int
rec_init(void)
{
	return mod_install(&modlinkage);
}

int
rec_info(struct modinfo *modinfop)
{
	return mod_info(&modlinkage, modinfop);
}

int
rec_fini(void)
{
	return mod_remove(&modlinkage);
}

/* ---- slots ---- */

void
rec_slots(enum rec_slot segmap, enum rec_slot devmap, enum rec_slot mmap, bool d_devmap)
{
	struct cb_ops *ops = &rec_cb_ops;

	ops->cb_segmap = segmap == REC_NODEV ? nodev : segmap == REC_NULLDEV ? nulldev : segmap == REC_OWN ? rec_segmap :
			 segmap == REC_DDI_SEGMAP ? ddi_segmap :
			 segmap == REC_DDI_DEVMAP_SEGMAP ? ddi_devmap_segmap : NULL;
	ops->cb_devmap = devmap == REC_NODEV ? nodev : devmap == REC_NULLDEV ? nulldev : devmap == REC_OWN ? rec_devmap :
			 NULL;
	ops->cb_mmap = mmap == REC_NODEV ? nodev : mmap == REC_NULLDEV ? nulldev : mmap == REC_OWN ? rec_mmap : NULL;
	ops->cb_flag = D_NEW | D_MP | (d_devmap ? D_DEVMAP : 0);
}

/* ---- callbacks ---- */

static int
rec_map(devmap_cookie_t dhp, dev_t dev, uint_t flags, offset_t off, size_t len, void **pvtp)
{
	return rec_on_map(dhp, flags, off, len, pvtp);
}

static int
rec_access(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	return rec_on_access(dhp, pvtp, off, len, type, rw);
}

static int
rec_access_other(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	return rec_on_access(dhp, pvtp, off, len, type, rw);
}

static int
rec_dup(devmap_cookie_t dhp, void *pvtp, devmap_cookie_t new_dhp, void **new_pvtp)
{
	return rec_on_dup(dhp, pvtp, new_dhp, new_pvtp);
}

static void
rec_unmap(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, devmap_cookie_t new_dhp1, void **new_pvtp1,
	  devmap_cookie_t new_dhp2, void **new_pvtp2)
{
	rec_on_unmap(dhp, pvtp, off, len, new_dhp1, new_pvtp1, new_dhp2, new_pvtp2);
}

int
rec_umem_setup(void *dhp, const struct rec_umem *umem)
{
	unsigned which = umem->callbacks;
	struct devmap_callback_ctl ctl = {
		.devmap_rev = DEVMAP_OPS_REV,
		.devmap_map = which & REC_MAP ? rec_map : NULL,
		.devmap_access = which & REC_ACCESS_NODEV ? nodev : which & REC_ACCESS_OTHER ? rec_access_other :
				 which & REC_ACCESS ? rec_access : NULL,
		.devmap_dup = which & REC_DUP ? rec_dup : NULL,
		.devmap_unmap = which & REC_UNMAP ? rec_unmap : NULL,
	};

	return devmap_umem_setup(dhp, NULL, which & REC_NO_CALLBACKS ? NULL : &ctl, umem->cookie, umem->koff,
				 umem->len, umem->maxprot, umem->flags, NULL);
}

int
rec_umem_remap(void *dhp, void *cookie, long long koff, size_t len, unsigned maxprot, unsigned flags)
{
	return devmap_umem_remap(dhp, NULL, cookie, koff, len, maxprot, flags, NULL);
}

int
rec_invalidate(void *dhp, size_t len, unsigned maxprot)
{
	return devmap_devmem_remap(dhp, NULL, 0, 0, len, maxprot, DEVMAP_MAPPING_INVALID, NULL);
}

int
rec_setup(long long off, void *as, char **addrp, size_t len, unsigned prot, unsigned maxprot, unsigned flags)
{
	return devmap_setup(rec_dev, off, as, addrp, len, prot, maxprot, flags, CRED());
}

int
rec_load(void *dhp, long long off, size_t len, unsigned type, unsigned rw)
{
	return devmap_load(dhp, off, len, type, rw);
}

int
rec_unload(void *dhp, long long off, size_t len)
{
	return devmap_unload(dhp, off, len);
}

int
rec_default_access(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	return devmap_default_access(dhp, pvtp, off, len, type, rw);
}

int
rec_ctxmgt(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw,
	   int (*contextmgt)(void *, void *, long long, size_t, unsigned, unsigned))
{
	return devmap_do_ctxmgt(dhp, pvtp, off, len, type, rw, contextmgt);
}

void
rec_ctx_timeout(void *dhp, long ticks)
{
	devmap_set_ctx_timeout(dhp, ticks);
}

/* ---- cookies ---- */

void *
rec_umem_alloc(size_t size, int flags, void **cookiep)
{
	return ddi_umem_alloc(size, flags, cookiep);
}

void
rec_umem_free(void *cookie)
{
	ddi_umem_free(cookie);
}

size_t
rec_cookie_size(const void *cookie)
{
	return ((const struct ddi_umem_cookie *)cookie)->size;
}

unsigned
rec_cookie_type(const void *cookie)
{
	return ((const struct ddi_umem_cookie *)cookie)->type;
}

void
rec_cookie_set_type(void *cookie, unsigned type)
{
	((struct ddi_umem_cookie *)cookie)->type = type;
}

char *
rec_cookie_address(const void *cookie)
{
	return ((const struct ddi_umem_cookie *)cookie)->cvaddr;
}

unsigned long
rec_cookie_count(const void *cookie)
{
	return ((const struct ddi_umem_cookie *)cookie)->cook_refcnt;
}

void *
rec_cookie_make(void *cookie, size_t offset, size_t size)
{
	struct ddi_umem_cookie *own = kmem_zalloc(sizeof (*own), KM_SLEEP);

	own->type = KMEM_NON_PAGEABLE;
	own->cvaddr = rec_cookie_address(cookie) + offset;
	own->size = size;
	return own;
}

void
rec_cookie_drop(void *cookie)
{
	kmem_free(cookie, sizeof (struct ddi_umem_cookie));
}

int
rec_frame(char *address)
{
	return (int)hat_getpfnum(kas.a_hat, address);
}

/* ---- locked user memory ---- */

static void
rec_cleanup(ddi_umem_cookie_t *cookie)
{
	rec_on_cleanup(cookie); /* it is the cookie itself */
}

int
rec_umem_lock(unsigned long addr, size_t len, int flags, void **cookiep)
{
	volatile int error = ddi_umem_lock((caddr_t)addr, len, flags, cookiep);

	return error; /* no tail call: this is the place of the lock */
}

int
rec_umem_lockmemory(unsigned long addr, size_t len, int flags, void **cookiep, int version, bool callback, void *proc)
{
	struct umem_callback_ops ops = {version, callback ? rec_cleanup : NULL};

	return umem_lockmemory((caddr_t)addr, len, flags, cookiep, version < 0 ? NULL : &ops, proc);
}

void
rec_umem_unlock(void *cookie)
{
	ddi_umem_unlock(cookie);
}

void *
rec_current_proc(void)
{
	return curproc;
}

int
rec_proc_pid(void *proc)
{
	return ((proc_t *)proc)->p_pid;
}

void *
rec_cookie_proc(const void *cookie)
{
	return ((const struct ddi_umem_cookie *)cookie)->procp;
}

static struct {
	void (*fn)(void *);
	void *arg;
	bool done;
} rec_handler;

static uint_t
rec_softint(caddr_t arg1, caddr_t arg2)
{
	rec_handler.fn(rec_handler.arg);
	mutex_enter(&rec_mutex);
	rec_handler.done = true;
	cv_broadcast(&rec_cv);
	mutex_exit(&rec_mutex);
	return DDI_INTR_CLAIMED;
}

void
rec_interrupt(void (*fn)(void *arg), void *arg)
{
	ddi_softint_handle_t handle;

	rec_handler.fn = fn;
	rec_handler.arg = arg;
	rec_handler.done = false;
	if (ddi_intr_add_softint(rec_dip, &handle, DDI_INTR_SOFTPRI_MIN, rec_softint, NULL) != DDI_SUCCESS)
		panic("no soft interrupt");
	(void)ddi_intr_trigger_softint(handle, NULL);
	mutex_enter(&rec_mutex);
	while (!rec_handler.done)
		cv_wait(&rec_cv, &rec_mutex);
	mutex_exit(&rec_mutex);
	(void)ddi_intr_remove_softint(handle);
}

/* ---- copies ---- */

int
rec_copyin(unsigned long from, void *to, size_t len)
{
	return ddi_copyin((void *)from, to, len, 0);
}

int
rec_copyout(const void *from, unsigned long to, size_t len)
{
	return ddi_copyout(from, (void *)to, len, 0);
}

/* ---- what a driver may read ---- */

void *
rec_handle_as(void *dhp)
{
	return ((devmap_handle_t *)dhp)->dh_seg->s_as;
}

unsigned long
rec_handle_address(void *dhp)
{
	return (unsigned long)((devmap_handle_t *)dhp)->dh_uvaddr;
}

long long
rec_handle_uoff(void *dhp)
{
	return ((devmap_handle_t *)dhp)->dh_uoff;
}

long long
rec_handle_roff(void *dhp)
{
	return ((devmap_handle_t *)dhp)->dh_roff;
}

size_t
rec_handle_len(void *dhp)
{
	return ((devmap_handle_t *)dhp)->dh_len;
}

unsigned
rec_handle_maxprot(void *dhp)
{
	return ((devmap_handle_t *)dhp)->dh_maxprot;
}

unsigned
rec_handle_flags(void *dhp)
{
	return ((devmap_handle_t *)dhp)->dh_flags;
}

unsigned
rec_handle_attr(void *dhp)
{
	return ((devmap_handle_t *)dhp)->dh_hat_attr;
}

char *
rec_handle_kernel(void *dhp)
{
	return ((devmap_handle_t *)dhp)->dh_cvaddr;
}

void *
rec_handle_cookie(void *dhp)
{
	return ((devmap_handle_t *)dhp)->dh_cookie;
}

unsigned long
rec_segment_base(void *dhp)
{
	return (unsigned long)((devmap_handle_t *)dhp)->dh_seg->s_base;
}

size_t
rec_segment_size(void *dhp)
{
	return ((devmap_handle_t *)dhp)->dh_seg->s_size;
}

void *
rec_current_as(void)
{
	return curproc->p_as;
}

int
rec_current_pid(void)
{
	return ddi_get_pid();
}

/* ---- waiting ---- */

void
rec_lock(void)
{
	mutex_enter(&rec_mutex);
}

void
rec_unlock(void)
{
	mutex_exit(&rec_mutex);
}

bool
rec_wait(void)
{
	return cv_wait_sig(&rec_cv, &rec_mutex) != 0;
}

void
rec_wake(void)
{
	cv_broadcast(&rec_cv);
}
