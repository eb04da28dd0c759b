/* SPDX-License-Identifier: BSD-2-Clause */
/* lockdrv: locks its callers' memory, writes into it, and lets others map it.  See lockdrv.h. */
#define SMALL_NAME "lockdrv"
#define SMALL_ATTACH                                                             \
	lockdrv_dip = dip;                                                       \
	mutex_init(&lockdrv_lock, NULL, MUTEX_DRIVER, NULL);                     \
	lockdrv_slots = kmem_zalloc(LOCKDRV_SLOTS * sizeof (*lockdrv_slots), KM_SLEEP);
#define SMALL_DETACH                                                             \
	ddi_remove_minor_node(dip, NULL);                                        \
	kmem_free(lockdrv_slots, LOCKDRV_SLOTS * sizeof (*lockdrv_slots));       \
	mutex_destroy(&lockdrv_lock);
#define SMALL_OPEN lockdrv_open
#define SMALL_CLOSE lockdrv_close
#define SMALL_CB .cb_devmap = lockdrv_devmap, .cb_ioctl = lockdrv_ioctl, .cb_mmap = nodev, .cb_segmap = NULL, \
	.cb_flag = D_NEW | D_MP | D_64BIT | D_DEVMAP

#include <sys/types.h>
#include <sys/param.h>
#include <sys/buf.h>
#include <sys/cred.h>
#include <sys/errno.h>
#include <sys/kmem.h>
#include <sys/mman.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

#include "lockdrv.h"

struct slot {
	ddi_umem_cookie_t cookie; /* NULL: free */
	size_t len;
	int taken;
	int late;                 /* its callback leaves it */
};

static dev_info_t *lockdrv_dip;
static kmutex_t lockdrv_lock; /* protects the fields below */
static struct slot *lockdrv_slots;
static int lockdrv_cleanups, lockdrv_stay;

static int lockdrv_close(dev_t, int, int, cred_t *);
static int lockdrv_devmap(dev_t, devmap_cookie_t, offset_t, size_t, size_t *, uint_t);
static int lockdrv_ioctl(dev_t, int, intptr_t, int, cred_t *, int *);

static int
lockdrv_open(dev_t *devp, int flag, int otyp, cred_t *credp)
{
	return (0);
}

#include "small.h"

/* ---- slots ---- */

static int
slot_take(void)
{
	int i;

	mutex_enter(&lockdrv_lock);
	for (i = 0; i < LOCKDRV_SLOTS && lockdrv_slots[i].taken; i++)
		;
	if (i < LOCKDRV_SLOTS)
		lockdrv_slots[i].taken = 1;
	mutex_exit(&lockdrv_lock);
	return (i < LOCKDRV_SLOTS ? i : -1);
}

static void
slot_set(int i, ddi_umem_cookie_t cookie, size_t len, int late)
{
	mutex_enter(&lockdrv_lock);
	lockdrv_slots[i].cookie = cookie;
	lockdrv_slots[i].len = len;
	lockdrv_slots[i].taken = cookie != NULL;
	lockdrv_slots[i].late = late;
	mutex_exit(&lockdrv_lock);
}

/* NULL: nothing is locked there.  The application does not unlock what it has in use. */
static ddi_umem_cookie_t
slot_cookie(int64_t i)
{
	ddi_umem_cookie_t cookie;

	if (i < 0 || i >= LOCKDRV_SLOTS)
		return (NULL);
	mutex_enter(&lockdrv_lock);
	cookie = lockdrv_slots[i].cookie;
	mutex_exit(&lockdrv_lock);
	return (cookie);
}

/* The cookie, which is the caller's to unlock; NULL: nothing was locked there. */
static ddi_umem_cookie_t
slot_clear(int i)
{
	ddi_umem_cookie_t cookie = NULL;

	mutex_enter(&lockdrv_lock);
	if (i >= 0 && i < LOCKDRV_SLOTS && lockdrv_slots[i].cookie != NULL) {
		cookie = lockdrv_slots[i].cookie;
		bzero(&lockdrv_slots[i], sizeof (lockdrv_slots[i]));
	}
	mutex_exit(&lockdrv_lock);
	return (cookie);
}

static void
unlock_all(void)
{
	ddi_umem_cookie_t cookie;

	for (int i = 0; i < LOCKDRV_SLOTS; i++)
		if ((cookie = slot_clear(i)) != NULL)
			ddi_umem_unlock(cookie);
}

static void
cleanup(ddi_umem_cookie_t *cookiep)
{
	ddi_umem_cookie_t cookie = (ddi_umem_cookie_t)cookiep, mine = NULL;

	mutex_enter(&lockdrv_lock);
	lockdrv_cleanups++;
	for (int i = 0; i < LOCKDRV_SLOTS; i++)
		if (lockdrv_slots[i].cookie == cookie && !lockdrv_slots[i].late) {
			mine = cookie;
			bzero(&lockdrv_slots[i], sizeof (lockdrv_slots[i]));
		}
	mutex_exit(&lockdrv_lock);
	if (mine != NULL)
		ddi_umem_unlock(mine);
}

static struct umem_callback_ops lockdrv_ops = { UMEM_CALLBACK_VERSION, cleanup };

/* ---- entry points ---- */

static int
lock(int cmd, struct lockdrv *l)
{
	caddr_t addr = (caddr_t)(uintptr_t)l->addr;
	ddi_umem_cookie_t cookie;
	int error;

	l->slot = slot_take();
	if (l->slot < 0)
		return (ENOSPC);
	if (cmd == LOCKDRV_LOCK)
		error = ddi_umem_lock(addr, l->len, l->flags, &cookie);
	else
		error = umem_lockmemory(addr, l->len, l->flags & ~LOCKDRV_LATE, &cookie, &lockdrv_ops, NULL);
	slot_set(l->slot, error == 0 ? cookie : NULL, l->len, l->flags & LOCKDRV_LATE);
	return (error);
}

/* Every step'th 8 bytes, from an address of the driver's own. */
static int
xor(const struct lockdrv *l)
{
	ddi_umem_cookie_t cookie = slot_cookie(l->slot);
	struct buf *bp;
	uint64_t *word;

	if (cookie == NULL || l->step <= 0)
		return (EINVAL);
	bp = ddi_umem_iosetup(cookie, (off_t)l->offset, l->len, B_READ, 0, 0, NULL, DDI_UMEM_SLEEP);
	if (bp == NULL)
		return (EINVAL);
	bp_mapin(bp);
	word = (uint64_t *)(void *)bp->b_un.b_addr;
	for (size_t i = 0; i < l->len / 8; i += (size_t)l->step)
		word[i] ^= l->value;
	bp_mapout(bp);
	freerbuf(bp);
	return (0);
}

static int
lockdrv_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *credp, int *rvalp)
{
	ddi_umem_cookie_t cookie;
	struct lockdrv l;
	int error = 0;

	if (cmd == LOCKDRV_LOCK || cmd == LOCKDRV_LOCKMEM || cmd == LOCKDRV_UNLOCK || cmd == LOCKDRV_XOR)
		if (ddi_copyin((void *)arg, &l, sizeof (l), mode) != 0)
			return (EFAULT);
	switch (cmd) {
	case LOCKDRV_LOCK:
	case LOCKDRV_LOCKMEM:
		error = lock(cmd, &l);
		if (error == 0 && ddi_copyout(&l, (void *)arg, sizeof (l), mode) != 0)
			error = EFAULT;
		return (error);
	case LOCKDRV_UNLOCK:
		cookie = slot_clear(l.slot);
		if (cookie == NULL)
			return (ENOENT);
		ddi_umem_unlock(cookie);
		return (0);
	case LOCKDRV_XOR:
		return (xor(&l));
	case LOCKDRV_CLEANUPS:
		mutex_enter(&lockdrv_lock);
		*rvalp = lockdrv_cleanups;
		mutex_exit(&lockdrv_lock);
		return (0);
	case LOCKDRV_LOCKS:
		mutex_enter(&lockdrv_lock);
		for (int i = 0; i < LOCKDRV_SLOTS; i++)
			*rvalp += lockdrv_slots[i].cookie != NULL;
		mutex_exit(&lockdrv_lock);
		return (0);
	case LOCKDRV_STAY:
		mutex_enter(&lockdrv_lock);
		lockdrv_stay = (int)arg;
		mutex_exit(&lockdrv_lock);
		if (arg == 0)
			unlock_all();
		return (0);
	}
	return (ENOTTY);
}

/* The last close of all: a driver's duty is to unlock what was locked on behalf of the file. */
static int
lockdrv_close(dev_t dev, int flag, int otyp, cred_t *credp)
{
	int stay;

	mutex_enter(&lockdrv_lock);
	stay = lockdrv_stay;
	mutex_exit(&lockdrv_lock);
	if (!stay)
		unlock_all();
	return (0);
}

static int
lockdrv_devmap(dev_t dev, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	ddi_umem_cookie_t cookie = slot_cookie(off >> 32);
	size_t length = ptob(btopr(len));

	if (cookie == NULL)
		return (ENXIO);
	if (devmap_umem_setup(dhp, lockdrv_dip, NULL, cookie, off & 0xffffffff, length, PROT_ALL,
	    DEVMAP_DEFAULTS, NULL) != 0)
		return (ENXIO);
	*maplen = length;
	return (0);
}
