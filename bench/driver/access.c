/* SPDX-License-Identifier: BSD-2-Clause */
/* access: memory whose mappings call devmap_access, in one way by minor node. */
#include <sys/types.h>
#include <sys/param.h>
#include <sys/errno.h>
#include <sys/conf.h>
#include <sys/devops.h>
#include <sys/modctl.h>
#include <sys/open.h>
#include <sys/cred.h>
#include <sys/stat.h>
#include <sys/kmem.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

#include "access_ioctl.h"

enum { MINOR_PAGE, MINOR_WHOLE, MINOR_SWITCH, MINOR_SPLIT, MINORS };
static char *const minor_names[MINORS] = { ACCESS_PAGE, ACCESS_WHOLE, ACCESS_SWITCH, ACCESS_SPLIT };

struct mapping {
	devmap_cookie_t handle;
	minor_t minor;
	struct mapping *next, **link; /* link: what points here */
};

static dev_info_t *access_dip;
static ddi_umem_cookie_t access_cookie;
static kmutex_t access_lock;            /* protects the fields below */
static struct mapping *access_mappings;
static struct mapping *access_current;  /* of MINOR_SWITCH: who is loaded */

/* ---- mapping callbacks ---- */

static int access_map(devmap_cookie_t dhp, dev_t dev, uint_t flags, offset_t off, size_t len, void **pvtpp)
{
	struct mapping *m = kmem_zalloc(sizeof (*m), KM_SLEEP);

	m->handle = dhp;
	m->minor = getminor(dev);
	mutex_enter(&access_lock);
	m->next = access_mappings;
	m->link = &access_mappings;
	if (m->next != NULL)
		m->next->link = &m->next;
	access_mappings = m;
	mutex_exit(&access_lock);
	*pvtpp = m;
	return 0;
}

static int access_switch(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	struct mapping *m = pvtp;
	int error = 0;

	mutex_enter(&access_lock);
	if (access_current != NULL && access_current != m)
		error = devmap_unload(access_current->handle, 0, 0);
	if (error == 0) {
		access_current = m;
		error = devmap_load(dhp, off, len, type, rw);
	}
	mutex_exit(&access_lock);
	return error;
}

static int access_access(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	struct mapping *m = pvtp;

	switch (m->minor) {
	case MINOR_PAGE:
	case MINOR_SPLIT:
		return devmap_load(dhp, off, len, type, rw);
	case MINOR_WHOLE:
		return devmap_load(dhp, 0, 0, type, rw);
	default:
		return devmap_do_ctxmgt(dhp, pvtp, off, len, type, rw, access_switch);
	}
}

static void access_unmap(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, devmap_cookie_t new_dhp1,
			 void **new_pvtp1, devmap_cookie_t new_dhp2, void **new_pvtp2)
{
	struct mapping *m = pvtp;

	mutex_enter(&access_lock);
	*m->link = m->next;
	if (m->next != NULL)
		m->next->link = m->link;
	if (access_current == m)
		access_current = NULL;
	mutex_exit(&access_lock);
	kmem_free(m, sizeof (*m));
}

static struct devmap_callback_ctl access_callbacks = {
	.devmap_rev = DEVMAP_OPS_REV,
	.devmap_map = access_map,
	.devmap_access = access_access,
	.devmap_dup = NULL,
	.devmap_unmap = access_unmap,
};

/* ---- cb_ops ---- */

static int access_open(dev_t *devp, int flag, int otyp, cred_t *credp)
{
	return otyp == OTYP_CHR ? 0 : EINVAL;
}

static int access_close(dev_t dev, int flag, int otyp, cred_t *credp)
{
	return 0;
}

static int access_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *credp, int *rvalp)
{
	int error = 0;

	if (cmd != ACCESS_UNLOAD)
		return ENOTTY;
	mutex_enter(&access_lock);
	for (struct mapping *m = access_mappings; m != NULL && error == 0; m = m->next) {
		if (m->minor == getminor(dev))
			error = devmap_unload(m->handle, 0, 0);
	}
	mutex_exit(&access_lock);
	return error;
}

static int access_devmap(dev_t dev, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	size_t length = ptob(btopr(len));

	if (getminor(dev) == MINOR_SPLIT) {
		off %= ACCESS_BYTES;
		length = PAGESIZE;
	}
	if (off < 0 || off > ACCESS_BYTES || length > ACCESS_BYTES - (size_t)off)
		return ENXIO;
	if (devmap_umem_setup(dhp, access_dip, &access_callbacks, access_cookie, off, length, PROT_ALL, DEVMAP_DEFAULTS,
			      NULL) != DDI_SUCCESS)
		return ENXIO;
	*maplen = length;
	return 0;
}

static int access_attach(dev_info_t *dip, ddi_attach_cmd_t cmd)
{
	if (cmd != DDI_ATTACH)
		return DDI_FAILURE;
	if (ddi_umem_alloc(ACCESS_BYTES, DDI_UMEM_SLEEP, &access_cookie) == NULL)
		return DDI_FAILURE;
	mutex_init(&access_lock, NULL, MUTEX_DRIVER, NULL);
	for (minor_t minor = 0; minor < MINORS; minor++) {
		if (ddi_create_minor_node(dip, minor_names[minor], S_IFCHR, minor, DDI_PSEUDO, 0) == DDI_SUCCESS)
			continue;
		ddi_remove_minor_node(dip, NULL);
		mutex_destroy(&access_lock);
		ddi_umem_free(access_cookie);
		return DDI_FAILURE;
	}
	access_dip = dip;
	return DDI_SUCCESS;
}

static int access_detach(dev_info_t *dip, ddi_detach_cmd_t cmd)
{
	if (cmd != DDI_DETACH)
		return DDI_FAILURE;
	ddi_remove_minor_node(dip, NULL);
	mutex_destroy(&access_lock);
	ddi_umem_free(access_cookie);
	return DDI_SUCCESS;
}

#define FRAME_TITLE "bench driver with access callbacks"
#define FRAME_ATTACH access_attach
#define FRAME_DETACH access_detach
#define FRAME_CB \
	.cb_open = access_open, .cb_close = access_close, .cb_ioctl = access_ioctl, .cb_devmap = access_devmap, \
	.cb_flag = D_NEW | D_MP | D_64BIT | D_DEVMAP
#include "frame.h"
