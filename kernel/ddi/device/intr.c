/* SPDX-License-Identifier: BSD-2-Clause */
/* ddi_intr_alloc(9F) and its family.  A device has the same interrupts as FIXED, MSI and MSI-X: each number once. */
#include "kernel/ddi/device/interrupt.h"
#include "kernel/ddi/core/leak.h"
#include "kernel/lib/message.h"
#include "kernel/host.h"
#include <sys/errno.h>
#include <sys/sunddi.h>

#define TYPES (DDI_INTR_TYPE_FIXED | DDI_INTR_TYPE_MSI | DDI_INTR_TYPE_MSIX)
#define PRI_DEFAULT 5u
#define PRI_HIGH 11u /* from here on a handler could not take a driver's mutexes */

struct __ddi_intr_handle {
	struct __ddi_intr_handle *next; /* protected by handles.lock */
	dev_info_t *dip;
	int type, inum;
	uint_t pri;
	struct interrupt_handler handler; /* what intr calls, for its duplicates */
	struct interrupt *intr;           /* NULL: it has no handler */
	bool enabled;
};

static struct {
	struct host_mutex lock; /* protects the list */
	struct __ddi_intr_handle *first;
} handles;

/* ---- handles ---- */

static void handle_free(void *key, size_t bytes)
{
	struct __ddi_intr_handle **link;

	host_mutex_lock(&handles.lock);
	for (link = &handles.first; *link != NULL; link = &(*link)->next) {
		if (*link == key) {
			*link = (*link)->next;
			break;
		}
	}
	host_mutex_unlock(&handles.lock);
	host_free(key, sizeof(struct __ddi_intr_handle));
}

static const struct leak_kind handle_leak = {"interrupt", handle_free};

/* NULL: the number is taken. */
static ddi_intr_handle_t handle_create(dev_info_t *dip, int type, int inum, const void *caller)
{
	ddi_intr_handle_t h = host_alloc(sizeof(*h), true), other;

	*h = (struct __ddi_intr_handle){.dip = dip, .type = type, .inum = inum, .pri = PRI_DEFAULT};
	host_mutex_lock(&handles.lock);
	for (other = handles.first; other != NULL; other = other->next)
		if (other->dip == dip && other->inum == inum)
			break;
	if (other == NULL) {
		h->next = handles.first;
		handles.first = h;
	}
	host_mutex_unlock(&handles.lock);
	if (other != NULL) {
		host_free(h, sizeof(*h));
		return NULL;
	}
	leak_add(&handle_leak, h, 0, caller);
	return h;
}

static int taken(dev_info_t *dip)
{
	int n = 0;

	host_mutex_lock(&handles.lock);
	for (ddi_intr_handle_t h = handles.first; h != NULL; h = h->next)
		n += h->dip == dip;
	host_mutex_unlock(&handles.lock);
	return n;
}

/* ---- what a device has ---- */

static bool type_is_one(int type)
{
	return (type & ~TYPES) == 0 && type != 0 && (type & (type - 1)) == 0;
}

int ddi_intr_get_supported_types(dev_info_t *dip, int *typesp)
{
	if (dip == NULL || typesp == NULL)
		return DDI_EINVAL;
	*typesp = interrupt_count(dip) > 0 ? TYPES : 0;
	return *typesp != 0 ? DDI_SUCCESS : DDI_INTR_NOTFOUND;
}

int ddi_intr_get_nintrs(dev_info_t *dip, int type, int *nintrsp)
{
	if (dip == NULL || nintrsp == NULL || !type_is_one(type))
		return DDI_EINVAL;
	*nintrsp = interrupt_count(dip);
	return *nintrsp > 0 ? DDI_SUCCESS : DDI_INTR_NOTFOUND;
}

int ddi_intr_get_navail(dev_info_t *dip, int type, int *navailp)
{
	int result = ddi_intr_get_nintrs(dip, type, navailp);

	if (result == DDI_SUCCESS)
		*navailp -= taken(dip);
	return result;
}

/* ---- allocation ---- */

int ddi_intr_alloc(dev_info_t *dip, ddi_intr_handle_t *h_array, int type, int inum, int count, int *actualp,
		   int behavior)
{
	const void *caller = CALLER();
	int all, got = 0;

	if (dip == NULL || h_array == NULL || actualp == NULL || !type_is_one(type) || inum < 0 || count < 1)
		return DDI_EINVAL;
	*actualp = 0;
	all = interrupt_count(dip);
	if (inum >= all)
		return DDI_INTR_NOTFOUND;
	while (got < count && got < all - inum) {
		h_array[got] = handle_create(dip, type, inum + got, caller);
		if (h_array[got] == NULL)
			break;
		got++;
	}
	if (got == 0 || (got < count && behavior == DDI_INTR_ALLOC_STRICT)) {
		while (got > 0)
			(void)ddi_intr_free(h_array[--got]);
		return DDI_EAGAIN;
	}
	*actualp = got;
	return DDI_SUCCESS;
}

int ddi_intr_free(ddi_intr_handle_t h)
{
	if (h == NULL || h->intr != NULL || !leak_remove(&handle_leak, h, NULL))
		return DDI_EINVAL;
	handle_free(h, 0);
	return DDI_SUCCESS;
}

/* ---- properties of one ---- */

int ddi_intr_get_cap(ddi_intr_handle_t h, int *flagsp)
{
	if (h == NULL || flagsp == NULL)
		return DDI_EINVAL;
	*flagsp = DDI_INTR_FLAG_MASKABLE | DDI_INTR_FLAG_PENDING;
	*flagsp |= h->type == DDI_INTR_TYPE_FIXED ? DDI_INTR_FLAG_LEVEL : DDI_INTR_FLAG_EDGE;
	if (h->type == DDI_INTR_TYPE_MSI)
		*flagsp |= DDI_INTR_FLAG_BLOCK;
	return DDI_SUCCESS;
}

/* What can be set, level or edge, is fixed here. */
int ddi_intr_set_cap(ddi_intr_handle_t h, int flags)
{
	if (h == NULL || (flags != DDI_INTR_FLAG_LEVEL && flags != DDI_INTR_FLAG_EDGE))
		return DDI_EINVAL;
	return DDI_ENOTSUP;
}

uint_t ddi_intr_get_hilevel_pri(void)
{
	return PRI_HIGH;
}

int ddi_intr_get_pri(ddi_intr_handle_t h, uint_t *prip)
{
	if (h == NULL || prip == NULL)
		return DDI_EINVAL;
	*prip = h->pri;
	return DDI_SUCCESS;
}

int ddi_intr_set_pri(ddi_intr_handle_t h, uint_t pri)
{
	if (h == NULL || h->intr != NULL || pri < DDI_INTR_PRI_MIN || pri > DDI_INTR_PRI_MAX)
		return DDI_EINVAL;
	h->pri = pri;
	return DDI_SUCCESS;
}

/* ---- handlers ---- */

static int handler_add(ddi_intr_handle_t h, const struct interrupt_handler *handler, const void *caller)
{
	if (h == NULL || handler->fn == NULL || h->intr != NULL)
		return DDI_EINVAL;
	h->intr = interrupt_create(handler, caller);
	if (h->intr == NULL)
		return DDI_FAILURE;
	h->handler = *handler;
	interrupt_publish(h->intr, h->dip, h->inum);
	return DDI_SUCCESS;
}

int ddi_intr_add_handler(ddi_intr_handle_t h, ddi_intr_handler_t *fn, void *arg1, void *arg2)
{
	const struct interrupt_handler handler = {.fn = fn, .arg1 = arg1, .arg2 = arg2, .pri = h != NULL ? h->pri : 0};

	return handler_add(h, &handler, CALLER());
}

int ddi_intr_dup_handler(ddi_intr_handle_t h, int inum, ddi_intr_handle_t *dupp)
{
	int result;

	if (h == NULL || dupp == NULL || h->type != DDI_INTR_TYPE_MSIX || h->intr == NULL || inum < 0 ||
	    inum >= interrupt_count(h->dip))
		return DDI_EINVAL;
	*dupp = handle_create(h->dip, h->type, inum, CALLER());
	if (*dupp == NULL)
		return DDI_EAGAIN;
	result = handler_add(*dupp, &h->handler, CALLER());
	if (result != DDI_SUCCESS) {
		(void)ddi_intr_free(*dupp);
		*dupp = NULL;
	}
	return result;
}

int ddi_intr_remove_handler(ddi_intr_handle_t h)
{
	if (h == NULL || h->intr == NULL || h->enabled)
		return DDI_EINVAL;
	if (!interrupt_destroy(h->intr))
		driver_bug(CALLER(), "ddi_intr_remove_handler: from within the handler itself");
	h->intr = NULL;
	return DDI_SUCCESS;
}

/* ---- on and off ---- */

static int set_enabled(ddi_intr_handle_t h, bool enabled)
{
	if (h == NULL || h->intr == NULL || h->enabled == enabled)
		return DDI_EINVAL;
	h->enabled = enabled;
	interrupt_enable(h->intr, enabled);
	return DDI_SUCCESS;
}

int ddi_intr_enable(ddi_intr_handle_t h)
{
	return set_enabled(h, true);
}

int ddi_intr_disable(ddi_intr_handle_t h)
{
	return set_enabled(h, false);
}

/* All of them, or none. */
static int block_set(ddi_intr_handle_t *h_array, int count, bool enabled)
{
	if (h_array == NULL || count < 1)
		return DDI_EINVAL;
	for (int i = 0; i < count; i++)
		if (h_array[i] == NULL || h_array[i]->intr == NULL || h_array[i]->enabled == enabled ||
		    h_array[i]->type != DDI_INTR_TYPE_MSI)
			return DDI_EINVAL;
	for (int i = 0; i < count; i++)
		(void)set_enabled(h_array[i], enabled);
	return DDI_SUCCESS;
}

int ddi_intr_block_enable(ddi_intr_handle_t *h_array, int count)
{
	return block_set(h_array, count, true);
}

int ddi_intr_block_disable(ddi_intr_handle_t *h_array, int count)
{
	return block_set(h_array, count, false);
}

static int set_mask(ddi_intr_handle_t h, bool masked)
{
	if (h == NULL || !h->enabled)
		return DDI_EINVAL;
	interrupt_mask(h->intr, masked);
	return DDI_SUCCESS;
}

int ddi_intr_set_mask(ddi_intr_handle_t h)
{
	return set_mask(h, true);
}

int ddi_intr_clr_mask(ddi_intr_handle_t h)
{
	return set_mask(h, false);
}

int ddi_intr_get_pending(ddi_intr_handle_t h, int *pendingp)
{
	if (h == NULL || pendingp == NULL)
		return DDI_EINVAL;
	*pendingp = h->intr != NULL && interrupt_pending(h->intr);
	return DDI_SUCCESS;
}
