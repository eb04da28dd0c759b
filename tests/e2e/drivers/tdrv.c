/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tdrv: the driver behind most end-to-end tests.  One instance; its minor nodes and ioctls are in tdrv.h.
 * On a detach with anything still open it warns, so that a test sees a lost close(9E).
 */
#include <sys/types.h>
#include <sys/param.h>
#include <sys/errno.h>
#include <sys/conf.h>
#include <sys/devops.h>
#include <sys/modctl.h>
#include <sys/open.h>
#include <sys/file.h>
#include <sys/cred.h>
#include <sys/stat.h>
#include <sys/kmem.h>
#include <sys/poll.h>
#include <sys/uio.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

#include "tdrv.h"

struct tdrv_copy32 {
	int magic;
	caddr32_t buf;
	uint32_t len;
	int32_t sum;
};

#define RING_BYTES 4096
#define LOG_BYTES 65536

static dev_info_t *tdrv_dip;

static kmutex_t tdrv_lock; /* protects everything below */
static kcondvar_t tdrv_sleep_cv;    /* TDRV_SLEEP */
static kcondvar_t tdrv_sleepers_cv; /* the number of sleepers has grown */
static uint_t tdrv_sleepers;
static uint_t tdrv_wakes;
static uint_t tdrv_count;
static uint_t tdrv_open_now;
static uint_t tdrv_mappings;
static uint_t tdrv_clones;
static ddi_umem_cookie_t tdrv_clone_cookie[TDRV_CLONE_MAX];
static char tdrv_clone_used[TDRV_CLONE_MAX];

static struct {
	char bytes[RING_BYTES];
	size_t head, used;
	kcondvar_t changed;
	pollhead_t poll;
} ring;

static char tdrv_log_text[LOG_BYTES];
static size_t tdrv_log_used;

static ddi_umem_cookie_t memory_cookie, pageable_cookie, trash_cookie, small_cookie;
static caddr_t memory;

/* ---- the log ---- */

static void
log_line(const char *what, uint_t a, uint_t b)
{
	char line[80];
	size_t n;

	ASSERT(MUTEX_HELD(&tdrv_lock));
	(void) snprintf(line, sizeof (line), "%s %x %x\n", what, a, b);
	n = strlen(line);
	if (tdrv_log_used + n > LOG_BYTES)
		tdrv_log_used = 0;
	bcopy(line, tdrv_log_text + tdrv_log_used, n);
	tdrv_log_used += n;
}

static int
log_read(struct uio *uiop)
{
	char *copy = kmem_alloc(LOG_BYTES, KM_SLEEP);
	size_t n, off = 0;
	int error = 0;

	mutex_enter(&tdrv_lock);
	n = tdrv_log_used;
	bcopy(tdrv_log_text, copy, n);
	mutex_exit(&tdrv_lock);
	if (uiop->uio_loffset >= 0)
		off = (size_t)uiop->uio_loffset;
	if (off < n)
		error = uiomove(copy + off, n - off, UIO_READ, uiop);
	kmem_free(copy, LOG_BYTES);
	return (error);
}

/* ---- clones ---- */

static int
clone_open(dev_t *devp)
{
	ddi_umem_cookie_t cookie;
	minor_t i;

	if (ddi_umem_alloc(PAGESIZE, DDI_UMEM_SLEEP, &cookie) == NULL)
		return (ENOMEM);
	mutex_enter(&tdrv_lock);
	for (i = 0; i < TDRV_CLONE_MAX && tdrv_clone_used[i]; i++)
		continue;
	if (i < TDRV_CLONE_MAX) {
		tdrv_clone_used[i] = 1;
		tdrv_clone_cookie[i] = cookie;
		tdrv_clones++;
	}
	mutex_exit(&tdrv_lock);
	if (i == TDRV_CLONE_MAX) {
		ddi_umem_free(cookie);
		return (EAGAIN);
	}
	*devp = makedevice(getmajor(*devp), TDRV_CLONE_FIRST + i);
	return (0);
}

static int
clone_close(minor_t minor)
{
	minor_t i = minor - TDRV_CLONE_FIRST;
	ddi_umem_cookie_t cookie;

	mutex_enter(&tdrv_lock);
	if (i >= TDRV_CLONE_MAX || !tdrv_clone_used[i]) {
		mutex_exit(&tdrv_lock);
		cmn_err(CE_WARN, "tdrv: close of clone %u that is not open", minor);
		return (ENXIO);
	}
	cookie = tdrv_clone_cookie[i];
	tdrv_clone_cookie[i] = NULL;
	tdrv_clone_used[i] = 0;
	tdrv_clones--;
	mutex_exit(&tdrv_lock);
	ddi_umem_free(cookie);
	return (0);
}

/* ---- open and close ---- */

static int
tdrv_open(dev_t *devp, int flag, int otyp, cred_t *credp)
{
	minor_t minor = getminor(*devp);
	int error = 0;

	if (otyp != OTYP_CHR || minor >= TDRV_MINORS)
		return (EINVAL);
	if (minor == TDRV_CLONE)
		return (clone_open(devp));
	mutex_enter(&tdrv_lock);
	if (minor == TDRV_EXCL && (tdrv_open_now & (1u << minor)))
		error = EBUSY;
	else
		tdrv_open_now |= 1u << minor;
	if (error == 0)
		log_line("open", minor, (uint_t)flag & (FREAD | FWRITE));
	mutex_exit(&tdrv_lock);
	return (error);
}

static int
tdrv_close(dev_t dev, int flag, int otyp, cred_t *credp)
{
	minor_t minor = getminor(dev);

	if (minor >= TDRV_CLONE_FIRST)
		return (clone_close(minor));
	mutex_enter(&tdrv_lock);
	if (!(tdrv_open_now & (1u << minor)))
		cmn_err(CE_WARN, "tdrv: close of minor %u that is not open", minor);
	tdrv_open_now &= ~(1u << minor);
	log_line("close", minor, 0);
	if (minor == TDRV_RING)
		ring.used = 0;
	mutex_exit(&tdrv_lock);
	return (0);
}

/* ---- the ring ---- */

static int
ring_wait(struct uio *uiop)
{
	if (uiop->uio_fmode & (FNDELAY | FNONBLOCK))
		return (EAGAIN);
	return (cv_wait_sig(&ring.changed, &tdrv_lock) == 0 ? EINTR : 0);
}

static int
ring_read(struct uio *uiop)
{
	int error = 0;
	size_t n;

	mutex_enter(&tdrv_lock);
	while (error == 0 && ring.used == 0)
		error = ring_wait(uiop);
	while (error == 0 && ring.used != 0 && uiop->uio_resid > 0) {
		n = MIN(MIN(ring.used, RING_BYTES - ring.head), (size_t)uiop->uio_resid);
		error = uiomove(ring.bytes + ring.head, n, UIO_READ, uiop);
		if (error == 0) {
			ring.head = (ring.head + n) % RING_BYTES;
			ring.used -= n;
		}
	}
	cv_broadcast(&ring.changed);
	mutex_exit(&tdrv_lock);
	pollwakeup(&ring.poll, POLLOUT | POLLWRNORM);
	return (error);
}

static int
ring_write(struct uio *uiop)
{
	int error = 0;
	size_t at, n;

	mutex_enter(&tdrv_lock);
	while (error == 0 && uiop->uio_resid > 0) {
		if (ring.used == RING_BYTES) {
			error = ring_wait(uiop);
			continue;
		}
		at = (ring.head + ring.used) % RING_BYTES;
		n = MIN(MIN(RING_BYTES - ring.used, RING_BYTES - at), (size_t)uiop->uio_resid);
		error = uiomove(ring.bytes + at, n, UIO_WRITE, uiop);
		if (error == 0)
			ring.used += n;
		cv_broadcast(&ring.changed);
	}
	mutex_exit(&tdrv_lock);
	pollwakeup(&ring.poll, POLLIN | POLLRDNORM);
	return (error);
}

static int
tdrv_read(dev_t dev, struct uio *uiop, cred_t *credp)
{
	switch (getminor(dev)) {
	case TDRV_RING:
		return (ring_read(uiop));
	case TDRV_LOG:
		return (log_read(uiop));
	default:
		return (ENXIO);
	}
}

static int
tdrv_write(dev_t dev, struct uio *uiop, cred_t *credp)
{
	return (getminor(dev) == TDRV_RING ? ring_write(uiop) : ENXIO);
}

static int
tdrv_chpoll(dev_t dev, short events, int anyyet, short *reventsp, struct pollhead **phpp)
{
	short ready = 0;

	if (getminor(dev) != TDRV_RING)
		return (ENXIO);
	mutex_enter(&tdrv_lock);
	if (ring.used != 0)
		ready |= POLLIN | POLLRDNORM;
	if (ring.used < RING_BYTES)
		ready |= POLLOUT | POLLWRNORM;
	mutex_exit(&tdrv_lock);
	*reventsp = ready & events;
	if ((*reventsp == 0 && !anyyet) || (events & POLLET))
		*phpp = &ring.poll;
	return (0);
}

/* ---- ioctls ---- */

static int
do_copy(intptr_t arg, int mode)
{
	STRUCT_DECL(tdrv_copy, copy);
	unsigned char *bytes;
	size_t len, i;
	long sum = 0;
	int error = 0;

	STRUCT_INIT(copy, mode);
	if (ddi_copyin((void *)arg, STRUCT_BUF(copy), STRUCT_SIZE(copy), mode) != 0)
		return (EFAULT);
	len = STRUCT_FGET(copy, len);
	if (STRUCT_FGET(copy, magic) != TDRV_MAGIC || len == 0 || len > TDRV_COPY_MAX)
		return (EINVAL);
	bytes = kmem_alloc(len, KM_SLEEP);
	if (ddi_copyin(STRUCT_FGETP(copy, buf), bytes, len, mode) != 0) {
		error = EFAULT;
		goto out;
	}
	for (i = 0; i < len; i++) {
		sum += bytes[i];
		bytes[i] = ~bytes[i];
	}
	STRUCT_FSET(copy, sum, sum);
	if (ddi_copyout(bytes, STRUCT_FGETP(copy, buf), len, mode) != 0 ||
	    ddi_copyout(STRUCT_BUF(copy), (void *)arg, STRUCT_SIZE(copy), mode) != 0)
		error = EFAULT;
out:
	kmem_free(bytes, len);
	return (error);
}

static int
do_sleep(boolean_t hard)
{
	uint_t wakes;
	int error = 0;

	mutex_enter(&tdrv_lock);
	wakes = tdrv_wakes;
	tdrv_sleepers++;
	cv_broadcast(&tdrv_sleepers_cv);
	while (error == 0 && wakes == tdrv_wakes) {
		if (hard)
			cv_wait(&tdrv_sleep_cv, &tdrv_lock);
		else if (cv_wait_sig(&tdrv_sleep_cv, &tdrv_lock) == 0)
			error = EINTR;
	}
	tdrv_sleepers--;
	mutex_exit(&tdrv_lock);
	return (error);
}

static int
do_sleepers(uint_t wanted)
{
	int error = 0;

	mutex_enter(&tdrv_lock);
	while (error == 0 && tdrv_sleepers < wanted)
		if (cv_wait_sig(&tdrv_sleepers_cv, &tdrv_lock) == 0)
			error = EINTR;
	mutex_exit(&tdrv_lock);
	return (error);
}

static int
do_wake(void)
{
	int n;

	mutex_enter(&tdrv_lock);
	n = (int)tdrv_sleepers;
	tdrv_wakes++;
	cv_broadcast(&tdrv_sleep_cv);
	mutex_exit(&tdrv_lock);
	return (n);
}

static int
do_info(intptr_t arg, int mode, cred_t *credp)
{
	struct tdrv_info info;

	info.pid = ddi_get_pid();
	info.uid = crgetuid(credp);
	info.gid = crgetgid(credp);
	info.model = ddi_model_convert_from(mode & FMODELS) == DDI_MODEL_ILP32 ? 32 : 64;
	return (ddi_copyout(&info, (void *)arg, sizeof (info), mode) ? EFAULT : 0);
}

static int
do_stats(intptr_t arg, int mode)
{
	struct tdrv_stats stats;

	mutex_enter(&tdrv_lock);
	stats.clones = tdrv_clones;
	stats.mappings = tdrv_mappings;
	stats.sleepers = tdrv_sleepers;
	stats.open = tdrv_open_now;
	mutex_exit(&tdrv_lock);
	return (ddi_copyout(&stats, (void *)arg, sizeof (stats), mode) ? EFAULT : 0);
}

static int
do_answer(intptr_t arg, int mode)
{
	struct tdrv_answer a;

	if (ddi_copyin((void *)arg, &a, sizeof (a), mode) != 0)
		return (EFAULT);
	a.answer = TDRV_ANSWER_OF(a.question);
	return (ddi_copyout(&a, (void *)arg, sizeof (a), mode) ? EFAULT : 0);
}

static int
do_fill(uint_t page, int byte)
{
	if (page >= TDRV_PAGES)
		return (EINVAL);
	(void) memset(memory + ptob(page), byte, PAGESIZE);
	return (0);
}

static int
tdrv_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *credp, int *rvalp)
{
	switch (cmd) {
	case TDRV_ECHO:
		*rvalp = (int)arg;
		return (0);
	case TDRV_COPY:
		return (do_copy(arg, mode));
	case TDRV_COUNT:
		mutex_enter(&tdrv_lock);
		*rvalp = (int)(++tdrv_count & 0x7fffffff);
		mutex_exit(&tdrv_lock);
		return (0);
	case TDRV_SLEEP:
		return (do_sleep(B_FALSE));
	case TDRV_SLEEP_HARD:
		return (do_sleep(B_TRUE));
	case TDRV_WAKE:
		*rvalp = do_wake();
		return (0);
	case TDRV_SLEEPERS:
		return (do_sleepers((uint_t)arg));
	case TDRV_ERROR:
		return ((int)arg);
	case TDRV_INFO:
		return (do_info(arg, mode, credp));
	case TDRV_FILL:
		return (do_fill((uint_t)arg >> 8, (int)(arg & 255)));
	case TDRV_PEEK:
		if ((size_t)arg >= ptob(TDRV_PAGES))
			return (EINVAL);
		*rvalp = (unsigned char)memory[arg];
		return (0);
	case TDRV_ANSWER:
		return (do_answer(arg, mode));
	case TDRV_STATS:
		return (do_stats(arg, mode));
	case TDRV_FLAGS:
		*rvalp = mode & (FREAD | FWRITE | FNDELAY | FNONBLOCK | FMODELS);
		return (0);
	default:
		return (ENOTTY);
	}
}

/* ---- mappings ---- */

static int
tracked_map(devmap_cookie_t dhp, dev_t dev, uint_t flags, offset_t off, size_t len, void **pvtp)
{
	if (off >= TDRV_AT_MAPFAIL && off < TDRV_AT_DUPFAIL)
		return (EAGAIN);
	mutex_enter(&tdrv_lock);
	*pvtp = (void *)(uintptr_t)off;
	tdrv_mappings++;
	log_line("map", (uint_t)off, (uint_t)len);
	mutex_exit(&tdrv_lock);
	return (0);
}

static int
tracked_dup(devmap_cookie_t dhp, void *pvtp, devmap_cookie_t new_dhp, void **new_pvtp)
{
	if ((uintptr_t)pvtp >= TDRV_AT_DUPFAIL)
		return (ENOMEM);
	mutex_enter(&tdrv_lock);
	*new_pvtp = pvtp;
	tdrv_mappings++;
	log_line("dup", (uint_t)(uintptr_t)pvtp, 0);
	mutex_exit(&tdrv_lock);
	return (0);
}

static void
tracked_unmap(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, devmap_cookie_t new_dhp1, void **new_pvtp1,
	      devmap_cookie_t new_dhp2, void **new_pvtp2)
{
	mutex_enter(&tdrv_lock);
	if (new_dhp1 == NULL && new_dhp2 == NULL)
		tdrv_mappings--;
	else if (new_dhp1 != NULL && new_dhp2 != NULL)
		tdrv_mappings++;
	log_line("unmap", (uint_t)off, (uint_t)len);
	mutex_exit(&tdrv_lock);
}

static struct devmap_callback_ctl tracked_ops = {
	.devmap_rev = DEVMAP_OPS_REV,
	.devmap_map = tracked_map,
	.devmap_dup = tracked_dup,
	.devmap_unmap = tracked_unmap,
};

static const struct area {
	uint_t at;
	ddi_umem_cookie_t *cookie;
	uint_t maxprot;
	struct devmap_callback_ctl *ops;
} areas[] = {
	{ TDRV_AT_MEMORY, &memory_cookie, PROT_ALL, NULL },
	{ TDRV_AT_PAGEABLE, &pageable_cookie, PROT_ALL, NULL },
	{ TDRV_AT_READONLY, &memory_cookie, PROT_READ | PROT_USER, NULL },
	{ TDRV_AT_TRASH, &trash_cookie, PROT_ALL, NULL },
	{ TDRV_AT_SMALL, &small_cookie, PROT_ALL, NULL },
	{ TDRV_AT_NOUSER, &memory_cookie, PROT_READ | PROT_WRITE, NULL },
	{ TDRV_AT_TRACKED, &memory_cookie, PROT_ALL, &tracked_ops },
	{ TDRV_AT_MAPFAIL, &memory_cookie, PROT_ALL, &tracked_ops },
	{ TDRV_AT_DUPFAIL, &memory_cookie, PROT_ALL, &tracked_ops },
};

static int
setup(devmap_cookie_t dhp, const struct area *area, offset_t koff, size_t len, size_t *maplen)
{
	size_t length = ptob(btopr(len));

	if (devmap_umem_setup(dhp, tdrv_dip, area->ops, *area->cookie, koff, length, area->maxprot, DEVMAP_DEFAULTS,
			      NULL) != DDI_SUCCESS)
		return (ENXIO);
	*maplen = length;
	return (0);
}

static int
clone_devmap(minor_t minor, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen)
{
	struct area area = { 0, &tdrv_clone_cookie[minor - TDRV_CLONE_FIRST], PROT_ALL, NULL };

	return (setup(dhp, &area, off, len, maplen));
}

static int
tdrv_devmap(dev_t dev, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	minor_t minor = getminor(dev);
	uint_t i, base = (uint_t)off & ~0xffffffu;

	if (minor >= TDRV_CLONE_FIRST)
		return (clone_devmap(minor, dhp, off, len, maplen));
	if (minor != TDRV_MAIN || off < 0 || off > 0xfffffff)
		return (ENXIO);
	if (base == TDRV_AT_EPERM)
		return (EPERM);
	if (base == TDRV_AT_TWO)
		return (setup(dhp, &areas[off == base ? 0 : 1], 0, PAGESIZE, maplen));
	for (i = 0; i < sizeof (areas) / sizeof (areas[0]); i++)
		if (areas[i].at == base)
			return (setup(dhp, &areas[i], off - base, len, maplen));
	return (ENXIO);
}

/* ---- the device ---- */

static const char *const node_name[TDRV_MINORS] = {
	"tdrv", "tdrv.ring", "tdrv.excl", "tdrv.log", "tdrv.clone", NULL,
};

static int
make_nodes(dev_info_t *dip)
{
	minor_t i;

	for (i = 0; i < TDRV_MINORS; i++)
		if (node_name[i] != NULL &&
		    ddi_create_minor_node(dip, node_name[i], S_IFCHR, i, DDI_PSEUDO, 0) != DDI_SUCCESS)
			return (DDI_FAILURE);
	return (ddi_create_priv_minor_node(dip, "tdrv.priv", S_IFCHR, TDRV_PRIV, DDI_PSEUDO, PRIVONLY_DEV, NULL, NULL,
					   0600));
}

static void
free_memory(void)
{
	ddi_umem_free(memory_cookie);
	ddi_umem_free(pageable_cookie);
	ddi_umem_free(trash_cookie);
	ddi_umem_free(small_cookie);
}

static int
tdrv_attach(dev_info_t *dip, ddi_attach_cmd_t cmd)
{
	if (cmd != DDI_ATTACH)
		return (DDI_FAILURE);
	tdrv_dip = dip;
	memory = ddi_umem_alloc(ptob(TDRV_PAGES), DDI_UMEM_SLEEP, &memory_cookie);
	(void) ddi_umem_alloc(1 << 20, DDI_UMEM_SLEEP | DDI_UMEM_PAGEABLE, &pageable_cookie);
	(void) ddi_umem_alloc(ptob(4), DDI_UMEM_SLEEP | DDI_UMEM_TRASH, &trash_cookie);
	(void) ddi_umem_alloc(100, DDI_UMEM_SLEEP, &small_cookie);
	if (memory == NULL || pageable_cookie == NULL || trash_cookie == NULL || small_cookie == NULL ||
	    make_nodes(dip) != DDI_SUCCESS) {
		ddi_remove_minor_node(dip, NULL);
		free_memory();
		return (DDI_FAILURE);
	}
	mutex_init(&tdrv_lock, NULL, MUTEX_DRIVER, NULL);
	cv_init(&tdrv_sleep_cv, NULL, CV_DRIVER, NULL);
	cv_init(&tdrv_sleepers_cv, NULL, CV_DRIVER, NULL);
	cv_init(&ring.changed, NULL, CV_DRIVER, NULL);
	ddi_report_dev(dip);
	return (DDI_SUCCESS);
}

static int
tdrv_detach(dev_info_t *dip, ddi_detach_cmd_t cmd)
{
	if (cmd != DDI_DETACH)
		return (DDI_FAILURE);
	if (tdrv_open_now != 0 || tdrv_clones != 0 || tdrv_mappings != 0 || tdrv_sleepers != 0)
		cmn_err(CE_WARN, "tdrv: detached with opens %x, %u clones, %u mappings, %u sleepers", tdrv_open_now,
			tdrv_clones, tdrv_mappings, tdrv_sleepers);
	ddi_remove_minor_node(dip, NULL);
	free_memory();
	cv_destroy(&ring.changed);
	cv_destroy(&tdrv_sleepers_cv);
	cv_destroy(&tdrv_sleep_cv);
	mutex_destroy(&tdrv_lock);
	return (DDI_SUCCESS);
}

static int
tdrv_getinfo(dev_info_t *dip, ddi_info_cmd_t cmd, void *arg, void **result)
{
	switch (cmd) {
	case DDI_INFO_DEVT2DEVINFO:
		*result = tdrv_dip;
		return (DDI_SUCCESS);
	case DDI_INFO_DEVT2INSTANCE:
		*result = (void *)0;
		return (DDI_SUCCESS);
	default:
		return (DDI_FAILURE);
	}
}

static struct cb_ops tdrv_cb_ops = {
	.cb_open = tdrv_open,
	.cb_close = tdrv_close,
	.cb_strategy = nodev,
	.cb_print = nodev,
	.cb_dump = nodev,
	.cb_read = tdrv_read,
	.cb_write = tdrv_write,
	.cb_ioctl = tdrv_ioctl,
	.cb_devmap = tdrv_devmap,
	.cb_mmap = nodev,
	.cb_segmap = nodev,
	.cb_chpoll = tdrv_chpoll,
	.cb_prop_op = ddi_prop_op,
	.cb_flag = D_NEW | D_MP | D_64BIT | D_DEVMAP,
	.cb_rev = CB_REV,
	.cb_aread = nodev,
	.cb_awrite = nodev,
};

static struct dev_ops tdrv_dev_ops = {
	.devo_rev = DEVO_REV,
	.devo_getinfo = tdrv_getinfo,
	.devo_identify = nulldev,
	.devo_probe = nulldev,
	.devo_attach = tdrv_attach,
	.devo_detach = tdrv_detach,
	.devo_reset = nodev,
	.devo_cb_ops = &tdrv_cb_ops,
	.devo_quiesce = ddi_quiesce_not_needed,
};

static struct modldrv tdrv_modldrv = { &mod_driverops, "end-to-end test driver", &tdrv_dev_ops };
static struct modlinkage tdrv_modlinkage = { MODREV_1, { &tdrv_modldrv, NULL } };

int
_init(void)
{
	return (mod_install(&tdrv_modlinkage));
}

int
_info(struct modinfo *modinfop)
{
	return (mod_info(&tdrv_modlinkage, modinfop));
}

int
_fini(void)
{
	return (mod_remove(&tdrv_modlinkage));
}
