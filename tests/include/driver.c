/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver that is only compiled: it says nothing useful, but says it with every macro and type that real
 * drivers use.
 */
#include <sys/types.h>
#include <sys/param.h>
#include <sys/errno.h>
#include <sys/uio.h>
#include <sys/buf.h>
#include <sys/modctl.h>
#include <sys/open.h>
#include <sys/kmem.h>
#include <sys/poll.h>
#include <sys/conf.h>
#include <sys/cmn_err.h>
#include <sys/stat.h>
#include <sys/file.h>
#include <sys/atomic.h>
#include <sys/callb.h>
#include <sys/kstat.h>
#include <sys/policy.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>
#include <vm/as.h>
#include <vm/hat.h>
#include <vm/page.h>
#include <vm/seg_kmem.h>

#define XX_IOC ('x' << 8)
#define XX_LOCK (XX_IOC | 1)
#define XX_WAIT (XX_IOC | 2)

struct xx_range {
	caddr_t addr;
	size_t len;
	int flags;
};
struct xx_range32 {
	caddr32_t addr;
	size32_t len;
	int flags;
};

typedef struct xx_state {
	dev_info_t *dip;
	kmutex_t lock;
	kcondvar_t cv;
	krwlock_t rw;
	list_t contexts;
	avl_tree_t tree;
	ddi_umem_cookie_t cookie;
	caddr_t memory;
	size_t size;
	uint32_t users;
	timeout_id_t timer;
	pollhead_t pollhead;
	ddi_taskq_t *taskq;
	kstat_t *kstat;
	ddi_dma_handle_t dma;
	ddi_acc_handle_t regs;
	caddr_t regs_addr;
	kthread_t *thread;
	callb_cpr_t cpr;
	boolean_t stopping;
} xx_state_t;

typedef struct xx_context {
	list_node_t node;
	avl_node_t by_as;
	devmap_cookie_t dhp;
	struct as *as;
	uint_t flags;
} xx_context_t;

static void *xx_statep;

static ddi_device_acc_attr_t xx_acc = {
	DDI_DEVICE_ATTR_V0,
	DDI_NEVERSWAP_ACC,
	DDI_STRICTORDER_ACC,
	DDI_DEFAULT_ACC,
};

static ddi_dma_attr_t xx_dma = {
	.dma_attr_version = DMA_ATTR_V0,
	.dma_attr_addr_hi = 0xffffffffull,
	.dma_attr_count_max = 0xffffff,
	.dma_attr_align = PAGESIZE,
	.dma_attr_burstsizes = 1,
	.dma_attr_minxfer = 1,
	.dma_attr_maxxfer = UINT_MAX,
	.dma_attr_seg = UINT_MAX,
	.dma_attr_sgllen = 1,
	.dma_attr_granular = 1,
};

static int
xx_map(devmap_cookie_t dhp, dev_t dev, uint_t flags, offset_t off, size_t len, void **pvtp)
{
	xx_state_t *sp = ddi_get_soft_state(xx_statep, (int)getminor(dev));
	xx_context_t *cp = kmem_zalloc(sizeof(*cp), KM_SLEEP);

	_NOTE(ARGUNUSED(off, len))
	cp->dhp = dhp;
	cp->as = ((devmap_handle_t *)dhp)->dh_seg->s_as;
	cp->flags = flags & MAP_TYPE;
	mutex_enter(&sp->lock);
	ASSERT(MUTEX_HELD(&sp->lock));
	list_insert_tail(&sp->contexts, cp);
	mutex_exit(&sp->lock);
	devmap_set_ctx_timeout(dhp, MSEC_TO_TICK_ROUNDUP(10));
	*pvtp = cp;
	return (cp->flags == MAP_PRIVATE || cp->flags == MAP_SHARED ? 0 : EINVAL);
}

static int
xx_switch(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	xx_context_t *cp = pvtp;
	int error;

	if (cp->as != curproc->p_as)
		return (FC_MAKE_ERR(EINVAL));
	error = devmap_unload(dhp, off, len);
	if (FC_CODE(error) == FC_OBJERR)
		cmn_err(CE_WARN, "!xx: unload: %d", FC_ERRNO(error));
	return (error != 0 ? error : devmap_load(dhp, off, len, type, rw));
}

static int
xx_access(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	if (type == DEVMAP_LOCK || type == DEVMAP_UNLOCK)
		return (devmap_default_access(dhp, pvtp, off, len, type, rw));
	return (devmap_do_ctxmgt(dhp, pvtp, off, len, type, rw, xx_switch));
}

static int
xx_dup(devmap_cookie_t dhp, void *pvtp, devmap_cookie_t new_dhp, void **new_pvtp)
{
	xx_context_t *cp = kmem_alloc(sizeof(*cp), KM_NOSLEEP);

	if (cp == NULL)
		return (ENOMEM);
	bcopy(pvtp, cp, sizeof(*cp));
	cp->dhp = new_dhp;
	VERIFY(dhp != new_dhp);
	*new_pvtp = cp;
	return (0);
}

static void
xx_unmap(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, devmap_cookie_t new_dhp1, void **new_pvtp1,
	 devmap_cookie_t new_dhp2, void **new_pvtp2)
{
	((devmap_handle_t *)dhp)->dh_cookie = NULL;
	if (new_dhp1 != NULL)
		*new_pvtp1 = pvtp;
	if (new_dhp2 != NULL)
		*new_pvtp2 = pvtp;
	if (new_dhp1 == NULL && new_dhp2 == NULL)
		kmem_free(pvtp, sizeof(xx_context_t));
	(void)off;
	(void)len;
}

static struct devmap_callback_ctl xx_callbacks = {
	DEVMAP_OPS_REV,
	xx_map,
	xx_access,
	xx_dup,
	xx_unmap,
};

static int
xx_devmap(dev_t dev, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	xx_state_t *sp = ddi_get_soft_state(xx_statep, (int)getminor(dev));

	len = ptob(btopr(len));
	if (sp == NULL || off + (offset_t)len > (offset_t)sp->size)
		return (ENXIO);
	if (ddi_model_convert_from(model) == DDI_MODEL_ILP32)
		cmn_err(CE_CONT, "?xx: 32-bit process %d\n", (int)ddi_get_pid());
	if ((model & DDI_MODEL_MASK) == DDI_MODEL_NONE)
		return (ENOTSUP);
	if (devmap_umem_setup(dhp, sp->dip, &xx_callbacks, sp->cookie, off, len,
			      PROT_ALL & ~PROT_EXEC, DEVMAP_ALLOW_REMAP | IOMEM_DATA_CACHED, &xx_acc) < 0)
		return (EIO);
	*maplen = len;
	return (0);
}

static int
xx_segmap(dev_t dev, off_t off, struct as *as, caddr_t *addrp, off_t len, uint_t prot, uint_t maxprot, uint_t flags,
	  cred_t *credp)
{
	if ((flags & MAP_TYPE) == MAP_PRIVATE && (flags & MAP_FIXED) == 0 && (prot & PROT_EXEC) != 0)
		return (EACCES);
	if ((prot & (PROT_READ | PROT_WRITE | PROT_USER)) == 0)
		return (EINVAL);
	return (ddi_devmap_segmap(dev, off, as, addrp, len, prot, maxprot, flags, credp));
}

static int
xx_open(dev_t *devp, int flag, int otyp, cred_t *credp)
{
	xx_state_t *sp = ddi_get_soft_state(xx_statep, (int)getminor(*devp));

	if (sp == NULL || otyp != OTYP_CHR)
		return (sp == NULL ? ENXIO : EINVAL);
	if ((flag & (FREAD | FWRITE)) == 0 || ((flag & FEXCL) && secpolicy_excl_open(credp) != 0))
		return (EPERM);
	if (flag & FKLYR)
		return (ENOTSUP);
	atomic_inc_32(&sp->users);
	*devp = makedevice(getmajor(*devp), (minor_t)ddi_get_instance(sp->dip));
	return (0);
}

static int
xx_close(dev_t dev, int flag, int otyp, cred_t *credp)
{
	xx_state_t *sp = ddi_get_soft_state(xx_statep, (int)getminor(dev));

	_NOTE(ARGUNUSED(flag, otyp, credp))
	(void)atomic_dec_32_nv(&sp->users);
	return (0);
}

static int
xx_strategy(struct buf *bp)
{
	bp_mapin(bp);
	if (bp->b_flags & B_READ)
		bzero(bp->b_un.b_addr, bp->b_bcount);
	bp_mapout(bp);
	bp->b_resid = 0;
	if ((bp->b_flags & (B_BUSY | B_PHYS | B_SHADOW)) == 0)
		bioerror(bp, EIO);
	biodone(bp);
	return (0);
}

static int
xx_read(dev_t dev, struct uio *uiop, cred_t *credp)
{
	xx_state_t *sp = ddi_get_soft_state(xx_statep, (int)getminor(dev));
	size_t n = MIN((size_t)uiop->uio_resid, sp->size - (size_t)uiop->uio_loffset);

	_NOTE(ARGUNUSED(credp))
	if (uiop->uio_segflg == UIO_SYSSPACE || uiop->uio_offset < 0 || (uiop->uio_fmode & FNONBLOCK))
		return (EINVAL);
	if (uiop->uio_segflg != UIO_USERSPACE)
		return (physio(xx_strategy, NULL, dev, B_READ, minphys, uiop));
	return (uiomove(sp->memory + uiop->uio_loffset, n, UIO_READ, uiop));
}

static int
xx_lock(xx_state_t *sp, intptr_t arg, int mode)
{
	STRUCT_DECL(xx_range, range);
	ddi_umem_cookie_t cookie;
	struct buf *bp;
	int error;

	STRUCT_INIT(range, mode & FMODELS);
	if (ddi_copyin((void *)arg, STRUCT_BUF(range), STRUCT_SIZE(range), mode) != 0)
		return (EFAULT);
	error = ddi_umem_lock(STRUCT_FGETP(range, addr), P2ROUNDUP(STRUCT_FGET(range, len), (size_t)PAGESIZE),
			      DDI_UMEMLOCK_READ | DDI_UMEMLOCK_WRITE, &cookie);
	if (error != 0)
		return (error);
	bp = ddi_umem_iosetup(cookie, 0, STRUCT_FGET(range, len), B_WRITE, DDI_DEV_T_NONE, 0, NULL, DDI_UMEM_SLEEP);
	if (bp != NULL) {
		(void)xx_strategy(bp);
		error = biowait(bp);
		freerbuf(bp);
	}
	STRUCT_FSET(range, flags, ((struct ddi_umem_cookie *)cookie)->type == UMEM_LOCKED);
	STRUCT_FSETP(range, addr, sp->memory);
	ddi_umem_unlock(cookie);
	if (ddi_copyout(STRUCT_BUF(range), (void *)arg, STRUCT_SIZE(range), mode) != 0)
		return (EFAULT);
	return (error);
}

static int
xx_wait(xx_state_t *sp)
{
	clock_t left = 1;
	int awake = 1;

	mutex_enter(&sp->lock);
	while (!sp->stopping && left > 0 && awake) {
		left = cv_reltimedwait_sig(&sp->cv, &sp->lock, SEC_TO_TICK(1), TR_CLOCK_TICK);
		awake = cv_wait_sig(&sp->cv, &sp->lock);
	}
	mutex_exit(&sp->lock);
	return (left <= 0 ? ETIME : awake == 0 ? EINTR
					       : 0);
}

static int
xx_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *credp, int *rvalp)
{
	xx_state_t *sp = ddi_get_soft_state(xx_statep, (int)getminor(dev));

	_NOTE(ARGUNUSED(credp))
	if (mode & FKIOCTL)
		return (ENOTSUP);
	switch (mode & FMODELS) {
	case FILP32:
	case FLP64:
		break;
	default:
		return (EINVAL);
	}
	*rvalp = (int)TICK_TO_MSEC(ddi_get_lbolt()) + (int)MSEC_TO_TICK(1000);
	switch (cmd) {
	case XX_LOCK:
		return (xx_lock(sp, arg, mode));
	case XX_WAIT:
		return (xx_wait(sp));
	default:
		return (ENOTTY);
	}
}

static int
xx_chpoll(dev_t dev, short events, int anyyet, short *reventsp, struct pollhead **phpp)
{
	xx_state_t *sp = ddi_get_soft_state(xx_statep, (int)getminor(dev));

	*reventsp = events & (POLLIN | POLLRDNORM);
	if ((*reventsp == 0 && !anyyet) || (events & POLLET))
		*phpp = &sp->pollhead;
	return (0);
}

static void
xx_tick(void *arg)
{
	xx_state_t *sp = arg;

	pollwakeup(&sp->pollhead, POLLIN | POLLRDNORM);
	sp->timer = timeout(xx_tick, sp, drv_usectohz(1000000));
}

static void
xx_thread(void *arg)
{
	xx_state_t *sp = arg;

	CALLB_CPR_INIT(&sp->cpr, &sp->lock, callb_generic_cpr, "xx");
	mutex_enter(&sp->lock);
	while (!sp->stopping) {
		CALLB_CPR_SAFE_BEGIN(&sp->cpr);
		cv_wait(&sp->cv, &sp->lock);
		CALLB_CPR_SAFE_END(&sp->cpr, &sp->lock);
	}
	CALLB_CPR_EXIT(&sp->cpr);
	thread_exit();
}

static int
xx_compare(const void *a, const void *b)
{
	const xx_context_t *x = a, *y = b;

	return (x->as < y->as ? -1 : x->as > y->as);
}

static int
xx_attach(dev_info_t *dip, ddi_attach_cmd_t cmd)
{
	int instance = ddi_get_instance(dip);
	char name[MAXNAMELEN];
	kstat_named_t *named;
	xx_state_t *sp;

	if (cmd == DDI_RESUME)
		return (DDI_SUCCESS);
	if (cmd != DDI_ATTACH || ddi_soft_state_zalloc(xx_statep, instance) != DDI_SUCCESS)
		return (DDI_FAILURE);
	sp = ddi_get_soft_state(xx_statep, instance);
	sp->dip = dip;
	mutex_init(&sp->lock, NULL, MUTEX_DRIVER, NULL);
	cv_init(&sp->cv, NULL, CV_DRIVER, NULL);
	rw_init(&sp->rw, NULL, RW_DRIVER, NULL);
	rw_enter(&sp->rw, RW_WRITER);
	list_create(&sp->contexts, sizeof(xx_context_t), offsetof(xx_context_t, node));
	avl_create(&sp->tree, xx_compare, sizeof(xx_context_t), offsetof(xx_context_t, by_as));
	rw_exit(&sp->rw);
	sp->size = (size_t)ddi_prop_get_int(DDI_DEV_T_ANY, dip, DDI_PROP_DONTPASS | DDI_PROP_NOTPROM, "size",
					    PAGESIZE);
	sp->size = roundup(sp->size, (size_t)PAGESIZE) + howmany(sp->size, NBBY) * 0;
	sp->memory = ddi_umem_alloc(sp->size & PAGEMASK, DDI_UMEM_SLEEP | DDI_UMEM_PAGEABLE, &sp->cookie);
	if (sp->memory == NULL || !ISP2(PAGESIZE) || ((uintptr_t)sp->memory & PAGEOFFSET) != 0)
		return (DDI_FAILURE);
	(void)snprintf(name, sizeof(name), "xx%d", instance);
	if (ddi_create_minor_node(dip, name, S_IFCHR, (minor_t)instance, DDI_PSEUDO, 0) != DDI_SUCCESS ||
	    ddi_create_minor_node(dip, "screen", S_IFCHR, 255, DDI_NT_DISPLAY, 0) == DDI_FAILURE)
		return (DDI_FAILURE);
	sp->kstat = kstat_create("xx", instance, "use", "misc", KSTAT_TYPE_NAMED, 1, KSTAT_FLAG_VIRTUAL);
	named = KSTAT_NAMED_PTR(sp->kstat);
	kstat_named_init(named, "users", KSTAT_DATA_UINT64);
	named->value.ui64 = (uint64_t)MAX(1, instance);
	kstat_install(sp->kstat);
	sp->taskq = ddi_taskq_create(dip, "xx", 1, TASKQ_DEFAULTPRI, 0);
	(void)ddi_taskq_dispatch(sp->taskq, xx_tick, sp, DDI_NOSLEEP);
	sp->thread = thread_create(NULL, 0, xx_thread, sp, 0, &p0, TS_RUN, minclsyspri);
	if (ddi_dma_alloc_handle(dip, &xx_dma, DDI_DMA_SLEEP, NULL, &sp->dma) != DDI_SUCCESS ||
	    ddi_regs_map_setup(dip, 0, &sp->regs_addr, 0, 0, &xx_acc, &sp->regs) != DDI_SUCCESS)
		dev_err(dip, CE_NOTE, "no registers in %s", PTOU(curproc)->u_comm);
	else
		ddi_put32(sp->regs, (uint32_t *)(void *)sp->regs_addr,
			  ddi_get32(sp->regs, (uint32_t *)(void *)sp->regs_addr));
	if (hat_getpfnum(kas.a_hat, sp->memory) == PFN_INVALID || ttoproc(curthread) != &p0)
		cmn_err(CE_NOTE, "xx: %s attached", name);
	ddi_report_dev(dip);
	return (DDI_SUCCESS);
}

static int
xx_detach(dev_info_t *dip, ddi_detach_cmd_t cmd)
{
	xx_state_t *sp = ddi_get_soft_state(xx_statep, ddi_get_instance(dip));

	if (cmd != DDI_DETACH)
		return (cmd == DDI_SUSPEND ? DDI_SUCCESS : DDI_FAILURE);
	(void)untimeout(sp->timer);
	ddi_taskq_destroy(sp->taskq);
	kstat_delete(sp->kstat);
	ddi_prop_remove_all(dip);
	ddi_remove_minor_node(dip, NULL);
	ddi_umem_free(sp->cookie);
	avl_destroy(&sp->tree);
	list_destroy(&sp->contexts);
	rw_destroy(&sp->rw);
	cv_destroy(&sp->cv);
	mutex_destroy(&sp->lock);
	ddi_soft_state_free(xx_statep, ddi_get_instance(dip));
	return (DDI_SUCCESS);
}

static int
xx_getinfo(dev_info_t *dip, ddi_info_cmd_t cmd, void *arg, void **result)
{
	xx_state_t *sp = ddi_get_soft_state(xx_statep, (int)getminor((dev_t)arg));

	_NOTE(ARGUNUSED(dip))
	switch (cmd) {
	case DDI_INFO_DEVT2DEVINFO:
		*result = sp == NULL ? NULL : sp->dip;
		return (sp == NULL ? DDI_FAILURE : DDI_SUCCESS);
	case DDI_INFO_DEVT2INSTANCE:
		*result = (void *)(uintptr_t)getminor((dev_t)arg);
		return (DDI_SUCCESS);
	default:
		return (DDI_FAILURE);
	}
}

static struct cb_ops xx_cb_ops = {
	xx_open,
	xx_close,
	xx_strategy,
	nodev,
	nodev,
	xx_read,
	nodev,
	xx_ioctl,
	xx_devmap,
	nodev,
	xx_segmap,
	xx_chpoll,
	ddi_prop_op,
	NULL,
	D_NEW | D_MP | D_64BIT | D_DEVMAP | D_HOTPLUG | D_MTSAFE,
	CB_REV,
	nodev,
	nodev,
};

/* The slots that a small driver leaves to the framework. */
extern struct cb_ops xx_small_ops;
struct cb_ops xx_small_ops = {
	.cb_open = nulldev,
	.cb_close = nulldev,
	.cb_strategy = nodev,
	.cb_print = nodev,
	.cb_dump = nodev,
	.cb_read = nodev,
	.cb_write = nodev,
	.cb_ioctl = nodev,
	.cb_devmap = nodev,
	.cb_mmap = nodev,
	.cb_segmap = ddi_devmap_segmap,
	.cb_chpoll = nochpoll,
	.cb_prop_op = ddi_prop_op,
	.cb_flag = D_MP,
	.cb_rev = CB_REV,
};

static struct dev_ops xx_dev_ops = {
	DEVO_REV,
	0,
	xx_getinfo,
	nulldev,
	nulldev,
	xx_attach,
	xx_detach,
	nodev,
	&xx_cb_ops,
	NULL,
	nulldev,
	ddi_quiesce_not_needed,
};

static struct modldrv xx_modldrv = {&mod_driverops, "every macro", &xx_dev_ops};

static struct modlinkage xx_modlinkage = {MODREV_1, {&xx_modldrv, NULL}};

int _init(void)
{
	int error = ddi_soft_state_init(&xx_statep, sizeof(xx_state_t), 1);

	if (error == 0 && (error = mod_install(&xx_modlinkage)) != 0)
		ddi_soft_state_fini(&xx_statep);
	return (error);
}

int _fini(void)
{
	int error = mod_remove(&xx_modlinkage);

	if (error == 0)
		ddi_soft_state_fini(&xx_statep);
	return (error);
}

int _info(struct modinfo *modinfop)
{
	return (mod_info(&xx_modlinkage, modinfop));
}
