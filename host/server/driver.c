/* SPDX-License-Identifier: BSD-2-Clause */
/* driver.c: loads the drivers given by -d. */
#include "host/conf/driver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/conf/conf.h"
#include "host/conf/loader.h"
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

int driver_load(const char *spec, char *message, size_t size)
{
	struct driver *d = calloc(1, sizeof(*d));
	char *so = strdup(spec), *colon;
	int error;

	if (d == NULL || so == NULL) {
		(void)snprintf(message, size, "%s: %s", spec, strerror(ENOMEM));
		error = ENOMEM;
	} else {
		/* DRIVER.so:CONF, unless a file has that very name. */
		colon = access(so, F_OK) != 0 ? strrchr(so, ':') : NULL;
		if (colon != NULL)
			*colon++ = '\0';
		error = driver_open(d, so, colon, message, size);
	}
	free(so);
	if (d == NULL || d->module.handle == NULL) {
		free(d);
		return error;
	}
	d->next = drivers; /* one that failed stays, too: what it left behind is reported by its name */
	drivers = d;
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
