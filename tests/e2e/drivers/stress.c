/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stress: contexts that are switched, cut and copied; a duel of mappings that take a page from each other; memory
 * that nobody has written.  It counts, and holds its lock while an application looks at the processes.
 */
#define SMALL_NAME "stress"
#define SMALL_ATTACH                                                                                \
	stress_dip = dip;                                                                           \
	stress_device = ddi_umem_alloc(STRESS_PAGEABLE * PAGESIZE, DDI_UMEM_SLEEP, &stress_cookie); \
	(void) ddi_umem_alloc(STRESS_PAGEABLE_PAGES * PAGESIZE, DDI_UMEM_SLEEP | DDI_UMEM_PAGEABLE, \
	    &stress_pageable);                                                                      \
	mutex_init(&stress_lock, NULL, MUTEX_DRIVER, NULL);                                         \
	mutex_init(&duel_lock, NULL, MUTEX_DRIVER, NULL);                                           \
	mutex_init(&freeze_lock, NULL, MUTEX_DRIVER, NULL);                                         \
	cv_init(&stress_switched, NULL, CV_DRIVER, NULL);                                           \
	cv_init(&duel_changed, NULL, CV_DRIVER, NULL);                                              \
	cv_init(&freeze_changed, NULL, CV_DRIVER, NULL);
#define SMALL_DETACH                         \
	ddi_remove_minor_node(dip, NULL);    \
	cv_destroy(&freeze_changed);         \
	cv_destroy(&duel_changed);           \
	cv_destroy(&stress_switched);        \
	mutex_destroy(&freeze_lock);         \
	mutex_destroy(&duel_lock);           \
	mutex_destroy(&stress_lock);         \
	ddi_umem_free(stress_pageable);      \
	ddi_umem_free(stress_cookie);
#define SMALL_CB .cb_devmap = stress_devmap, .cb_ioctl = stress_ioctl, .cb_mmap = nodev, .cb_segmap = NULL, \
	.cb_flag = D_NEW | D_MP | D_64BIT | D_DEVMAP

#include <sys/types.h>
#include <sys/param.h>
#include <sys/cred.h>
#include <sys/errno.h>
#include <sys/kmem.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

#include "stress.h"

struct ctx {                    /* one per handle of the registers */
	devmap_cookie_t handle;
	offset_t off;           /* what of the registers it maps */
	size_t len;
	pid_t pid;
	char saved[STRESS_CTX_PAGES * PAGESIZE];
};

struct duellist {
	devmap_cookie_t handle;
	struct duellist *next;
};

static dev_info_t *stress_dip;
static ddi_umem_cookie_t stress_cookie, stress_pageable;
static char *stress_device;     /* the registers, and the duel's page */

static kmutex_t stress_lock;    /* protects the fields below, each struct ctx and the registers */
static kcondvar_t stress_switched;
static struct ctx *stress_current; /* whose context the registers hold, or NULL */
static clock_t stress_ticks;
static int stress_switches, stress_touches, stress_mappings;
static hrtime_t stress_taken, stress_shortest; /* 0: not yet */

static kmutex_t duel_lock;      /* protects the fields below */
static kcondvar_t duel_changed;
static struct duellist *duellists;
static int duel_rounds, duel_mappings;

static kmutex_t freeze_lock;    /* protects the fields below; taken after stress_lock */
static kcondvar_t freeze_changed;
static int freeze_on, freeze_pid;

static int stress_devmap(dev_t, devmap_cookie_t, offset_t, size_t, size_t *, uint_t);
static int stress_ioctl(dev_t, int, intptr_t, int, cred_t *, int *);

#include "small.h"

/* ---- contexts; with stress_lock ---- */

static void
ctx_save(struct ctx *cp)
{
	(void) devmap_unload(cp->handle, cp->off, cp->len);
	bcopy(stress_device + cp->off, cp->saved + cp->off, cp->len);
}

static void
ctx_switch_to(struct ctx *next)
{
	if (stress_current == next)
		return;
	if (stress_current != NULL)
		ctx_save(stress_current);
	bcopy(next->saved + next->off, stress_device + next->off, next->len);
	stress_current = next;
	stress_switches++;
	cv_broadcast(&stress_switched);
}

static void
hold_measure(void)
{
	hrtime_t held = gethrtime() - stress_taken;

	if (stress_taken != 0 && (stress_shortest == 0 || held < stress_shortest))
		stress_shortest = held;
}

static int
ctx_manage(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	int error;

	mutex_enter(&stress_lock);
	hold_measure();
	ctx_switch_to(pvtp);
	error = devmap_load(dhp, off, len, type, rw);
	stress_taken = gethrtime();
	mutex_exit(&stress_lock);
	return (error);
}

static struct ctx *
ctx_create(devmap_cookie_t handle, offset_t off, size_t len)
{
	struct ctx *cp = kmem_zalloc(sizeof (*cp), KM_SLEEP);

	cp->handle = handle;
	cp->off = off;
	cp->len = len;
	cp->pid = ddi_get_pid();
	return (cp);
}

static int
ctx_map(devmap_cookie_t dhp, dev_t dev, uint_t flags, offset_t off, size_t len, void **pvtpp)
{
	struct ctx *cp = ctx_create(dhp, off, len);

	mutex_enter(&stress_lock);
	stress_mappings++;
	devmap_set_ctx_timeout(dhp, stress_ticks);
	mutex_exit(&stress_lock);
	*pvtpp = cp;
	return (0);
}

static int
ctx_access(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	return (devmap_do_ctxmgt(dhp, pvtp, off, len, type, rw, ctx_manage));
}

/* The child begins with the registers as the parent has them now. */
static int
ctx_dup(devmap_cookie_t dhp, void *pvtp, devmap_cookie_t new_dhp, void **new_pvtpp)
{
	struct ctx *cp = pvtp, *child = ctx_create(new_dhp, cp->off, cp->len);

	mutex_enter(&stress_lock);
	stress_mappings++;
	if (stress_current == cp)
		ctx_save(cp);
	bcopy(cp->saved, child->saved, sizeof (cp->saved));
	mutex_exit(&stress_lock);
	*new_pvtpp = child;
	return (0);
}

/*
 *	cp->off      off     off + len     end
 *	   |----------|=========|-----------|
 *	     before     removed     after
 */
static void
ctx_unmap(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, devmap_cookie_t new_dhp1,
    void **new_pvtp1, devmap_cookie_t new_dhp2, void **new_pvtp2)
{
	struct ctx *cp = pvtp, *part;
	offset_t end = cp->off + (offset_t)cp->len, cut = off + (offset_t)len;

	mutex_enter(&stress_lock);
	if (stress_current == cp) {
		if (new_dhp1 != NULL || new_dhp2 != NULL)
			ctx_save(cp);
		stress_current = NULL;
	}
	stress_mappings--;
	if (new_dhp1 != NULL) {
		part = ctx_create(new_dhp1, cp->off, (size_t)(off - cp->off));
		bcopy(cp->saved, part->saved, sizeof (cp->saved));
		*new_pvtp1 = part;
		stress_mappings++;
	}
	if (new_dhp2 != NULL) {
		part = ctx_create(new_dhp2, cut, (size_t)(end - cut));
		bcopy(cp->saved, part->saved, sizeof (cp->saved));
		*new_pvtp2 = part;
		stress_mappings++;
	}
	mutex_exit(&stress_lock);
	kmem_free(cp, sizeof (*cp));
}

static struct devmap_callback_ctl ctx_callbacks = {
	DEVMAP_OPS_REV, ctx_map, ctx_access, ctx_dup, ctx_unmap
};

/* ---- the duel ---- */

static void *
duel_add(devmap_cookie_t handle)
{
	struct duellist *d = kmem_zalloc(sizeof (*d), KM_SLEEP);

	d->handle = handle;
	mutex_enter(&duel_lock);
	duel_mappings++;
	d->next = duellists;
	duellists = d;
	mutex_exit(&duel_lock);
	return (d);
}

static int
duel_map(devmap_cookie_t dhp, dev_t dev, uint_t flags, offset_t off, size_t len, void **pvtpp)
{
	*pvtpp = duel_add(dhp);
	return (0);
}

static int
duel_dup(devmap_cookie_t dhp, void *pvtp, devmap_cookie_t new_dhp, void **new_pvtpp)
{
	*new_pvtpp = duel_add(new_dhp);
	return (0);
}

static void
duel_unmap(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, devmap_cookie_t new_dhp1,
    void **new_pvtp1, devmap_cookie_t new_dhp2, void **new_pvtp2)
{
	struct duellist **link;

	mutex_enter(&duel_lock);
	for (link = &duellists; *link != pvtp; link = &(*link)->next)
		;
	*link = (*link)->next;
	duel_mappings--;
	mutex_exit(&duel_lock);
	kmem_free(pvtp, sizeof (struct duellist));
}

static int
duel_access(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	struct duellist *d;
	int error = 0;

	mutex_enter(&duel_lock);
	for (d = duellists; d != NULL && error == 0; d = d->next)
		error = devmap_unload(d->handle, off, len);
	if (error == 0)
		error = devmap_load(dhp, off, len, type, rw);
	duel_rounds++;
	cv_broadcast(&duel_changed);
	mutex_exit(&duel_lock);
	return (error);
}

static struct devmap_callback_ctl duel_callbacks = {
	DEVMAP_OPS_REV, duel_map, duel_access, duel_dup, duel_unmap
};

/* ---- memory that nobody has written ---- */

static int
pageable_access(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	mutex_enter(&stress_lock);
	stress_touches++;
	mutex_exit(&stress_lock);
	return (devmap_load(dhp, off, len, type, rw));
}

static struct devmap_callback_ctl pageable_callbacks = { DEVMAP_OPS_REV, NULL, pageable_access, NULL, NULL };

/* ---- cb_ops ---- */

static int
stress_devmap(dev_t dev, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	ulong_t first = btop(off), end = first + btopr(len);

	*maplen = ptob(btopr(len));
	if (end <= STRESS_CTX_PAGES)
		return (devmap_umem_setup(dhp, stress_dip, &ctx_callbacks, stress_cookie, off, *maplen, PROT_ALL,
		    DEVMAP_DEFAULTS, NULL));
	if (first == STRESS_DUEL && end == first + 1)
		return (devmap_umem_setup(dhp, stress_dip, &duel_callbacks, stress_cookie, off, *maplen, PROT_ALL,
		    DEVMAP_DEFAULTS, NULL));
	if (first >= STRESS_PAGEABLE && end <= STRESS_PAGES)
		return (devmap_umem_setup(dhp, stress_dip, &pageable_callbacks, stress_pageable,
		    off - ptob(STRESS_PAGEABLE), *maplen, PROT_ALL, DEVMAP_DEFAULTS, NULL));
	return (ENXIO);
}

static int
stress_count(int what, int *rvalp)
{
	mutex_enter(&stress_lock);
	mutex_enter(&duel_lock);
	*rvalp = what == STRESS_SWITCHES ? stress_switches : what == STRESS_ROUNDS ? duel_rounds :
	    what == STRESS_TOUCHES ? stress_touches : stress_mappings + duel_mappings;
	mutex_exit(&duel_lock);
	mutex_exit(&stress_lock);
	return (0);
}

static int
wait_for(kmutex_t *lock, kcondvar_t *changed, const int *count, int wanted)
{
	int error = 0;

	mutex_enter(lock);
	while (*count < wanted && error == 0)
		if (cv_wait_sig(changed, lock) == 0)
			error = EINTR;
	mutex_exit(lock);
	return (error);
}

/* With stress_lock held all the time: nothing is loaded or unloaded. */
static int
stress_freeze(void)
{
	int error = 0;

	mutex_enter(&stress_lock);
	mutex_enter(&freeze_lock);
	freeze_on = 1;
	freeze_pid = stress_current != NULL ? stress_current->pid : 0;
	cv_broadcast(&freeze_changed);
	while (freeze_on && error == 0)
		if (cv_wait_sig(&freeze_changed, &freeze_lock) == 0)
			error = EINTR;
	freeze_on = 0;
	mutex_exit(&freeze_lock);
	mutex_exit(&stress_lock);
	return (error);
}

static int
stress_thaw(void)
{
	mutex_enter(&freeze_lock);
	freeze_on = 0;
	cv_broadcast(&freeze_changed);
	mutex_exit(&freeze_lock);
	return (0);
}

static int
stress_timeout(int ticks)
{
	mutex_enter(&stress_lock);
	stress_ticks = ticks;
	stress_taken = stress_shortest = 0;
	mutex_exit(&stress_lock);
	return (0);
}

static int
stress_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *credp, int *rvalp)
{
	int error;

	switch (cmd) {
	case STRESS_COUNT:
		return (stress_count((int)arg, rvalp));
	case STRESS_TIMEOUT:
		return (stress_timeout((int)arg));
	case STRESS_SWITCHED:
		return (wait_for(&stress_lock, &stress_switched, &stress_switches, (int)arg));
	case STRESS_DUELLED:
		return (wait_for(&duel_lock, &duel_changed, &duel_rounds, (int)arg));
	case STRESS_SHORTEST:
		mutex_enter(&stress_lock);
		*rvalp = (int)(stress_shortest / 1000);
		mutex_exit(&stress_lock);
		return (0);
	case STRESS_FREEZE:
		return (stress_freeze());
	case STRESS_FROZEN:
		error = wait_for(&freeze_lock, &freeze_changed, &freeze_on, 1);
		*rvalp = freeze_pid;
		return (error);
	case STRESS_THAW:
		return (stress_thaw());
	default:
		return (ENOTTY);
	}
}
