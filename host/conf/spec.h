/* SPDX-License-Identifier: BSD-2-Clause */
/* spec.h: a spec of a driver.conf(4) file: its properties, name, parent and instance among them. */
#ifndef HOST_CONF_SPEC_H
#define HOST_CONF_SPEC_H

#include "kernel/sys/sys.h"

struct spec {
	struct sys_prop *props; /* each with memory of its own */
	size_t nprops, room;
	unsigned line; /* where it began */
};

/* Waits for memory: nothing here fails. */

/* Room for one more: old, or a bigger copy of it (count elements, each of that size). */
void *conf_grow(void *old, size_t count, size_t *room, size_t each);
char *conf_string_copy(const char *text);
void conf_string_free(const char *text); /* may be NULL */
struct sys_prop conf_prop_copy(const struct sys_prop *from);
void conf_prop_clear(struct sys_prop *prop);

/* NULL: no such property. */
const struct sys_prop *spec_find(const struct spec *spec, const char *name);
/* A new property, all zero. */
struct sys_prop *spec_add(struct spec *spec);
void spec_clear(struct spec *spec);

#endif
