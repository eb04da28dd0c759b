/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/sys/snode.h"
#include "kernel/ddi/core/kthread.h"
#include "kernel/devmap/umem_lock.h"
#include "kernel/host.h"
#include <sys/errno.h>
#include <sys/open.h>

#define SNODE_BUCKETS 256u

static struct {
	struct host_mutex lock; /* see snode.h; a leaf lock but for devinfo_lock() */
	struct host_cond closed;
	struct snode *bucket[SNODE_BUCKETS];
} snodes;

static struct snode **bucket_of(dev_t dev)
{
	return &snodes.bucket[(dev ^ dev >> 32) % SNODE_BUCKETS];
}

static struct snode *snode_find(dev_t dev, bool block)
{
	struct snode *s;

	for (s = *bucket_of(dev); s != NULL && (s->dev != dev || s->block != block); s = s->next)
		;
	return s;
}

/* Called with the lock held, for a device whose dip is held by the caller. */
static struct snode *snode_get(dev_t dev, bool block, struct dev_info *dip)
{
	struct snode *s = snode_find(dev, block);

	if (s != NULL)
		return s;
	s = host_alloc(sizeof(*s), true);
	s->dev = dev;
	s->block = block;
	s->dip = dip;
	s->next = *bucket_of(dev);
	*bucket_of(dev) = s;
	devinfo_lock();
	dip->holds++;
	devinfo_unlock();
	return s;
}

static bool snode_idle(const struct snode *s)
{
	return s->opening == 0 && s->opens == 0 && s->mappings == 0 && !s->closing;
}

static void snode_unlink(struct snode *s)
{
	struct snode **link;

	for (link = bucket_of(s->dev); *link != s; link = &(*link)->next)
		;
	*link = s->next;
	host_free(s, sizeof(*s));
}

static void snode_free(struct snode *s)
{
	devinfo_release(s->dip);
	snode_unlink(s);
}

static void driver_close(struct snode *s, int flags)
{
	int (*close)(dev_t, int, int, cred_t *) = s->dip->ops->devo_cb_ops->cb_close;

	if (close != NULL)
		(void)close(s->dev, flags, s->block ? OTYP_BLK : OTYP_CHR, CRED());
}

/*
 * Something was given back: if it was the last, the driver closes.  Called with the lock held, which is dropped
 * for the driver.  s may be gone afterwards.
 */
static void snode_settle(struct snode *s, int flags)
{
	if (!snode_idle(s))
		return;
	if (s->opened) {
		s->opened = false;
		s->closing = true;
		host_mutex_unlock(&snodes.lock);
		driver_close(s, flags);
		umem_lock_closed(s->dev);
		host_mutex_lock(&snodes.lock);
		s->closing = false;
		host_cond_broadcast(&snodes.closed);
	}
	if (snode_idle(s) && s->layered == 0)
		snode_free(s);
}

/* An open that waits here counts already, so that the node stays. */
static int wait_for_close(struct snode *s, bool interruptible)
{
	enum host_wake wake = HOST_WOKEN;

	while (s->closing && wake != HOST_INTERRUPTED)
		wake = host_cond_wait(&snodes.closed, &snodes.lock, HOST_FOREVER, interruptible);
	return s->closing ? EINTR : 0;
}

int snode_open_begin(dev_t dev, bool block, struct dev_info *dip, struct snode **out)
{
	struct snode *s;
	int error;

	host_mutex_lock(&snodes.lock);
	s = snode_get(dev, block, dip);
	s->opening++;
	error = wait_for_close(s, true);
	if (error != 0) {
		s->opening--;
		snode_settle(s, 0);
	}
	host_mutex_unlock(&snodes.lock);
	*out = s;
	return error;
}

/*
 * An open in progress has become one of *sp, or of the device that the driver chose.  Called with the lock held, which is
 * dropped when the other one settles: what it counts as was counted before.
 */
static void snode_opened(struct snode **sp, dev_t dev, bool layered)
{
	struct snode *old = *sp, *s = old;

	if (dev != old->dev) {
		s = snode_get(dev, old->block, old->dip);
		s->opening++; /* a driver may reuse a minor whose close(9E) is just returning */
		(void)wait_for_close(s, false);
	}
	s->opening--;
	s->layered += layered;
	s->opens += !layered;
	s->opened |= !layered;
	*sp = s;
	if (s != old)
		old->opening--;
	snode_settle(old, 0);
}

void snode_open_done(struct snode **sp, dev_t dev)
{
	host_mutex_lock(&snodes.lock);
	snode_opened(sp, dev, false);
	host_mutex_unlock(&snodes.lock);
}

void snode_layered_done(struct snode **sp, dev_t dev)
{
	host_mutex_lock(&snodes.lock);
	snode_opened(sp, dev, true);
	host_mutex_unlock(&snodes.lock);
}

void snode_layered_close(struct snode *s)
{
	host_mutex_lock(&snodes.lock);
	s->layered--;
	snode_settle(s, 0);
	host_mutex_unlock(&snodes.lock);
}

void snode_layered_forget(struct snode *s)
{
	host_mutex_lock(&snodes.lock);
	if (--s->layered == 0 && snode_idle(s))
		snode_unlink(s);
	host_mutex_unlock(&snodes.lock);
}

void snode_open_failed(struct snode *s)
{
	host_mutex_lock(&snodes.lock);
	s->opening--;
	snode_settle(s, 0);
	host_mutex_unlock(&snodes.lock);
}

void snode_close(struct snode *s, int flags)
{
	host_mutex_lock(&snodes.lock);
	s->opens--;
	snode_settle(s, flags);
	host_mutex_unlock(&snodes.lock);
}

bool snode_hold_mapping(dev_t dev)
{
	struct snode *s;

	host_mutex_lock(&snodes.lock);
	s = snode_find(dev, false);
	if (s != NULL)
		s->mappings++;
	host_mutex_unlock(&snodes.lock);
	return s != NULL;
}

void snode_release_mapping(dev_t dev)
{
	struct snode *s;

	host_mutex_lock(&snodes.lock);
	s = snode_find(dev, false);
	if (s == NULL || s->mappings == 0)
		host_panic("snode_release_mapping: the device is not mapped");
	s->mappings--;
	snode_settle(s, 0);
	host_mutex_unlock(&snodes.lock);
}

struct dev_info *snode_dip(dev_t dev)
{
	const struct snode *s;
	struct dev_info *dip;

	host_mutex_lock(&snodes.lock);
	s = snode_find(dev, false);
	dip = s == NULL ? NULL : s->dip;
	host_mutex_unlock(&snodes.lock);
	return dip;
}

struct cb_ops *snode_cb_ops(dev_t dev)
{
	const struct dev_info *dip = snode_dip(dev);

	return dip == NULL ? NULL : dip->ops->devo_cb_ops;
}
