/* SPDX-License-Identifier: BSD-2-Clause */
/* waits: accesses that wait for other processes' accesses, and may be interrupted by signals. */
#define SMALL_NAME "waits"
#define SMALL_ATTACH                                                                     \
	waits_dip = dip;                                                                 \
	(void) ddi_umem_alloc(WAITS_PAGES * PAGESIZE, DDI_UMEM_SLEEP, &waits_cookie);    \
	mutex_init(&waits_lock, NULL, MUTEX_DRIVER, NULL);                               \
	cv_init(&waits_changed, NULL, CV_DRIVER, NULL);
#define SMALL_DETACH                      \
	ddi_remove_minor_node(dip, NULL); \
	cv_destroy(&waits_changed);       \
	mutex_destroy(&waits_lock);       \
	ddi_umem_free(waits_cookie);
#define SMALL_CB .cb_devmap = waits_devmap, .cb_ioctl = waits_ioctl, .cb_mmap = nodev, .cb_segmap = NULL, \
	.cb_flag = D_NEW | D_MP | D_64BIT | D_DEVMAP

#include <sys/types.h>
#include <sys/param.h>
#include <sys/cred.h>
#include <sys/errno.h>
#include <sys/kmem.h>
#include <sys/mman.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

#include "waits.h"

struct map {
	devmap_cookie_t handle;
};

static dev_info_t *waits_dip;
static ddi_umem_cookie_t waits_cookie;
static kmutex_t waits_lock;       /* protects the fields below */
static kcondvar_t waits_changed;
static struct { int given, gave; } side[2]; /* balls that came; has it given since it took one? */
static struct map *waits_owner;   /* of the lock */
static int waits_owner_pid, waits_rounds, waits_signals, waits_waiters, waits_mappings;

static int waits_devmap(dev_t, devmap_cookie_t, offset_t, size_t, size_t *, uint_t);
static int waits_ioctl(dev_t, int, intptr_t, int, cred_t *, int *);

#include "small.h"

/* ---- with the lock ---- */

/* false: a signal. */
static int
wait_sig(void)
{
	int woken;

	waits_waiters++;
	cv_broadcast(&waits_changed);
	woken = cv_wait_sig(&waits_changed, &waits_lock);
	waits_waiters--;
	if (!woken)
		waits_signals++;
	return (woken);
}

/* A page may be touched again before it is taken away: that gives nothing. */
static void
ball_give(int me)
{
	if (side[me].gave)
		return;
	side[me].gave = 1;
	side[!me].given++;
	cv_broadcast(&waits_changed);
}

static int
ball_take(int me)
{
	while (side[me].gave && side[me].given == 0)
		if (!wait_sig())
			return (EINTR);
	if (side[me].gave) {
		side[me].given--;
		side[me].gave = 0;
		waits_rounds++;
		cv_broadcast(&waits_changed);
	}
	return (0);
}

static int
owner_become(struct map *m)
{
	while (waits_owner != NULL && waits_owner != m)
		if (!wait_sig())
			return (EINTR);
	waits_owner = m;
	waits_owner_pid = ddi_get_pid();
	cv_broadcast(&waits_changed);
	return (0);
}

static void
owner_release(struct map *m)
{
	if (waits_owner != m)
		return;
	waits_owner = NULL;
	waits_owner_pid = 0;
	cv_broadcast(&waits_changed);
}

static int
page_access(struct map *m, int page)
{
	switch (page) {
	case WAITS_GIVE(0):
	case WAITS_GIVE(1):
		ball_give(page / 2);
		return (0);
	case WAITS_TAKE(0):
	case WAITS_TAKE(1):
		return (ball_take(page / 2));
	case WAITS_LOCK:
		return (owner_become(m));
	default:
		owner_release(m);
		return (0);
	}
}

/* ---- mapping callbacks ---- */

static struct map *
map_create(devmap_cookie_t handle)
{
	struct map *m = kmem_zalloc(sizeof (*m), KM_SLEEP);

	m->handle = handle;
	mutex_enter(&waits_lock);
	waits_mappings++;
	mutex_exit(&waits_lock);
	return (m);
}

static int
waits_map(devmap_cookie_t dhp, dev_t dev, uint_t flags, offset_t off, size_t len, void **pvtpp)
{
	*pvtpp = map_create(dhp);
	return (0);
}

static int
waits_access(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	struct map *m = pvtp;
	int page = (int)btop(off), error;

	mutex_enter(&waits_lock);
	error = page_access(m, page);
	if (error == 0)
		error = devmap_unload(m->handle, ptob(page ^ 1), PAGESIZE); /* the other one of the pair */
	if (error == 0)
		error = devmap_load(dhp, off, len, type, rw);
	mutex_exit(&waits_lock);
	return (error);
}

static int
waits_dup(devmap_cookie_t dhp, void *pvtp, devmap_cookie_t new_dhp, void **new_pvtpp)
{
	*new_pvtpp = map_create(new_dhp);
	return (0);
}

/* Only whole handles are unmapped here. */
static void
waits_unmap(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, devmap_cookie_t new_dhp1,
    void **new_pvtp1, devmap_cookie_t new_dhp2, void **new_pvtp2)
{
	mutex_enter(&waits_lock);
	owner_release(pvtp);
	waits_mappings--;
	mutex_exit(&waits_lock);
	kmem_free(pvtp, sizeof (struct map));
}

static struct devmap_callback_ctl waits_callbacks = {
	DEVMAP_OPS_REV, waits_map, waits_access, waits_dup, waits_unmap
};

static int
waits_devmap(dev_t dev, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	*maplen = ptob(btopr(len));
	if (off != 0 || *maplen != WAITS_PAGES * PAGESIZE)
		return (ENXIO);
	return (devmap_umem_setup(dhp, waits_dip, &waits_callbacks, waits_cookie, off, *maplen, PROT_ALL,
	    DEVMAP_DEFAULTS, NULL));
}

/* ---- ioctl; with the lock ---- */

static int
waits_count(int what)
{
	switch (what) {
	case WAITS_ROUNDS:
		return (waits_rounds);
	case WAITS_SIGNALS:
		return (waits_signals);
	case WAITS_WAITERS:
		return (waits_waiters);
	case WAITS_MAPPINGS:
		return (waits_mappings);
	default:
		return (waits_owner_pid);
	}
}

static int
waits_until(int what, int wanted)
{
	while (waits_count(what) < wanted)
		if (cv_wait_sig(&waits_changed, &waits_lock) == 0)
			return (EINTR);
	return (0);
}

static int
waits_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *credp, int *rvalp)
{
	int error = 0;

	mutex_enter(&waits_lock);
	switch (cmd) {
	case WAITS_COUNT:
		*rvalp = waits_count((int)arg);
		break;
	case WAITS_UNTIL:
		error = waits_until((int)arg & 0xff, (int)arg >> 8);
		break;
	default:
		error = ENOTTY;
	}
	mutex_exit(&waits_lock);
	return (error);
}
