/* SPDX-License-Identifier: BSD-2-Clause */
/* ddi_get_eventcookie(9F) and its kin: each event that the bus of a device has is one cookie. */
#include "kernel/ddi/device/event.h"
#include "kernel/ddi/core/kthread.h"
#include "kernel/host.h"
#include "kernel/lib/message.h"
#include <sundog/sim.h>
#include <sys/sunddi.h>
#include <sys/sunndi.h>

struct ddi_event_cookie {
	const char *name;
	bool to_all; /* every device hears of it, not only the one that it is about */
};

static struct ddi_event_cookie events[] = {
	{DDI_DEVI_INSERT_EVENT, false},
	{DDI_DEVI_REMOVE_EVENT, false},
	{DDI_DEVI_FAULT_EVENT, false},
	{DDI_DEVI_DEVICE_RESET_EVENT, false},
	{DDI_DEVI_BUS_RESET_EVENT, true},
};
#define EVENTS (sizeof(events) / sizeof(events[0]))

struct ddi_event_callbacks {
	struct ddi_event_callbacks *next;
	dev_info_t *dip;
	ddi_eventcookie_t cookie;
	void (*handler)(dev_info_t *, ddi_eventcookie_t, void *, void *);
	void *arg;
	unsigned long number; /* rises along the list */
	kthread_t *runner;    /* one thread at a time; NULL: none */
	unsigned depth;       /* it may post the event again */
	bool orphan;          /* removed by itself: its runner frees it */
};

static struct {
	struct host_mutex lock; /* protects the fields below and all handlers; dropped for them */
	struct host_cond idle;
	struct ddi_event_callbacks *first;
	unsigned long last_number;
} handlers;

static ddi_eventcookie_t event_named(const char *name)
{
	for (size_t i = 0; name != NULL && i < EVENTS; i++)
		if (strcmp(events[i].name, name) == 0)
			return &events[i];
	return NULL;
}

static bool event_known(const struct ddi_event_cookie *cookie)
{
	for (size_t i = 0; i < EVENTS; i++)
		if (cookie == &events[i])
			return true;
	return false;
}

int ddi_get_eventcookie(dev_info_t *dip, char *name, ddi_eventcookie_t *cookie)
{
	ddi_eventcookie_t found = dip != NULL ? event_named(name) : NULL;

	if (found == NULL)
		return DDI_FAILURE;
	*cookie = found;
	return DDI_SUCCESS;
}

int ddi_add_event_handler(dev_info_t *dip, ddi_eventcookie_t cookie, void (*handler)(dev_info_t *, ddi_eventcookie_t, void *, void *),
			  void *arg, ddi_callback_id_t *id)
{
	struct ddi_event_callbacks *h, **last;

	if (dip == NULL || handler == NULL || !event_known(cookie))
		return DDI_FAILURE;
	h = host_alloc(sizeof(*h), true);
	*h = (struct ddi_event_callbacks){.dip = dip, .cookie = cookie, .handler = handler, .arg = arg};
	host_mutex_lock(&handlers.lock);
	h->number = ++handlers.last_number;
	for (last = &handlers.first; *last != NULL; last = &(*last)->next)
		;
	*last = h;
	host_mutex_unlock(&handlers.lock);
	*id = h;
	return DDI_SUCCESS;
}

/* Called with the lock held; NULL: it is not in the list. */
static struct ddi_event_callbacks **handler_link(const struct ddi_event_callbacks *h)
{
	struct ddi_event_callbacks **link;

	for (link = &handlers.first; *link != NULL && *link != h; link = &(*link)->next)
		;
	return *link != NULL ? link : NULL;
}

/* Called with the lock held.  One that runs in this very thread is freed at its end, as the others are here. */
static void handler_remove(struct ddi_event_callbacks **link)
{
	struct ddi_event_callbacks *h = *link;

	*link = h->next;
	h->orphan = h->runner == kthread_self();
	while (!h->orphan && h->runner != NULL)
		(void)host_cond_wait(&handlers.idle, &handlers.lock, HOST_FOREVER, false);
	if (!h->orphan)
		host_free(h, sizeof(*h));
}

int ddi_remove_event_handler(ddi_callback_id_t id)
{
	struct ddi_event_callbacks **link;

	host_mutex_lock(&handlers.lock);
	link = id != NULL ? handler_link(id) : NULL;
	if (link != NULL)
		handler_remove(link);
	host_mutex_unlock(&handlers.lock);
	return link != NULL ? DDI_SUCCESS : DDI_FAILURE;
}

void event_detach(struct dev_info *dip)
{
	struct ddi_event_callbacks **link = &handlers.first;

	host_mutex_lock(&handlers.lock);
	while (*link != NULL) {
		if ((*link)->dip != dip) {
			link = &(*link)->next;
			continue;
		}
		message(HOST_LOG_DEBUG, "%s%d: a handler of %s was left at the detach: removed", dip->name, dip->instance,
			(*link)->cookie->name);
		handler_remove(link);
		link = &handlers.first;
	}
	host_mutex_unlock(&handlers.lock);
}

/* ---- posting ---- */

/* The first behind number that this event is for, and that was there when it was posted.  Called with the lock held. */
static struct ddi_event_callbacks *handler_behind(unsigned long number, unsigned long last, dev_info_t *about,
						  const struct ddi_event_cookie *cookie)
{
	struct ddi_event_callbacks *h;

	for (h = handlers.first; h != NULL; h = h->next)
		if (h->number > number && h->number <= last && h->cookie == cookie && (cookie->to_all || h->dip == about))
			break;
	return h;
}

/* Called with the lock held, which is dropped for the driver. */
static void handler_call(struct ddi_event_callbacks *h, void *data)
{
	h->runner = kthread_self();
	h->depth++;
	host_mutex_unlock(&handlers.lock);
	h->handler(h->dip, h->cookie, h->arg, data);
	host_mutex_lock(&handlers.lock);
	if (--h->depth > 0)
		return;
	h->runner = NULL;
	if (h->orphan)
		host_free(h, sizeof(*h));
	host_cond_broadcast(&handlers.idle);
}

int ndi_post_event(dev_info_t *dip, dev_info_t *about, ddi_eventcookie_t cookie, void *data)
{
	unsigned long number = 0, last;
	struct ddi_event_callbacks *h;

	if (dip == NULL || !event_known(cookie))
		return NDI_FAILURE;
	host_mutex_lock(&handlers.lock);
	last = handlers.last_number;
	while ((h = handler_behind(number, last, about, cookie)) != NULL) {
		if (h->runner != NULL && h->runner != kthread_self()) { /* it may be gone when its turn comes */
			(void)host_cond_wait(&handlers.idle, &handlers.lock, HOST_FOREVER, false);
			continue;
		}
		number = h->number;
		handler_call(h, data);
	}
	host_mutex_unlock(&handlers.lock);
	return NDI_SUCCESS;
}

int sim_event(struct dev_info *dip, const char *name, void *data)
{
	return ndi_post_event(dip, dip, event_named(name), data);
}
