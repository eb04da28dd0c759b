/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/devmap/order.h"

#include <sys/errno.h>

#include "kernel/host.h"

typedef int access_fn(devmap_cookie_t, void *, offset_t, size_t, uint_t, uint_t);

struct access_order {
	/* constant */
	dev_t dev;
	access_fn *access;

	/* protected by the lock of all orders */
	struct access_order *next;
	size_t references;

	struct host_mutex lock; /* protects the fields below; a leaf, never held across a callback */
	struct host_cond changed;
	size_t accesses;        /* in progress */
	bool locked;            /* a LOCK has begun, its UNLOCK has not ended */
	size_t waiting;
};

/* All orders.  Used when handles are made and freed, not by faults. */
static struct {
	struct host_mutex lock; /* protects the field below, and next and references of all orders; a leaf */
	struct access_order *first;
} orders;

static struct access_order *
order_create(dev_t dev, access_fn *access)
{
	struct access_order *order = host_alloc(sizeof(*order), true);

	order->dev = dev;
	order->access = access;
	host_mutex_init(&order->lock);
	host_cond_init(&order->changed);
	order->next = orders.first;
	orders.first = order;
	return order;
}

struct access_order *
access_order_find(dev_t dev, access_fn *access)
{
	struct access_order *order;

	host_mutex_lock(&orders.lock);
	for (order = orders.first; order != NULL; order = order->next) {
		if (order->dev == dev && order->access == access)
			break;
	}
	if (order == NULL)
		order = order_create(dev, access);
	order->references++;
	host_mutex_unlock(&orders.lock);
	return order;
}

void
access_order_hold(struct access_order *order)
{
	if (order == NULL)
		return;
	host_mutex_lock(&orders.lock);
	order->references++;
	host_mutex_unlock(&orders.lock);
}

void
access_order_release(struct access_order *order)
{
	struct access_order **link = &orders.first;

	if (order == NULL)
		return;
	host_mutex_lock(&orders.lock);
	if (--order->references > 0) {
		host_mutex_unlock(&orders.lock);
		return;
	}
	while (*link != order)
		link = &(*link)->next;
	*link = order->next;
	host_mutex_unlock(&orders.lock);
	host_cond_destroy(&order->changed);
	host_mutex_destroy(&order->lock);
	host_free(order, sizeof(*order));
}

/* ---- begin and end ---- */

/* Under the lock, with waiting counted. */
static bool
order_wait(struct access_order *order)
{
	enum host_wake wake;

	order->waiting++;
	wake = host_cond_wait(&order->changed, &order->lock, HOST_FOREVER, true);
	order->waiting--;
	return wake != HOST_INTERRUPTED;
}

/* Under the lock. */
static void
order_changed(struct access_order *order)
{
	if (order->waiting > 0)
		host_cond_broadcast(&order->changed);
}

int
access_order_access(struct access_order *order)
{
	bool go_on = true;

	host_mutex_lock(&order->lock);
	while (order->locked && go_on)
		go_on = order_wait(order);
	if (go_on)
		order->accesses++;
	host_mutex_unlock(&order->lock);
	return go_on ? 0 : EINTR;
}

void
access_order_access_end(struct access_order *order)
{
	host_mutex_lock(&order->lock);
	if (--order->accesses == 0)
		order_changed(order);
	host_mutex_unlock(&order->lock);
}

int
access_order_lock(struct access_order *order)
{
	bool go_on = true;

	host_mutex_lock(&order->lock);
	while ((order->locked || order->accesses > 0) && go_on)
		go_on = order_wait(order);
	if (go_on)
		order->locked = true;
	host_mutex_unlock(&order->lock);
	return go_on ? 0 : EINTR;
}

void
access_order_unlock(struct access_order *order)
{
	host_mutex_lock(&order->lock);
	order->locked = false;
	order_changed(order);
	host_mutex_unlock(&order->lock);
}
