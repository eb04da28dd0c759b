/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * order.h: the order between faults of different types, one for all mappings of one device (dev_t) with the same
 * devmap_access callback: any number of ACCESS faults at once; a LOCK excludes everything else from its begin until
 * its UNLOCK.
 *
 * A LOCK that waits keeps no ACCESS from beginning: a devmap_access may sleep until another process's fault wakes it.
 */
#ifndef KERNEL_DEVMAP_ORDER_H
#define KERNEL_DEVMAP_ORDER_H

#include <sys/ddidevmap.h>
#include <sys/types.h>

struct access_order;

/* The order of this device and callback, held; made if there is none. */
struct access_order *access_order_find(dev_t dev, int (*access)(devmap_cookie_t, void *, offset_t, size_t, uint_t,
								uint_t));
void access_order_hold(struct access_order *order);
/* order may be NULL. */
void access_order_release(struct access_order *order);

/* Both may block, interruptibly.  EINTR: a signal is pending. */
int access_order_access(struct access_order *order);
int access_order_lock(struct access_order *order);
void access_order_access_end(struct access_order *order);
void access_order_unlock(struct access_order *order);

#endif
