/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/devmap/order.h"

#include <stdatomic.h>
#include <sys/errno.h>

#include "kernel/devmap/registry.h"

struct access_order {
	struct registered registered; /* first; by the device */

	/*
	 * ACCESS faults of all processes come by here: they take the lock only when there is a LOCK.  LOCKED, SLEEPERS,
	 * and the accesses in progress, each worth ACCESS; the two bits are changed under the lock.
	 */
	atomic_size_t state;

	struct host_mutex lock; /* protects the fields below; a leaf, never held across a callback */
	struct host_cond changed;
	size_t waiting;
};

#define LOCKED ((size_t)1)   /* a LOCK has begun, its UNLOCK has not ended */
#define SLEEPERS ((size_t)2) /* a LOCK waits for the last access to end */
#define ACCESS ((size_t)4)

static struct access_order *
order_of(struct registered *registered)
{
	return (struct access_order *)registered;
}

static void
order_init(struct registered *registered)
{
	host_mutex_init(&order_of(registered)->lock);
	host_cond_init(&order_of(registered)->changed);
}

static void
order_fini(struct registered *registered)
{
	host_cond_destroy(&order_of(registered)->changed);
	host_mutex_destroy(&order_of(registered)->lock);
}

static struct registry orders = {.size = sizeof(struct access_order), .init = order_init, .fini = order_fini};

struct access_order *
access_order_find(dev_t dev, access_fn *access)
{
	return order_of(registry_find(&orders, dev, access));
}

void access_order_hold(struct access_order *order)
{
	registry_hold(&orders, (struct registered *)order);
}

void access_order_release(struct access_order *order)
{
	registry_release(&orders, (struct registered *)order);
}

/* ---- begin and end ---- */

/* Under the lock.  False: a signal is pending. */
static bool
order_wait(struct access_order *order)
{
	enum host_wake wake;

	order->waiting++;
	wake = host_cond_wait(&order->changed, &order->lock, HOST_FOREVER, true);
	order->waiting--;
	return wake != HOST_INTERRUPTED;
}

/* False: a LOCK is in force. */
static bool
access_begin(struct access_order *order)
{
	size_t state = atomic_load(&order->state);

	while (!(state & LOCKED))
		if (atomic_compare_exchange_weak(&order->state, &state, state + ACCESS))
			return true;
	return false;
}

int access_order_access(struct access_order *order)
{
	bool begun = access_begin(order), go_on = true;

	if (begun)
		return 0;
	host_mutex_lock(&order->lock);
	while (!(begun = access_begin(order)) && go_on)
		go_on = order_wait(order);
	host_mutex_unlock(&order->lock);
	return begun ? 0 : EINTR;
}

/*
 *	LOCK, with the lock held         the last access
 *	state |= SLEEPERS                state -= ACCESS
 *	accesses left? wait              SLEEPERS was set? take the lock, wake
 *
 * One of the two sees the other, and the wake-up comes when the waiter sleeps.
 */
void access_order_access_end(struct access_order *order)
{
	size_t state = atomic_fetch_sub(&order->state, ACCESS) - ACCESS;

	if (state >= ACCESS || !(state & SLEEPERS))
		return;
	host_mutex_lock(&order->lock);
	host_cond_broadcast(&order->changed);
	host_mutex_unlock(&order->lock);
}

/* Under the lock.  False: there are accesses, or another LOCK. */
static bool
lock_begin(struct access_order *order)
{
	size_t state = atomic_fetch_or(&order->state, SLEEPERS) | SLEEPERS;

	while (state == SLEEPERS)
		if (atomic_compare_exchange_weak(&order->state, &state, SLEEPERS | LOCKED))
			return true;
	return false;
}

int access_order_lock(struct access_order *order)
{
	bool begun, go_on = true;

	host_mutex_lock(&order->lock);
	while (!(begun = lock_begin(order)) && go_on)
		go_on = order_wait(order);
	if (order->waiting == 0)
		atomic_fetch_and(&order->state, ~SLEEPERS);
	host_mutex_unlock(&order->lock);
	return begun ? 0 : EINTR;
}

void access_order_unlock(struct access_order *order)
{
	host_mutex_lock(&order->lock);
	atomic_fetch_and(&order->state, ~LOCKED);
	host_cond_broadcast(&order->changed);
	host_mutex_unlock(&order->lock);
}
