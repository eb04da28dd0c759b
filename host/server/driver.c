/* SPDX-License-Identifier: BSD-2-Clause */
/* driver.c: loads the drivers given by -d. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/conf/conf.h"
#include "host/conf/loader.h"
#include "host/server/server.h"

struct driver { struct loader_module module; struct driver *next; };
static struct driver *drivers;

static void say_step(const char *path, enum sys_module_step step, int instance, int error, char *message,
		     size_t size)
{
	switch (step) {
	case SYS_STEP_INIT:
		(void)snprintf(message, size, "%s: _init failed: %s", path, strerror(error));
		break;
	case SYS_STEP_NO_DRIVER:
		(void)snprintf(message, size, "%s: _init installed no driver", path);
		break;
	case SYS_STEP_ATTACH:
		(void)snprintf(message, size, "%s: attach of instance %d failed: %s", path, instance,
			       strerror(error));
		break;
	}
}

static int driver_start(const char *path, const struct loader_module *m, const struct conf *conf, char *message,
			size_t size)
{
	struct sys_module module = {.name = m->name, .init = m->init, .info = m->info, .fini = m->fini,
				    .base = m->base, .size = m->size};
	enum sys_module_step step = SYS_STEP_INIT;
	int instance = 0, error;

	if (conf != NULL) {
		module.nodes = conf->nodes;
		module.nnodes = conf->nnodes;
	}
	error = sys_module_load(&module, &step, &instance);
	if (error != 0)
		say_step(path, step, instance, error, message, size);
	return error;
}

/* The part behind the last colon if it names a file of its own, or DRIVER.conf beside the driver if that exists. */
static int spec_split(const char *spec, char **so, char **conf)
{
	char *colon;
	size_t length;

	*conf = NULL;
	*so = strdup(spec);
	if (*so == NULL)
		return ENOMEM;
	colon = access(*so, F_OK) != 0 ? strrchr(*so, ':') : NULL;
	if (colon != NULL) {
		*colon = '\0';
		*conf = strdup(colon + 1);
		return *conf != NULL ? 0 : ENOMEM;
	}
	length = strlen(*so);
	if (length > 3 && strcmp(*so + length - 3, ".so") == 0)
		length -= 3;
	if (asprintf(conf, "%.*s.conf", (int)length, *so) < 0) {
		*conf = NULL;
		return ENOMEM;
	}
	if (access(*conf, F_OK) != 0) {
		free(*conf);
		*conf = NULL;
	}
	return 0;
}

static int driver_open(struct driver *d, const char *so, const char *conf_path, char *message, size_t size)
{
	struct conf *conf = NULL;
	int error = loader_open(so, &d->module, message, size);

	if (error != 0)
		return error;
	if (conf_path != NULL)
		error = conf_read(conf_path, d->module.name, &conf, message, size);
	if (error == 0)
		error = driver_start(so, &d->module, conf, message, size);
	conf_free(conf);
	if (error != 0)
		loader_close(&d->module);
	return error;
}

int driver_load(const char *spec, char *message, size_t size)
{
	struct driver *d = calloc(1, sizeof(*d));
	char *so = NULL, *conf = NULL;
	int error = d == NULL ? ENOMEM : spec_split(spec, &so, &conf);

	if (error != 0)
		(void)snprintf(message, size, "%s: %s", spec, strerror(error));
	else
		error = driver_open(d, so, conf, message, size);
	free(so);
	free(conf);
	if (error != 0) {
		free(d);
		return error;
	}
	d->next = drivers;
	drivers = d;
	return 0;
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
