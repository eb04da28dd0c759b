/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ldi_open_by_name(9F) and its kin: drivers that open the devices of other drivers.  Each open of theirs has an open(9E) and
 * a close(9E) of its own, with OTYP_LYR; the device stays attached meanwhile.
 */
#include "kernel/ddi/core/leak.h"
#include "kernel/ddi/core/module.h"
#include "kernel/ddi/device/minor.h"
#include "kernel/host.h"
#include "kernel/lib/message.h"
#include "kernel/sys/block.h"
#include "kernel/sys/file.h"
#include "kernel/sys/snode.h"
#include <sys/file.h>
#include <sys/sunddi.h>
#include <sys/sunldi.h>

/* Who opens: for the register of what is left behind. */
struct __ldi_ident {
	major_t major;
};

struct __ldi_handle {
	struct snode *snode;
	dev_t dev;
	struct cb_ops *ops;
};

static void ident_free(void *key, size_t bytes)
{
	host_free(key, sizeof(struct __ldi_ident));
}

/* At the halt: the device is gone. */
static void handle_forget(void *key, size_t bytes)
{
	struct __ldi_handle *h = key;

	snode_layered_forget(h->snode);
	host_free(h, sizeof(*h));
}

static const struct leak_kind ident_leak = {"layered identity", ident_free};
static const struct leak_kind handle_leak = {"layered open", handle_forget};

static bool ident_valid(ldi_ident_t ident)
{
	return ident != NULL && leak_find(&ident_leak, ident, NULL, NULL);
}

static bool handle_valid(ldi_handle_t h)
{
	return h != NULL && leak_find(&handle_leak, h, NULL, NULL);
}

/* ---- identities ---- */

static int ident_make(major_t major, ldi_ident_t *out, const void *caller)
{
	ldi_ident_t ident;

	if (out == NULL || ddi_major_to_name(major) == NULL)
		return EINVAL;
	ident = host_alloc(sizeof(*ident), true);
	ident->major = major;
	leak_add(&ident_leak, ident, 0, caller);
	*out = ident;
	return 0;
}

int ldi_ident_from_dip(dev_info_t *dip, ldi_ident_t *out)
{
	return dip == NULL ? EINVAL : ident_make(ddi_driver_major(dip), out, CALLER());
}

int ldi_ident_from_dev(dev_t dev, ldi_ident_t *out)
{
	return ident_make(getmajor(dev), out, CALLER());
}

int ldi_ident_from_major(major_t major, ldi_ident_t *out)
{
	return ident_make(major, out, CALLER());
}

int ldi_ident_from_mod(struct modlinkage *linkage, ldi_ident_t *out)
{
	const char *name = linkage != NULL ? mod_modname(linkage) : NULL;

	return name == NULL ? EINVAL : ident_make(ddi_name_to_major((char *)(uintptr_t)name), out, CALLER());
}

void ldi_ident_release(ldi_ident_t ident)
{
	if (ident == NULL)
		return;
	if (!leak_remove(&ident_leak, ident, NULL))
		driver_bug(CALLER(), "ldi_ident_release: %p is not an identity", (void *)ident);
	ident_free(ident, 0);
}

/* ---- opens ---- */

static int driver_open(struct snode *s, dev_t *dev, int flag, cred_t *cred)
{
	struct cb_ops *ops = s->dip->ops->devo_cb_ops;

	if (ops == NULL || ops->cb_open == NULL)
		return ENXIO;
	return ops->cb_open(dev, flag, OTYP_LYR, cred);
}

static int layered_open(dev_t *devp, int flag, cred_t *cred, const struct minor_open *node, struct snode **out)
{
	dev_t chosen = *devp;
	struct snode *s;
	int error = file_permission(node->mode, (unsigned)flag, cred);

	if (error == 0)
		error = snode_open_begin(*devp, node->block, node->dip, &s);
	if (error != 0)
		return error;
	error = driver_open(s, &chosen, flag, cred);
	if (error != 0) {
		snode_open_failed(s);
		return error;
	}
	if (getmajor(chosen) != getmajor(*devp))
		chosen = *devp;
	snode_layered_done(&s, chosen);
	*devp = chosen;
	*out = s;
	return 0;
}

static int open_device(dev_t *devp, bool block, int flag, cred_t *cred, ldi_handle_t *out, const void *caller)
{
	struct minor_open node;
	struct snode *s;
	ldi_handle_t h;
	int error = minor_hold(*devp, block, &node);

	if (error != 0)
		return ENODEV;
	error = layered_open(devp, flag, cred, &node, &s);
	devinfo_release(node.dip);
	if (error != 0)
		return error;
	h = host_alloc(sizeof(*h), true);
	*h = (struct __ldi_handle){.snode = s, .dev = s->dev, .ops = s->dip->ops->devo_cb_ops};
	leak_add(&handle_leak, h, 0, caller);
	*out = h;
	return 0;
}

static bool open_valid(int flag, const cred_t *cred, const ldi_handle_t *out, ldi_ident_t ident)
{
	return (flag & (FREAD | FWRITE)) != 0 && cred != NULL && out != NULL && ident_valid(ident);
}

int ldi_open_by_dev(dev_t *devp, int otyp, int flag, cred_t *cred, ldi_handle_t *out, ldi_ident_t ident)
{
	if (devp == NULL || (otyp != OTYP_CHR && otyp != OTYP_BLK) || !open_valid(flag, cred, out, ident))
		return EINVAL;
	return open_device(devp, otyp == OTYP_BLK, flag, cred, out, CALLER());
}

int ldi_open_by_name(const char *path, int flag, cred_t *cred, ldi_handle_t *out, ldi_ident_t ident)
{
	struct sys_devnode node;
	dev_t dev;

	if (path == NULL || !open_valid(flag, cred, out, ident))
		return EINVAL;
	if (sys_devnode_find(path, &node) != 0)
		return ENODEV;
	dev = node.dev;
	return open_device(&dev, node.block, flag, cred, out, CALLER());
}

int ldi_close(ldi_handle_t h, int flag, cred_t *cred)
{
	int (*close)(dev_t, int, int, cred_t *);

	if (!handle_valid(h))
		return EINVAL;
	(void)leak_remove(&handle_leak, h, NULL);
	close = h->ops->cb_close;
	if (close != NULL)
		(void)close(h->dev, flag, OTYP_LYR, cred);
	snode_layered_close(h->snode);
	host_free(h, sizeof(*h));
	return 0;
}

/* ---- calls ---- */

static int transfer(ldi_handle_t h, enum uio_rw rw, struct uio *uio, cred_t *cred)
{
	int (*move)(dev_t, struct uio *, cred_t *);

	if (!handle_valid(h) || uio == NULL)
		return EINVAL;
	if (h->snode->block) {
		struct sys_file file = {.snode = h->snode, .dev = h->dev, .ops = h->ops};

		return block_transfer(&file, rw, uio);
	}
	move = rw == UIO_READ ? h->ops->cb_read : h->ops->cb_write;
	return SLOT_USABLE(move) ? move(h->dev, uio, cred) : ENOTSUP;
}

int ldi_read(ldi_handle_t h, struct uio *uio, cred_t *cred)
{
	return transfer(h, UIO_READ, uio, cred);
}

int ldi_write(ldi_handle_t h, struct uio *uio, cred_t *cred)
{
	return transfer(h, UIO_WRITE, uio, cred);
}

int ldi_ioctl(ldi_handle_t h, int cmd, intptr_t arg, int mode, cred_t *cred, int *rvalp)
{
	if (!handle_valid(h))
		return EINVAL;
	return SLOT_USABLE(h->ops->cb_ioctl) ? h->ops->cb_ioctl(h->dev, cmd, arg, mode, cred, rvalp) : ENOTSUP;
}

int ldi_poll(ldi_handle_t h, short events, int anyyet, short *revents, struct pollhead **head)
{
	if (!handle_valid(h))
		return EINVAL;
	return SLOT_USABLE(h->ops->cb_chpoll) ? h->ops->cb_chpoll(h->dev, events, anyyet, revents, head) : ENOTSUP;
}

int ldi_strategy(ldi_handle_t h, struct buf *bp)
{
	if (!handle_valid(h) || bp == NULL)
		return EINVAL;
	if (!SLOT_USABLE(h->ops->cb_strategy))
		return ENOTSUP;
	bp->b_edev = h->dev;
	return h->ops->cb_strategy(bp);
}

/* ---- questions ---- */

int ldi_get_dev(ldi_handle_t h, dev_t *dev)
{
	if (!handle_valid(h) || dev == NULL)
		return EINVAL;
	*dev = h->dev;
	return 0;
}

int ldi_get_otyp(ldi_handle_t h, int *otyp)
{
	if (!handle_valid(h) || otyp == NULL)
		return EINVAL;
	*otyp = h->snode->block ? OTYP_BLK : OTYP_CHR;
	return 0;
}

int ldi_prop_op(ldi_handle_t h, ddi_prop_op_t op, int flags, char *name, caddr_t value, int *length)
{
	int (*ask)(dev_t, dev_info_t *, ddi_prop_op_t, int, char *, caddr_t, int *);

	if (!handle_valid(h) || name == NULL || name[0] == '\0' || length == NULL)
		return DDI_PROP_INVAL_ARG;
	ask = h->ops->cb_prop_op;
	return (SLOT_USABLE(ask) ? ask : ddi_prop_op)(h->dev, h->snode->dip, op, flags, name, value, length);
}

/* The device's own word of its bytes, or of its blocks. */
int ldi_get_size(ldi_handle_t h, uint64_t *size)
{
	if (!handle_valid(h) || size == NULL)
		return DDI_FAILURE;
	return device_size(h->ops, h->dev, h->snode->dip, size) ? DDI_SUCCESS : DDI_FAILURE;
}
