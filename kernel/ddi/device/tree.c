/* SPDX-License-Identifier: BSD-2-Clause */
/* Walking the device tree, and what drivers have in their dev_ops and on their nodes. */
#include "kernel/ddi/device/devinfo.h"
#include "kernel/ddi/mem/kmem.h"
#include "kernel/lib/message.h"
#include <sys/ddi_impldefs.h>
#include <sys/ddi_implfuncs.h>
#include <sys/sunddi.h>
#include <sys/sunndi.h>

dev_info_t *ddi_get_child(dev_info_t *dip)
{
	struct dev_info *child;

	devinfo_lock();
	child = devinfo_child(dip);
	devinfo_unlock();
	return child;
}

dev_info_t *ddi_get_next_sibling(dev_info_t *dip)
{
	struct dev_info *next;

	devinfo_lock();
	next = devinfo_sibling(dip);
	devinfo_unlock();
	return next;
}

/* The next instance of the same driver. */
dev_info_t *ddi_get_next(dev_info_t *dip)
{
	struct dev_info *d;

	devinfo_lock();
	for (d = devinfo_sibling(dip); d != NULL && d->module != dip->module; d = devinfo_sibling(d))
		;
	devinfo_unlock();
	return d;
}

/* unit -1: any.  need_attached 0: also one that is still attaching. */
dev_info_t *ddi_find_devinfo(char *name, int unit, int need_attached)
{
	struct dev_info *d;

	devinfo_lock();
	for (d = devinfo_first(); d != NULL; d = d->next)
		if (strcmp(d->name, name) == 0 && (unit == -1 || d->instance == unit) &&
		    (!need_attached || d->state == DEVINFO_ATTACHED))
			break;
	devinfo_unlock();
	return d;
}

static int children_walk(dev_info_t *dip, int (*fn)(dev_info_t *, void *), void *arg)
{
	for (dev_info_t *d = dip; d != NULL; d = ddi_get_next_sibling(d)) {
		int step = fn(d, arg);

		if (step == DDI_WALK_CONTINUE && ddi_get_child(d) != NULL)
			step = children_walk(ddi_get_child(d), fn, arg);
		if (step == DDI_WALK_TERMINATE)
			return step;
		if (step == DDI_WALK_PRUNESIB)
			break;
	}
	return DDI_WALK_CONTINUE;
}

/* Within the gate nodes neither come nor go; the driver that calls is attached. */
void ddi_walk_devs(dev_info_t *dip, int (*fn)(dev_info_t *, void *), void *arg)
{
	(void)children_walk(dip, fn, arg);
}

void *ddi_get_parent_data(dev_info_t *dip)
{
	return dip->parent_data;
}

void ddi_set_parent_data(dev_info_t *dip, void *data)
{
	dip->parent_data = data;
}

/* ---- getinfo(9E) ---- */

/* A driver whose minor numbers are its instances: dip is of any of them. */
int ddi_getinfo_1to1(dev_info_t *dip, ddi_info_cmd_t command, void *arg, void **result)
{
	minor_t instance = getminor((dev_t)(uintptr_t)arg);
	dev_info_t *found;

	switch (command) {
	case DDI_INFO_DEVT2INSTANCE:
		*result = (void *)(uintptr_t)instance;
		return DDI_SUCCESS;
	case DDI_INFO_DEVT2DEVINFO:
		found = ddi_find_devinfo(ddi_get_name(dip), (int)instance, 0);
		if (found == NULL)
			return DDI_FAILURE;
		*result = found;
		return DDI_SUCCESS;
	default:
		return DDI_FAILURE;
	}
}

/* Of a driver without minor nodes. */
int ddi_no_info(dev_info_t *dip, ddi_info_cmd_t command, void *arg, void **result)
{
	return DDI_FAILURE;
}

/* ---- answers about a device ---- */

/* Every bus here lets devices be masters. */
int ddi_slaveonly(dev_info_t *dip)
{
	return DDI_FAILURE;
}

/* Nothing here says about itself what it is: the driver probes. */
int ddi_dev_is_sid(dev_info_t *dip)
{
	return DDI_FAILURE;
}

/* A driver that panics runs no more: none is ever asked to do without waiting. */
int ddi_in_panic(void)
{
	return 0;
}

/* flags: KM_SLEEP or KM_NOSLEEP; kmem_free() of its length and the zero. */
char *i_ddi_strdup(const char *s, uint_t flags)
{
	size_t size = strlen(s) + 1;
	char *copy = kmem_get(size, (int)flags, CALLER());

	return copy != NULL ? memcpy(copy, s, size) : NULL;
}

/* ---- ports of a PC: a bus on which nothing answers ---- */

uint8_t inb(int port)
{
	return 0xff;
}

void outb(int port, uint8_t value)
{
}
