/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/device/interrupt.h"
#include "kernel/ddi/core/leak.h"
#include "kernel/ddi/device/prop.h"
#include "kernel/ddi/sync/system_thread.h"
#include "kernel/host.h"
#include <sundog/sim.h>
#include <sys/sunddi.h>

struct interrupt {
	struct interrupt_handler handler; /* constant, but for arg2: protected by lock */
	struct system_thread *thread;

	struct host_mutex lock;   /* protects the fields below; a leaf lock, dropped for the handler */
	struct host_cond changed; /* of all of them */
	bool enabled, masked, pending, stop;

	/* published; protected by published.lock */
	struct interrupt *next;
	dev_info_t *dip;
	int inum;
};

static void interrupt_withdraw(struct interrupt *intr);
static void interrupt_free(void *key, size_t bytes);
static const struct leak_kind interrupt_leak = {"interrupt handler", interrupt_free};

/* ---- the thread ---- */

static void handler_call(const struct interrupt_handler *handler)
{
	kthread_set_interrupt(true);
	if (handler->fn != NULL)
		(void)handler->fn(handler->arg1, handler->arg2);
	else
		(void)handler->old_fn(handler->arg1);
	kthread_set_interrupt(false);
}

static void interrupt_main(void *arg)
{
	struct interrupt *intr = arg;

	host_mutex_lock(&intr->lock);
	while (!intr->stop) {
		struct interrupt_handler handler = intr->handler;

		if (!intr->pending || intr->masked) {
			(void)host_cond_wait(&intr->changed, &intr->lock, HOST_FOREVER, false);
			continue;
		}
		intr->pending = false;
		host_mutex_unlock(&intr->lock);
		handler_call(&handler);
		host_mutex_lock(&intr->lock);
	}
	host_mutex_unlock(&intr->lock);
}

/* ---- making and ending ---- */

struct interrupt *interrupt_create(const struct interrupt_handler *handler, const void *caller)
{
	struct interrupt *intr = host_alloc(sizeof(*intr), true);

	intr->handler = *handler;
	host_mutex_init(&intr->lock);
	host_cond_init(&intr->changed);
	if (system_thread_create(interrupt_main, intr, "interrupt", &intr->thread) != 0) {
		host_cond_destroy(&intr->changed);
		host_mutex_destroy(&intr->lock);
		host_free(intr, sizeof(*intr));
		return NULL;
	}
	leak_add(&interrupt_leak, intr, 0, caller);
	return intr;
}

static void interrupt_free(void *key, size_t bytes)
{
	struct interrupt *intr = key;

	interrupt_withdraw(intr);
	host_mutex_lock(&intr->lock);
	intr->stop = true;
	host_cond_broadcast(&intr->changed);
	host_mutex_unlock(&intr->lock);
	system_thread_join(intr->thread);
	host_cond_destroy(&intr->changed);
	host_mutex_destroy(&intr->lock);
	host_free(intr, sizeof(*intr));
}

bool interrupt_destroy(struct interrupt *intr)
{
	if (!leak_find(&interrupt_leak, intr, NULL, NULL) || threadp() == system_thread_public(intr->thread))
		return false;
	(void)leak_remove(&interrupt_leak, intr, NULL);
	interrupt_free(intr, 0);
	return true;
}

/* ---- what happens to it ---- */

void interrupt_enable(struct interrupt *intr, bool enabled)
{
	host_mutex_lock(&intr->lock);
	intr->enabled = enabled;
	intr->pending = intr->pending && enabled;
	host_mutex_unlock(&intr->lock);
}

void interrupt_mask(struct interrupt *intr, bool masked)
{
	host_mutex_lock(&intr->lock);
	intr->masked = masked;
	host_cond_broadcast(&intr->changed);
	host_mutex_unlock(&intr->lock);
}

bool interrupt_pending(struct interrupt *intr)
{
	bool pending;

	host_mutex_lock(&intr->lock);
	pending = intr->pending;
	host_mutex_unlock(&intr->lock);
	return pending;
}

uint_t interrupt_pri(const struct interrupt *intr)
{
	return intr->handler.pri;
}

static enum interrupt_raised raise_with(struct interrupt *intr, void *const *arg2)
{
	enum interrupt_raised result = INTERRUPT_RAISED;

	host_mutex_lock(&intr->lock);
	if (!intr->enabled) {
		result = INTERRUPT_DISABLED;
	} else if (intr->pending) {
		result = INTERRUPT_WAS_PENDING;
	} else {
		intr->pending = true;
		if (arg2 != NULL)
			intr->handler.arg2 = *arg2;
		host_cond_broadcast(&intr->changed);
	}
	host_mutex_unlock(&intr->lock);
	return result;
}

enum interrupt_raised interrupt_raise(struct interrupt *intr)
{
	return raise_with(intr, NULL);
}

enum interrupt_raised interrupt_trigger(struct interrupt *intr, void *arg2)
{
	return raise_with(intr, &arg2);
}

/* ---- by device and number ---- */

static struct {
	struct host_mutex lock; /* protects the list; held while one is raised, so before interrupt.lock */
	struct interrupt *first;
} published;

void interrupt_publish(struct interrupt *intr, dev_info_t *dip, int inum)
{
	host_mutex_lock(&published.lock);
	intr->dip = dip;
	intr->inum = inum;
	intr->next = published.first;
	published.first = intr;
	host_mutex_unlock(&published.lock);
}

static void interrupt_withdraw(struct interrupt *intr)
{
	struct interrupt **link;

	host_mutex_lock(&published.lock);
	for (link = &published.first; *link != NULL; link = &(*link)->next) {
		if (*link == intr) {
			*link = intr->next;
			break;
		}
	}
	host_mutex_unlock(&published.lock);
}

struct interrupt *interrupt_find(dev_info_t *dip, int inum)
{
	struct interrupt *intr;

	host_mutex_lock(&published.lock);
	for (intr = published.first; intr != NULL; intr = intr->next)
		if (intr->dip == dip && intr->inum == inum)
			break;
	host_mutex_unlock(&published.lock);
	return intr;
}

int interrupt_count(dev_info_t *dip)
{
	size_t length;
	char *value;

	if (prop_copy(dip, DDI_DEV_T_ANY, "interrupts", DDI_PROP_TYPE_INT, &value, &length) != DDI_PROP_SUCCESS)
		return 0;
	if (length > 0)
		host_free(value, length);
	return (int)(length / sizeof(int));
}

int sim_interrupt(dev_info_t *dip, uint_t inum)
{
	struct interrupt *intr;
	int result = DDI_FAILURE;

	host_mutex_lock(&published.lock);
	for (intr = published.first; intr != NULL; intr = intr->next)
		if (intr->dip == dip && (uint_t)intr->inum == inum && interrupt_raise(intr) != INTERRUPT_DISABLED)
			result = DDI_SUCCESS;
	host_mutex_unlock(&published.lock);
	return result;
}
