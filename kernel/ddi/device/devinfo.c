/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/device/devinfo.h"
#include "kernel/ddi/core/cmn_err.h"
#include "kernel/lib/message.h"
#include "kernel/ddi/device/event.h"
#include "kernel/ddi/device/minor.h"
#include "kernel/ddi/device/power.h"
#include "kernel/ddi/device/prop.h"
#include "kernel/ddi/device/regs.h"
#include "kernel/host.h"
#include <sundog/sim.h>
#include <sys/cmn_err.h>
#include <sys/sunddi.h>

static struct dev_info root = {.name = "", .instance = -1, .state = DEVINFO_ATTACHED};
static struct dev_info pseudo = {.name = "pseudo", .parent = &root, .instance = 0, .state = DEVINFO_ATTACHED};

static struct {
	struct host_mutex lock; /* see devinfo.h */
	struct dev_info *first; /* newest first */
} tree;

void devinfo_lock(void)
{
	host_mutex_lock(&tree.lock);
}

void devinfo_unlock(void)
{
	host_mutex_unlock(&tree.lock);
}

struct dev_info *devinfo_first(void)
{
	return tree.first;
}

struct dev_info *devinfo_child(struct dev_info *dip)
{
	return dip == &root ? &pseudo : dip == &pseudo ? tree.first
						       : NULL;
}

struct dev_info *devinfo_sibling(struct dev_info *dip)
{
	return dip->next;
}

/* ---- attach ---- */

static bool instance_taken(const struct module *m, int instance)
{
	for (struct dev_info *d = tree.first; d != NULL; d = d->next)
		if (d->module == m && d->instance == instance)
			return true;
	return false;
}

/* Chooses the instance and puts dip into the tree. */
static int tree_add(struct dev_info *dip, int instance)
{
	int error = 0;

	devinfo_lock();
	if (instance < 0)
		for (instance = 0; instance_taken(dip->module, instance); instance++)
			;
	else if (instance_taken(dip->module, instance))
		error = EEXIST;
	if (error == 0) {
		dip->instance = instance;
		(void)snprintf(dip->address, sizeof(dip->address), "%d", instance);
		dip->next = tree.first;
		tree.first = dip;
	}
	devinfo_unlock();
	return error;
}

static void tree_remove(struct dev_info *dip)
{
	struct dev_info **link;

	devinfo_lock();
	for (link = &tree.first; *link != dip; link = &(*link)->next)
		;
	*link = dip->next;
	devinfo_unlock();
}

static void state_set(struct dev_info *dip, enum devinfo_state state)
{
	devinfo_lock();
	dip->state = state;
	devinfo_unlock();
}

static bool driver_probe(struct dev_info *dip)
{
	int (*probe)(dev_info_t *) = dip->ops->devo_probe;
	int result;

	if (probe == NULL || probe == (int (*)(dev_info_t *))nulldev)
		return true;
	result = probe(dip);
	return result == DDI_PROBE_SUCCESS || result == DDI_PROBE_DONTCARE;
}

static int driver_attach(struct dev_info *dip)
{
	int (*attach)(dev_info_t *, ddi_attach_cmd_t) = dip->ops->devo_attach;

	return attach != NULL ? attach(dip, DDI_ATTACH) : DDI_FAILURE;
}

static void devinfo_free(struct dev_info *dip)
{
	tree_remove(dip);
	event_detach(dip);
	power_detach(dip);
	regs_detach(dip);
	prop_free_all(dip);
	host_free(dip, sizeof(*dip));
}

int devinfo_attach(struct module *m, const struct sys_node *node, struct dev_info **out)
{
	struct dev_info *dip = host_alloc(sizeof(*dip), true);
	int error;

	dip->module = m;
	dip->parent = &pseudo;
	dip->name = m->name;
	dip->ops = m->ops;
	dip->state = DEVINFO_ATTACHING;
	error = tree_add(dip, node->instance);
	if (error != 0) {
		host_free(dip, sizeof(*dip));
		return error;
	}
	prop_add_conf(dip, node->props, node->nprops);
	error = regs_attach(dip);
	if (error != 0) {
		devinfo_free(dip);
		return error;
	}
	if (!driver_probe(dip) || driver_attach(dip) != DDI_SUCCESS) {
		minor_remove_all(dip, false);
		devinfo_free(dip);
		return ENXIO;
	}
	state_set(dip, DEVINFO_ATTACHED);
	minor_changed();
	*out = dip;
	return 0;
}

/* ---- detach ---- */

static bool detach_begin(struct dev_info *dip)
{
	bool idle;

	devinfo_lock();
	idle = dip->holds == 0;
	if (idle)
		dip->state = DEVINFO_DETACHING;
	devinfo_unlock();
	return idle;
}

int devinfo_detach(struct dev_info *dip)
{
	int (*detach)(dev_info_t *, ddi_detach_cmd_t) = dip->ops->devo_detach;

	if (!detach_begin(dip)) {
		message(HOST_LOG_WARN, "%s%d: cannot be detached: it is open or mapped", dip->name, dip->instance);
		return EBUSY;
	}
	if (detach == NULL || detach(dip, DDI_DETACH) != DDI_SUCCESS) {
		message(HOST_LOG_WARN, "%s%d: the driver refused to detach", dip->name, dip->instance);
		state_set(dip, DEVINFO_ATTACHED);
		return EBUSY;
	}
	minor_remove_all(dip, true);
	devinfo_free(dip);
	return 0;
}

void devinfo_drop_all(void)
{
	while (tree.first != NULL) {
		struct dev_info *dip = tree.first;

		minor_remove_all(dip, false);
		devinfo_free(dip);
	}
}

struct dev_info *devinfo_last_of(const struct module *m)
{
	struct dev_info *d;

	devinfo_lock();
	for (d = tree.first; d != NULL && d->module != m; d = d->next)
		;
	devinfo_unlock();
	return d;
}

bool devinfo_attached(const struct module *m)
{
	return devinfo_last_of(m) != NULL;
}

void devinfo_release(struct dev_info *dip)
{
	devinfo_lock();
	dip->holds--;
	devinfo_unlock();
}

/* "shm0: "; for messages. */
static void devinfo_label(const dev_info_t *dip, char *to, size_t size)
{
	if (dip == NULL || dip->instance < 0)
		to[0] = '\0';
	else
		(void)snprintf(to, size, "%s%d: ", dip->name, dip->instance);
}

struct dev_info *sim_device(const char *driver, int instance)
{
	struct dev_info *d;

	devinfo_lock();
	for (d = tree.first; d != NULL && (d->instance != instance || strcmp(d->name, driver) != 0); d = d->next)
		;
	devinfo_unlock();
	return d;
}

/* ---- what drivers ask ---- */

int ddi_get_instance(dev_info_t *dip)
{
	return dip->instance;
}

const char *ddi_driver_name(dev_info_t *dip)
{
	return dip->name;
}

char *ddi_get_name(dev_info_t *dip)
{
	return (char *)(uintptr_t)dip->name;
}

char *ddi_binding_name(dev_info_t *dip)
{
	return ddi_get_name(dip);
}

char *ddi_node_name(dev_info_t *dip)
{
	return ddi_get_name(dip);
}

char *ddi_get_name_addr(dev_info_t *dip)
{
	return dip->address[0] != '\0' ? dip->address : NULL;
}

major_t ddi_driver_major(dev_info_t *dip)
{
	return dip->module != NULL ? dip->module->major : DDI_MAJOR_T_NONE;
}

/* to has room for MAXPATHLEN bytes. */
char *ddi_pathname(dev_info_t *dip, char *to)
{
	if (dip->module != NULL)
		(void)snprintf(to, MAXPATHLEN, "/pseudo/%s@%d", dip->name, dip->instance);
	else
		(void)snprintf(to, MAXPATHLEN, "/%s", dip->name);
	return to;
}

dev_info_t *ddi_get_parent(dev_info_t *dip)
{
	return dip->parent;
}

dev_info_t *ddi_root_node(void)
{
	return &root;
}

struct dev_ops *ddi_get_driver(dev_info_t *dip)
{
	return dip->ops;
}

void *ddi_get_driver_private(dev_info_t *dip)
{
	return dip->driver_private;
}

void ddi_set_driver_private(dev_info_t *dip, void *value)
{
	dip->driver_private = value;
}

/* Announces an attached device: for the log, as the console of a machine would be too busy. */
void ddi_report_dev(dev_info_t *dip)
{
	message(HOST_LOG_DEBUG, "%s%d is /pseudo/%s@%d", dip->name, dip->instance, dip->name, dip->instance);
}

void dev_err(dev_info_t *dip, int level, char *format, ...)
{
	char origin[64];
	va_list ap;

	devinfo_label(dip, origin, sizeof(origin));
	va_start(ap, format);
	message_from(origin, level, format, ap);
	va_end(ap);
}
