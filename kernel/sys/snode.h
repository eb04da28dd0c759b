/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * snode.h: what is common to all opens of one minor device: their number, and that of the mappings made from
 * them.  The driver's close(9E) is called once, when the last of both has gone, in the thread that gave it back.
 *
 * An open waits while a close(9E) of its device runs; opens run side by side.  An open in progress counts: a
 * close in the meantime is not the last, unless that open then fails.
 */
#ifndef KERNEL_SYS_SNODE_H
#define KERNEL_SYS_SNODE_H

#include "kernel/ddi/device/devinfo.h"
#include <sys/types.h>

struct snode {
	/* constant for its life */
	dev_t dev;
	bool block;
	struct dev_info *dip; /* held */

	/* protected by the lock in snode.c */
	size_t opening, opens, mappings;
	size_t layered; /* opens of other drivers: each is closed by itself */
	bool opened;    /* an open(9E) has succeeded since the last close(9E) */
	bool closing;   /* close(9E) runs */
	struct snode *next;

	bool writing; /* a write(2) of a block node runs; protected by the lock in block.c */
};

/* Begins an open of dev, a node of dip, which is held for it.  EINTR. */
int snode_open_begin(dev_t dev, bool block, struct dev_info *dip, struct snode **out);
/* open(9E) succeeded, and perhaps chose another device.  *s becomes the one that is open. */
void snode_open_done(struct snode **s, dev_t dev);
void snode_open_failed(struct snode *s);
/* The same for another driver's open. */
void snode_layered_done(struct snode **s, dev_t dev);
/* Its close(9E) has returned. */
void snode_layered_close(struct snode *s);
/* At the halt, when the instance is gone. */
void snode_layered_forget(struct snode *s);
void snode_close(struct snode *s, int flags);

/* A mapping of a character device, false if it is not open; and its end. */
bool snode_hold_mapping(dev_t dev);
void snode_release_mapping(dev_t dev);

/* The driver's cb_ops behind an open or mapped device; NULL: no such device is in use. */
struct cb_ops *snode_cb_ops(dev_t dev);
/* What a device says of its size in bytes; false: nothing.  Calls prop_op(9E). */
bool device_size(const struct cb_ops *ops, dev_t dev, dev_info_t *dip, uint64_t *size);
/* The instance behind it, likewise. */
struct dev_info *snode_dip(dev_t dev);

#endif
