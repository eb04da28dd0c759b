/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/device/prop.h"
#include "kernel/host.h"
#include <sys/errno.h>
#include <sys/string.h>

static void *bytes_copy(const void *from, size_t length)
{
	return length == 0 ? NULL : memcpy(host_alloc(length, true), from, length);
}

static struct prop *prop_create(dev_t dev, const char *name, uint_t type, const void *value, size_t length)
{
	struct prop *p = host_alloc(sizeof(*p), true);

	p->name = bytes_copy(name, strlen(name) + 1);
	p->dev = dev;
	p->type = type;
	p->length = length;
	p->value = bytes_copy(value, length);
	return p;
}

static void prop_destroy(struct prop *p)
{
	host_free(p->value, p->length);
	host_free(p->name, strlen(p->name) + 1);
	host_free(p, sizeof(*p));
}

/* Called with devinfo_lock() held. */
static struct prop *prop_unlink(struct dev_info *dip, dev_t dev, const char *name)
{
	struct prop **link, *p;

	for (link = &dip->props; (p = *link) != NULL; link = &p->next) {
		if (p->dev == dev && strcmp(p->name, name) == 0) {
			*link = p->next;
			return p;
		}
	}
	return NULL;
}

static void prop_replace(struct dev_info *dip, struct prop *p)
{
	struct prop *old;

	devinfo_lock();
	old = prop_unlink(dip, p->dev, p->name);
	p->next = dip->props;
	dip->props = p;
	devinfo_unlock();
	if (old != NULL)
		prop_destroy(old);
}

int prop_set(struct dev_info *dip, dev_t dev, const char *name, uint_t type, const void *value, size_t length)
{
	if (dip == NULL || name == NULL || name[0] == '\0' || dev == DDI_DEV_T_ANY)
		return DDI_PROP_INVAL_ARG;
	prop_replace(dip, prop_create(dev, name, type, value, length));
	return DDI_PROP_SUCCESS;
}

int prop_remove(struct dev_info *dip, dev_t dev, const char *name)
{
	struct prop *p;

	if (dip == NULL || name == NULL || name[0] == '\0' || dev == DDI_DEV_T_ANY)
		return DDI_PROP_INVAL_ARG;
	devinfo_lock();
	p = prop_unlink(dip, dev, name);
	devinfo_unlock();
	if (p == NULL)
		return DDI_PROP_NOT_FOUND;
	prop_destroy(p);
	return DDI_PROP_SUCCESS;
}

void prop_free_all(struct dev_info *dip)
{
	struct prop *p, *next;

	devinfo_lock();
	p = dip->props;
	dip->props = NULL;
	devinfo_unlock();
	for (; p != NULL; p = next) {
		next = p->next;
		prop_destroy(p);
	}
}

static void prop_add_strings(struct dev_info *dip, const struct sys_prop *from)
{
	size_t length = 0;
	char *value, *to;

	for (size_t i = 0; i < from->count; i++)
		length += strlen(from->strings[i]) + 1;
	value = to = length > 0 ? host_alloc(length, true) : NULL;
	for (size_t i = 0; i < from->count; i++)
		to = strcpy(to, from->strings[i]) + strlen(from->strings[i]) + 1;
	(void)prop_set(dip, DDI_DEV_T_NONE, from->name, DDI_PROP_TYPE_STRING, value, length);
	host_free(value, length);
}

void prop_add_conf(struct dev_info *dip, const struct sys_prop *props, size_t nprops)
{
	for (size_t i = 0; i < nprops; i++) {
		const struct sys_prop *p = &props[i];

		if (p->type == SYS_PROP_STRING)
			prop_add_strings(dip, p);
		else if (p->type == SYS_PROP_INT)
			(void)prop_set(dip, DDI_DEV_T_NONE, p->name, DDI_PROP_TYPE_INT, p->ints,
				       p->count * sizeof(int32_t));
		else
			(void)prop_set(dip, DDI_DEV_T_NONE, p->name, DDI_PROP_TYPE_ANY, NULL, 0);
	}
}

static bool prop_matches(const struct prop *p, dev_t dev, const char *name, uint_t type)
{
	return (dev == DDI_DEV_T_ANY || p->dev == dev) && (p->type == PROP_TYPE_UNDEFINED || (p->type & type) != 0) && strcmp(p->name, name) == 0;
}

int prop_copy(struct dev_info *dip, dev_t dev, const char *name, uint_t type, char **value, size_t *length)
{
	int result = DDI_PROP_NOT_FOUND;
	struct prop *p;

	*value = NULL;
	*length = 0;
	if (dip == NULL || name == NULL || name[0] == '\0')
		return DDI_PROP_INVAL_ARG;
	devinfo_lock();
	for (p = dip->props; p != NULL && !prop_matches(p, dev, name, type); p = p->next)
		;
	if (p != NULL && p->type == PROP_TYPE_UNDEFINED) {
		result = DDI_PROP_UNDEFINED;
	} else if (p != NULL) {
		*length = p->length;
		*value = bytes_copy(p->value, p->length);
		result = DDI_PROP_SUCCESS;
	}
	devinfo_unlock();
	return result;
}
