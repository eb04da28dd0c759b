/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/device/minor.h"
#include "kernel/lib/message.h"
#include "kernel/host.h"
#include <sys/stat.h>
#include <sys/sunddi.h>

struct minor {
	struct minor *next; /* protected by devinfo_lock() */
	struct dev_info *dip;
	dev_t dev;
	uint32_t mode;
	bool block;
	char name[96];
	char type[32];
	const void *caller;
};

static struct {
	void (*changed)(void *arg); /* protected by devinfo_lock() */
	void *arg;
} watcher;

/* ---- making and removing ---- */

static bool arguments_valid(dev_info_t *dip, const char *name, int spec_type)
{
	return dip != NULL && dip->module != NULL && name != NULL && name[0] != '\0' &&
	       strlen(name) < sizeof(((struct minor *)NULL)->name) && strchr(name, '/') == NULL &&
	       (spec_type == S_IFCHR || spec_type == S_IFBLK);
}

static struct minor *minor_named(struct dev_info *dip, const char *name)
{
	struct minor *m;

	for (m = dip->minors; m != NULL && strcmp(m->name, name) != 0; m = m->next)
		;
	return m;
}

static int minor_create(dev_info_t *dip, const char *name, int spec_type, minor_t number, const char *type,
			uint32_t mode, const void *caller)
{
	struct minor *m, **last;
	bool attached, duplicate;

	if (!arguments_valid(dip, name, spec_type))
		return DDI_FAILURE;
	m = host_alloc(sizeof(*m), true);
	*m = (struct minor){.dip = dip, .dev = makedevice(dip->module->major, number), .mode = mode, .block = spec_type == S_IFBLK, .caller = caller};
	(void)strlcpy(m->name, name, sizeof(m->name));
	(void)strlcpy(m->type, type != NULL ? type : "", sizeof(m->type));
	devinfo_lock();
	duplicate = minor_named(dip, name) != NULL;
	attached = dip->state == DEVINFO_ATTACHED;
	for (last = &dip->minors; *last != NULL; last = &(*last)->next)
		;
	if (!duplicate)
		*last = m;
	devinfo_unlock();
	if (duplicate) {
		host_free(m, sizeof(*m));
		return DDI_FAILURE;
	}
	if (attached)
		minor_changed();
	return DDI_SUCCESS;
}

/* The flag CLONE_DEV is for streams drivers; other drivers clone by changing *devp in their open(9E). */
int ddi_create_minor_node(dev_info_t *dip, const char *name, int spec_type, minor_t number, const char *type,
			  int flag)
{
	return minor_create(dip, name, spec_type, number, type, 0666, CALLER());
}

int ddi_create_priv_minor_node(dev_info_t *dip, const char *name, int spec_type, minor_t number, const char *type,
			       int flag, const char *read_priv, const char *write_priv, mode_t mode)
{
	return minor_create(dip, name, spec_type, number, type, mode & 0777, CALLER());
}

static struct minor *minors_take(struct dev_info *dip, const char *name)
{
	struct minor *taken = NULL, *m, **link;

	devinfo_lock();
	for (link = &dip->minors; (m = *link) != NULL;) {
		if (name != NULL && strcmp(m->name, name) != 0) {
			link = &m->next;
			continue;
		}
		*link = m->next;
		m->next = taken;
		taken = m;
	}
	devinfo_unlock();
	return taken;
}

static void minors_remove(struct dev_info *dip, const char *name, bool left)
{
	struct minor *m = minors_take(dip, name), *next;
	bool any = m != NULL;

	for (; m != NULL; m = next) {
		next = m->next;
		if (left)
			driver_note(m->caller, "%s%d: its detach(9E) has left the minor node %s, which is removed", dip->name,
				    dip->instance, m->name);
		host_free(m, sizeof(*m));
	}
	if (any)
		minor_changed();
}

/* name NULL: all of them. */
void ddi_remove_minor_node(dev_info_t *dip, const char *name)
{
	if (dip != NULL)
		minors_remove(dip, name, false);
}

void minor_remove_all(struct dev_info *dip, bool left)
{
	minors_remove(dip, NULL, left);
}

/* ---- finding ---- */

int minor_hold(dev_t dev, bool block, struct minor_open *out)
{
	int error = ENXIO;

	devinfo_lock();
	for (struct dev_info *d = devinfo_first(); d != NULL && error != 0; d = d->next) {
		struct minor *m;

		if (d->state != DEVINFO_ATTACHED || d->module->major != getmajor(dev))
			continue;
		for (m = d->minors; m != NULL && (m->dev != dev || m->block != block); m = m->next)
			;
		if (m == NULL)
			continue;
		d->holds++;
		*out = (struct minor_open){.dip = d, .mode = m->mode, .block = m->block};
		error = 0;
	}
	devinfo_unlock();
	return error;
}

static void devnode_fill(const struct minor *m, struct sys_devnode *out)
{
	out->dev = m->dev;
	out->mode = m->mode;
	out->block = m->block;
	(void)snprintf(out->dev_path, sizeof(out->dev_path), "/dev/%s", m->name);
	(void)snprintf(out->devices_path, sizeof(out->devices_path), "/devices/pseudo/%s@%d:%s", m->dip->name,
		       m->dip->instance, m->name);
}

/* Copies of all nodes that can be opened, oldest instance last. */
static struct sys_devnode *devnodes_copy(size_t *count)
{
	struct sys_devnode *all = NULL;
	size_t n = 0;

	devinfo_lock();
	for (int pass = 0; pass < 2; pass++) {
		if (pass == 1 && n > 0)
			all = host_alloc(n * sizeof(*all), true);
		n = 0;
		for (struct dev_info *d = devinfo_first(); d != NULL; d = d->next) {
			if (d->state != DEVINFO_ATTACHED)
				continue;
			for (struct minor *m = d->minors; m != NULL; m = m->next, n++)
				if (all != NULL)
					devnode_fill(m, &all[n]);
		}
	}
	devinfo_unlock();
	*count = n;
	return all;
}

/* From the last to the first: where two instances make the same name, /dev has the older one's. */
int sys_devnode_find(const char *path, struct sys_devnode *out)
{
	size_t n;
	struct sys_devnode *all = devnodes_copy(&n);
	int error = ENOENT;

	for (size_t i = n; i > 0 && error != 0; i--) {
		if (strcmp(all[i - 1].dev_path, path) == 0 || strcmp(all[i - 1].devices_path, path) == 0) {
			*out = all[i - 1];
			error = 0;
		}
	}
	host_free(all, n * sizeof(*all));
	return error;
}

void sys_devnode_each(bool (*fn)(void *arg, const struct sys_devnode *), void *arg)
{
	size_t n;
	struct sys_devnode *all = devnodes_copy(&n);

	for (size_t i = n; i > 0; i--)
		if (!fn(arg, &all[i - 1]))
			break;
	host_free(all, n * sizeof(*all));
}

void sys_devnode_watch(void (*changed)(void *arg), void *arg)
{
	devinfo_lock();
	watcher.changed = changed;
	watcher.arg = arg;
	devinfo_unlock();
}

void minor_changed(void)
{
	void (*changed)(void *);
	void *arg;

	devinfo_lock();
	changed = watcher.changed;
	arg = watcher.arg;
	devinfo_unlock();
	if (changed != NULL)
		changed(arg);
}

/* ---- device numbers ---- */

major_t getmajor(dev_t dev)
{
	return (major_t)(dev >> 32);
}

minor_t getminor(dev_t dev)
{
	return (minor_t)dev;
}

major_t getemajor(dev_t dev)
{
	return getmajor(dev);
}

minor_t geteminor(dev_t dev)
{
	return getminor(dev);
}

minor_t ddi_getiminor(dev_t dev)
{
	return getminor(dev);
}

dev_t makedevice(major_t major, minor_t minor)
{
	return (dev_t)major << 32 | minor;
}
