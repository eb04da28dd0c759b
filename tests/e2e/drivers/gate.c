/* SPDX-License-Identifier: BSD-2-Clause */
/* gate: a driver that sees each access, and lets it go on, wait, or fail. */
#define SMALL_NAME "gate"
#define SMALL_ATTACH                                                                     \
	gate_dip = dip;                                                                  \
	for (int i_ = 0; i_ < 2; i_++)                                                   \
		gate_memory[i_] = ddi_umem_alloc(GATE_PAGES * PAGESIZE, DDI_UMEM_SLEEP,  \
		    &gate_cookie[i_]);                                                   \
	mutex_init(&gate_lock, NULL, MUTEX_DRIVER, NULL);                                \
	cv_init(&gate_changed, NULL, CV_DRIVER, NULL);
#define SMALL_DETACH                          \
	ddi_remove_minor_node(dip, NULL);     \
	cv_destroy(&gate_changed);            \
	mutex_destroy(&gate_lock);            \
	ddi_umem_free(gate_cookie[0]);        \
	ddi_umem_free(gate_cookie[1]);
#define SMALL_CB .cb_devmap = gate_devmap, .cb_ioctl = gate_ioctl, .cb_mmap = nodev, .cb_segmap = NULL, \
	.cb_flag = D_NEW | D_MP | D_64BIT | D_DEVMAP

#include <sys/types.h>
#include <sys/param.h>
#include <sys/cred.h>
#include <sys/errno.h>
#include <sys/kmem.h>
#include <sys/mman.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

#include "gate.h"

struct map {
	devmap_cookie_t handle;
	struct map *next;
};

static dev_info_t *gate_dip;
static ddi_umem_cookie_t gate_cookie[2];
static caddr_t gate_memory[2];
static kmutex_t gate_lock;    /* protects the fields below */
static kcondvar_t gate_changed;
static struct map *gate_maps;
static int gate_count, gate_entered, gate_waiting, gate_open, gate_error;

static int gate_devmap(dev_t, devmap_cookie_t, offset_t, size_t, size_t *, uint_t);
static int gate_ioctl(dev_t, int, intptr_t, int, cred_t *, int *);

#include "small.h"

static void *
map_add(devmap_cookie_t handle)
{
	struct map *m = kmem_zalloc(sizeof (*m), KM_SLEEP);

	m->handle = handle;
	mutex_enter(&gate_lock);
	m->next = gate_maps;
	gate_maps = m;
	mutex_exit(&gate_lock);
	return (m);
}

static int
gate_map(devmap_cookie_t dhp, dev_t dev, uint_t flags, offset_t off, size_t len, void **pvtpp)
{
	*pvtpp = map_add(dhp);
	return (0);
}

static int
gate_dup(devmap_cookie_t dhp, void *pvtp, devmap_cookie_t new_dhp, void **new_pvtpp)
{
	*new_pvtpp = map_add(new_dhp);
	return (0);
}

static void
gate_unmap(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, devmap_cookie_t new_dhp1,
    void **new_pvtp1, devmap_cookie_t new_dhp2, void **new_pvtp2)
{
	struct map **m;

	if (new_dhp1 != NULL)
		*new_pvtp1 = map_add(new_dhp1);
	if (new_dhp2 != NULL)
		*new_pvtp2 = map_add(new_dhp2);
	mutex_enter(&gate_lock);
	for (m = &gate_maps; *m != pvtp; m = &(*m)->next)
		;
	*m = (*m)->next;
	mutex_exit(&gate_lock);
	kmem_free(pvtp, sizeof (struct map));
}

/* With the lock. */
static int
gate_wait(void)
{
	gate_entered++;
	cv_broadcast(&gate_changed);
	int error = 0;

	gate_waiting++;
	while (!gate_open && error == 0)
		if (cv_wait_sig(&gate_changed, &gate_lock) == 0)
			error = EINTR;
	gate_waiting--;
	return (error);
}

static int
gate_access(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	int error = 0;

	mutex_enter(&gate_lock);
	gate_count++;
	if (btop(off) == GATE_CLOSED)
		error = gate_wait();
	else if (btop(off) == GATE_ERROR)
		error = gate_error;
	mutex_exit(&gate_lock);
	return (error != 0 ? error : devmap_load(dhp, off, len, type, rw));
}

static struct devmap_callback_ctl gate_callbacks = {
	DEVMAP_OPS_REV, gate_map, gate_access, gate_dup, gate_unmap
};

static int
gate_devmap(dev_t dev, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	*maplen = ptob(btopr(len));
	return (devmap_umem_setup(dhp, gate_dip, &gate_callbacks, gate_cookie[0], off, *maplen, PROT_ALL,
	    DEVMAP_ALLOW_REMAP, NULL));
}

/* ---- ioctl; with the lock ---- */

static int
gate_unload(void)
{
	struct map *m;
	int n = 0;

	for (m = gate_maps; m != NULL; m = m->next, n++)
		(void) devmap_unload(m->handle, 0, 0);
	return (n);
}

static int
gate_remap(int which)
{
	struct map *m;
	int error = 0;

	for (m = gate_maps; m != NULL && error == 0; m = m->next)
		error = devmap_umem_remap(m->handle, gate_dip, gate_cookie[which], 0, GATE_PAGES * PAGESIZE, PROT_ALL,
		    0, NULL);
	return (error == 0 ? 0 : EIO);
}

static int
gate_until_entered(int n)
{
	while (gate_entered < n)
		if (cv_wait_sig(&gate_changed, &gate_lock) == 0)
			return (EINTR);
	return (0);
}

static int
gate_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *credp, int *rvalp)
{
	struct map *m;
	int error = 0;

	mutex_enter(&gate_lock);
	switch (cmd) {
	case GATE_COUNT:
		*rvalp = gate_count;
		break;
	case GATE_UNLOAD:
		*rvalp = gate_unload();
		break;
	case GATE_PEEK:
		*rvalp = *(int *)(gate_memory[0] + ptob((int)arg));
		break;
	case GATE_OPEN:
		gate_open = 1;
		cv_broadcast(&gate_changed);
		break;
	case GATE_ENTERED:
		error = gate_until_entered((int)arg);
		break;
	case GATE_WAITING:
		*rvalp = gate_waiting;
		break;
	case GATE_SET_ERROR:
		gate_error = (int)arg;
		break;
	case GATE_MAPPINGS:
		for (m = gate_maps; m != NULL; m = m->next)
			(*rvalp)++;
		break;
	case GATE_REMAP:
		error = gate_remap((int)arg);
		break;
	default:
		error = ENOTTY;
	}
	mutex_exit(&gate_lock);
	return (error);
}
