/* SPDX-License-Identifier: BSD-2-Clause */
/* Who waits for addresses or memory for DMA: DDI_DMA_SLEEP, and callbacks of drivers. */
#include "kernel/ddi/dma/dma.h"
#include "kernel/ddi/core/leak.h"
#include "kernel/host.h"

struct callback {
	struct callback *next;
	int (*fn)(caddr_t);
	caddr_t arg;
};

static struct {
	struct host_mutex lock;     /* protects the fields below; a leaf */
	struct host_cond changed;   /* of count */
	uint64_t count;             /* how often something was given back */
	struct callback *callbacks; /* oldest first */
} freed;

static void callback_free(void *key, size_t bytes)
{
	struct callback **link;

	host_mutex_lock(&freed.lock);
	for (link = &freed.callbacks; *link != key; link = &(*link)->next)
		;
	*link = (*link)->next;
	host_mutex_unlock(&freed.lock);
	host_free(key, bytes);
}

static const struct leak_kind callback_leak = {"dma callback", callback_free};

/* With the lock held. */
static void callback_append(struct callback *callback)
{
	struct callback **link;

	callback->next = NULL;
	for (link = &freed.callbacks; *link != NULL; link = &(*link)->next)
		;
	*link = callback;
}

bool dma_callback(int (*waitfp)(caddr_t), caddr_t arg, uint64_t seen, const void *caller)
{
	struct callback *callback;
	bool added;

	if (waitfp == DDI_DMA_DONTWAIT || waitfp == DDI_DMA_SLEEP)
		return true;
	callback = host_alloc(sizeof(*callback), true);
	callback->fn = waitfp;
	callback->arg = arg;
	leak_add(&callback_leak, callback, sizeof(*callback), caller);
	host_mutex_lock(&freed.lock);
	added = freed.count == seen;
	if (added)
		callback_append(callback);
	host_mutex_unlock(&freed.lock);
	if (!added) { /* it was never in the list, where another thread would run and free it */
		(void)leak_remove(&callback_leak, callback, NULL);
		host_free(callback, sizeof(*callback));
	}
	return added;
}

static struct callback *callback_take(void)
{
	struct callback *callback;

	host_mutex_lock(&freed.lock);
	callback = freed.callbacks;
	if (callback != NULL)
		freed.callbacks = callback->next;
	host_mutex_unlock(&freed.lock);
	return callback;
}

/* Until one finds that it is still not enough. */
static void callbacks_run(void)
{
	struct callback *callback;

	while ((callback = callback_take()) != NULL) {
		if (callback->fn(callback->arg) == DDI_DMA_CALLBACK_RUNOUT) {
			host_mutex_lock(&freed.lock);
			callback_append(callback);
			host_mutex_unlock(&freed.lock);
			return;
		}
		(void)leak_remove(&callback_leak, callback, NULL);
		host_free(callback, sizeof(*callback));
	}
}

void dma_freed(void)
{
	host_mutex_lock(&freed.lock);
	freed.count++;
	host_cond_broadcast(&freed.changed);
	host_mutex_unlock(&freed.lock);
	callbacks_run();
}

uint64_t dma_freed_count(void)
{
	uint64_t count;

	host_mutex_lock(&freed.lock);
	count = freed.count;
	host_mutex_unlock(&freed.lock);
	return count;
}

void dma_freed_wait(uint64_t seen)
{
	host_mutex_lock(&freed.lock);
	while (freed.count == seen)
		(void)host_cond_wait(&freed.changed, &freed.lock, HOST_FOREVER, false);
	host_mutex_unlock(&freed.lock);
}
