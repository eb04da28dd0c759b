/* SPDX-License-Identifier: BSD-2-Clause */
#include "host/conf/spec.h"
#include "kernel/host.h"
#include <string.h>

void *conf_grow(void *old, size_t count, size_t *room, size_t each)
{
	void *bigger;

	if (count < *room)
		return old;
	bigger = host_alloc((*room * 2 + 8) * each, true);
	if (count > 0)
		memcpy(bigger, old, count * each);
	host_free(old, *room * each);
	*room = *room * 2 + 8;
	return bigger;
}

char *conf_string_copy(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(host_alloc(size, true), text, size);
}

void conf_string_free(const char *text)
{
	if (text != NULL)
		host_free((void *)(uintptr_t)text, strlen(text) + 1);
}

void conf_prop_clear(struct sys_prop *prop)
{
	conf_string_free(prop->name);
	host_free((void *)(uintptr_t)prop->ints, 0);
	for (size_t i = 0; prop->strings != NULL && i < prop->count; i++)
		conf_string_free(prop->strings[i]);
	host_free((void *)(uintptr_t)prop->strings, 0);
}

void spec_clear(struct spec *spec)
{
	for (size_t i = 0; i < spec->nprops; i++)
		conf_prop_clear(&spec->props[i]);
	host_free(spec->props, 0);
	*spec = (struct spec){0};
}

struct sys_prop conf_prop_copy(const struct sys_prop *from)
{
	struct sys_prop prop = {
		.name = conf_string_copy(from->name), .type = from->type, .count = from->count};

	if (from->type == SYS_PROP_INT) {
		prop.ints = memcpy(host_alloc(from->count * sizeof(*prop.ints), true), from->ints,
				   from->count * sizeof(*prop.ints));
	} else if (from->type == SYS_PROP_STRING) {
		const char **strings = host_alloc(from->count * sizeof(*strings), true);

		for (size_t i = 0; i < from->count; i++)
			strings[i] = conf_string_copy(from->strings[i]);
		prop.strings = strings;
	}
	return prop;
}

const struct sys_prop *spec_find(const struct spec *spec, const char *name)
{
	for (size_t i = 0; i < spec->nprops; i++) {
		if (strcmp(spec->props[i].name, name) == 0)
			return &spec->props[i];
	}
	return NULL;
}

struct sys_prop *spec_add(struct spec *spec)
{
	spec->props = conf_grow(spec->props, spec->nprops, &spec->room, sizeof(*spec->props));
	spec->props[spec->nprops] = (struct sys_prop){0};
	return &spec->props[spec->nprops++];
}
