/* SPDX-License-Identifier: BSD-2-Clause */
/* rlock: locks applications' memory, and holds it until it is told otherwise or nobody has the device open. */
#include <sys/ddi.h>
#include <sys/sunddi.h>
#include <sys/project.h>
#include <sys/zone.h>

#define SMALL_NAME "rlock"
#define SMALL_CB .cb_close = rlock_close, .cb_ioctl = rlock_ioctl, .cb_devmap = nodev, .cb_mmap = nodev, \
	.cb_segmap = nodev, .cb_flag = D_NEW | D_MP

static int rlock_close(dev_t, int, int, cred_t *);
static int rlock_ioctl(dev_t, int, intptr_t, int, cred_t *, int *);

#pragma GCC diagnostic ignored "-Woverride-init"
#include "small.h"
#include "rlock.h"

#define	SLOTS 1024

static kmutex_t rlock_mutex;	/* protects the slots */
static ddi_umem_cookie_t rlock_slots[SLOTS];

static int
rlock_keep(ddi_umem_cookie_t cookie)
{
	int i;

	mutex_enter(&rlock_mutex);
	for (i = 0; i < SLOTS && rlock_slots[i] != NULL; i++)
		;
	if (i < SLOTS)
		rlock_slots[i] = cookie;
	mutex_exit(&rlock_mutex);
	return (i);
}

static ddi_umem_cookie_t
rlock_take(int i)
{
	ddi_umem_cookie_t cookie;

	if (i < 0 || i >= SLOTS)
		return (NULL);
	mutex_enter(&rlock_mutex);
	cookie = rlock_slots[i];
	rlock_slots[i] = NULL;
	mutex_exit(&rlock_mutex);
	return (cookie);
}

static int
rlock_lock(intptr_t arg, int mode, int *rvalp)
{
	struct rlock_range range;
	ddi_umem_cookie_t cookie;
	int error, slot;

	if (ddi_copyin((void *)arg, &range, sizeof (range), mode) != 0)
		return (EFAULT);
	error = ddi_umem_lock((caddr_t)(uintptr_t)range.addr, range.len, DDI_UMEMLOCK_READ, &cookie);
	if (error != 0)
		return (error);
	slot = rlock_keep(cookie);
	if (slot == SLOTS) {
		ddi_umem_unlock(cookie);
		return (EBUSY);
	}
	*rvalp = slot;
	return (0);
}

static int
rlock_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *credp, int *rvalp)
{
	ddi_umem_cookie_t cookie;

	switch (cmd) {
	case RLOCK_LOCK:
		return (rlock_lock(arg, mode, rvalp));
	case RLOCK_UNLOCK:
		cookie = rlock_take((int)arg);
		if (cookie == NULL)
			return (ENOENT);
		ddi_umem_unlock(cookie);
		return (0);
	case RLOCK_PROJECT:
		*rvalp = curprojid();
		return (0);
	case RLOCK_ZONE:
		*rvalp = getzoneid();
		return (0);
	case RLOCK_CREDZONE:
		*rvalp = crgetzoneid(credp);
		return (0);
	default:
		return (ENOTTY);
	}
}

static int
rlock_close(dev_t dev, int flag, int otyp, cred_t *credp)
{
	ddi_umem_cookie_t cookie;

	for (int i = 0; i < SLOTS; i++) {
		cookie = rlock_take(i);
		if (cookie != NULL)
			ddi_umem_unlock(cookie);
	}
	return (0);
}
