/* SPDX-License-Identifier: BSD-2-Clause */
/* driver.c: loads the drivers given by -d. */
#include "host/conf/driver.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/conf/conf.h"
#include "host/conf/loader.h"
#include "host/conf/modules.h"
#include "host/server/server.h"

struct driver {
	struct loader_module module;
	struct driver *next;
};
static struct driver *drivers;

static int driver_open(struct driver *d, const char *so, const char *conf_path, char *message, size_t size)
{
	struct conf *conf = NULL;
	int error = loader_open(so, &d->module, message, size);

	if (error != 0)
		return error;
	error = driver_configure(so, d->module.name, conf_path, &conf, message, size);
	if (error == 0)
		error = driver_attach(so, &d->module, conf, message, size);
	conf_free(conf);
	return error;
}

/* DRIVER.so[:CONF] */
struct spec {
	char *so;
	const char *conf;
};

static bool spec_parse(const char *text, struct spec *spec)
{
	char *colon;

	spec->so = strdup(text);
	if (spec->so == NULL)
		return false;
	/* unless a file has that very name */
	colon = access(spec->so, F_OK) != 0 ? strrchr(spec->so, ':') : NULL;
	if (colon != NULL)
		*colon++ = '\0';
	spec->conf = colon;
	return true;
}

static int driver_load(const struct spec *spec, char *message, size_t size)
{
	struct driver *d = calloc(1, sizeof(*d));
	int error;

	if (d == NULL) {
		(void)snprintf(message, size, "%s: %s", spec->so, strerror(ENOMEM));
		return ENOMEM;
	}
	error = driver_open(d, spec->so, spec->conf, message, size);
	if (d->module.handle == NULL) {
		free(d);
		return error;
	}
	d->next = drivers; /* one that failed stays, too: what it left behind is reported by its name */
	drivers = d;
	return error;
}

static int specs_load(const struct spec *specs, size_t n, const char **paths, size_t *order, char *message, size_t size)
{
	int error;

	for (size_t i = 0; i < n; i++)
		paths[i] = specs[i].so;
	error = modules_order(paths, n, order, message, size);
	for (size_t i = 0; i < n && error == 0; i++)
		error = driver_load(&specs[order[i]], message, size);
	return error;
}

int drivers_load(const char *const *texts, size_t n, char *message, size_t size)
{
	struct spec *specs = calloc(n + 1, sizeof(*specs));
	const char **paths = calloc(n + 1, sizeof(*paths));
	size_t *order = calloc(n + 1, sizeof(*order));
	bool whole = specs != NULL && paths != NULL && order != NULL;
	int error = ENOMEM;

	for (size_t i = 0; i < n && whole; i++)
		whole = spec_parse(texts[i], &specs[i]);
	if (whole)
		error = specs_load(specs, n, paths, order, message, size);
	else
		(void)snprintf(message, size, "drivers: %s", strerror(ENOMEM));
	for (size_t i = 0; specs != NULL && i < n; i++)
		free(specs[i].so);
	free(specs);
	free(paths);
	free(order);
	return error;
}

void driver_unload_all(void)
{
	struct driver *d;

	while ((d = drivers) != NULL) {
		drivers = d->next;
		loader_close(&d->module);
		free(d);
	}
}
