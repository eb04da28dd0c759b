/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ends: one mutex for everything, as shipped drivers have it: held over devmap_setup(9F), taken by devmap_unmap, and held
 * by devmap_access while it takes the page from the last one who had it, remaps its own handle and loads it.
 */
#include <sys/ddi.h>
#include <sys/sunddi.h>
#include <sys/buf.h>

static int ends_devmap(dev_t, devmap_cookie_t, offset_t, size_t, size_t *, uint_t);
static int ends_segmap(dev_t, off_t, struct as *, caddr_t *, off_t, uint_t, uint_t, uint_t, cred_t *);
static int ends_ioctl(dev_t, int, intptr_t, int, cred_t *, int *);

#define SMALL_NAME "ends"
#define SMALL_CB .cb_devmap = ends_devmap, .cb_segmap = ends_segmap, .cb_mmap = nodev, .cb_ioctl = ends_ioctl, \
	.cb_flag = D_NEW | D_MP | D_DEVMAP
#define SMALL_ATTACH ends_begin(dip);
#define SMALL_DETACH ddi_remove_minor_node(dip, NULL); ends_end();

static void ends_begin(dev_info_t *dip);
static void ends_end(void);

#pragma GCC diagnostic ignored "-Woverride-init"
#include "small.h"
#include "ends.h"

static dev_info_t *ends_dip;
static kmutex_t ends_mutex;	/* protects the fields below */
static ddi_umem_cookie_t ends_memory[2];
static devmap_cookie_t ends_owner;
static int ends_turn, ends_mappings;

static void
ends_begin(dev_info_t *dip)
{
	ends_dip = dip;
	mutex_init(&ends_mutex, NULL, MUTEX_DRIVER, NULL);
	(void) ddi_umem_alloc(ptob(1), DDI_UMEM_SLEEP, &ends_memory[0]);
	(void) ddi_umem_alloc(ptob(1), DDI_UMEM_SLEEP, &ends_memory[1]);
}

static void
ends_end(void)
{
	if (ends_mappings != 0)
		cmn_err(CE_WARN, "%d mappings are left", ends_mappings);
	ddi_umem_free(ends_memory[0]);
	ddi_umem_free(ends_memory[1]);
	mutex_destroy(&ends_mutex);
}

static int
ends_map(devmap_cookie_t dhp, dev_t dev, uint_t flags, offset_t off, size_t len, void **pvtp)
{
	ends_mappings++;	/* segmap(9E) holds the mutex */
	return (0);
}

static int
ends_access(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	int code;

	mutex_enter(&ends_mutex);
	if (ends_owner != NULL)
		(void) devmap_unload(ends_owner, 0, 0);
	ends_owner = dhp;
	ends_turn = !ends_turn;
	code = devmap_umem_remap(dhp, ends_dip, ends_memory[ends_turn], 0, ptob(1), PROT_ALL, 0, NULL);
	if (code == 0)
		code = devmap_load(dhp, off, len, type, rw);
	mutex_exit(&ends_mutex);
	return (code);
}

static int
ends_dup(devmap_cookie_t dhp, void *pvtp, devmap_cookie_t new_dhp, void **new_pvtp)
{
	mutex_enter(&ends_mutex);
	ends_mappings++;
	mutex_exit(&ends_mutex);
	return (0);
}

/* Handles of one page are unmapped as a whole. */
static void
ends_unmap(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, devmap_cookie_t dhp1, void **pvtp1,
    devmap_cookie_t dhp2, void **pvtp2)
{
	mutex_enter(&ends_mutex);
	ends_mappings--;
	if (ends_owner == dhp)
		ends_owner = NULL;
	mutex_exit(&ends_mutex);
}

static struct devmap_callback_ctl ends_callbacks = {
	DEVMAP_OPS_REV, ends_map, ends_access, ends_dup, ends_unmap
};

static int
ends_devmap(dev_t dev, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	*maplen = ptob(1);
	return (devmap_umem_setup(dhp, ends_dip, &ends_callbacks, ends_memory[0], 0, ptob(1), PROT_ALL,
	    DEVMAP_ALLOW_REMAP, NULL));
}

static int
ends_segmap(dev_t dev, off_t off, struct as *as, caddr_t *addrp, off_t len, uint_t prot, uint_t maxprot, uint_t flags,
    cred_t *cred)
{
	int error;

	mutex_enter(&ends_mutex);
	error = devmap_setup(dev, off, as, addrp, (size_t)len, prot, maxprot, flags, cred);
	mutex_exit(&ends_mutex);
	return (error);
}

static unsigned long long
sum(const unsigned char *bytes, size_t len)
{
	unsigned long long result = 0;

	while (len-- > 0)
		result += *bytes++;
	return (result);
}

#define	LEN_MAX (1 << 20)

static int
sum_copied(struct ends_range *range, int mode)
{
	void *bytes = kmem_alloc(range->len, KM_SLEEP);
	int error = ddi_copyin((void *)(uintptr_t)range->addr, bytes, range->len, mode) != 0 ? EFAULT : 0;

	if (error == 0)
		range->sum = sum(bytes, range->len);
	kmem_free(bytes, range->len);
	return (error);
}

static int
sum_locked(struct ends_range *range)
{
	ddi_umem_cookie_t cookie;
	struct buf *bp;
	int error = ddi_umem_lock((caddr_t)(uintptr_t)range->addr, range->len, DDI_UMEMLOCK_READ, &cookie);

	if (error != 0)
		return (error);
	bp = ddi_umem_iosetup(cookie, 0, range->len, B_WRITE, 0, 0, NULL, DDI_UMEM_SLEEP);
	bp_mapin(bp);
	range->sum = sum((unsigned char *)bp->b_un.b_addr, range->len);
	bp_mapout(bp);
	freerbuf(bp);
	ddi_umem_unlock(cookie);
	return (0);
}

static int
ends_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *cred, int *rvalp)
{
	struct ends_range range;
	int error;

	if (cmd == ENDS_WAIT) {
		mutex_enter(&ends_mutex);
		mutex_exit(&ends_mutex);
		return (0);
	}
	if (cmd != ENDS_SUM && cmd != ENDS_LOCKED)
		return (ENOTTY);
	if (ddi_copyin((void *)arg, &range, sizeof (range), mode) != 0)
		return (EFAULT);
	if (range.len == 0 || range.len > LEN_MAX)
		return (EINVAL);
	error = cmd == ENDS_SUM ? sum_copied(&range, mode) : sum_locked(&range);
	if (error == 0 && ddi_copyout(&range, (void *)arg, sizeof (range), mode) != 0)
		error = EFAULT;
	return (error);
}
