/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "host/conf/driver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/conf/conf.h"
#include "host/conf/loader.h"

/* "dir/shm.so" -> "dir/shm.conf" in *path if that exists, else NULL; free(3) it. */
static int conf_beside(const char *so, char **path)
{
	size_t length = strlen(so);

	if (length > 3 && strcmp(so + length - 3, ".so") == 0)
		length -= 3;
	if (asprintf(path, "%.*s.conf", (int)length, so) < 0) {
		*path = NULL;
		return ENOMEM;
	}
	if (access(*path, F_OK) != 0) {
		free(*path);
		*path = NULL;
	}
	return 0;
}

int driver_configure(const char *so, const char *driver, const char *conf_path, struct conf **conf, char *message,
		     size_t size)
{
	char *beside = NULL;
	int error = conf_path == NULL ? conf_beside(so, &beside) : 0;

	*conf = NULL;
	if (error != 0)
		(void)snprintf(message, size, "%s: %s", so, strerror(error));
	else if (conf_path != NULL || beside != NULL)
		error = conf_read(conf_path != NULL ? conf_path : beside, driver, conf, message, size);
	free(beside);
	return error;
}

static void step_say(const char *label, enum sys_module_step step, int instance, int error, char *message,
		     size_t size)
{
	const char *why = step == SYS_STEP_ATTACH && error == ENXIO ? "its probe(9E) or attach(9E) refused" : strerror(error);

	switch (step) {
	case SYS_STEP_NAME:
		(void)snprintf(message, size, "%s: another driver of this name is loaded already", label);
		break;
	case SYS_STEP_INIT:
		(void)snprintf(message, size, "%s: _init failed: %s", label, strerror(error));
		break;
	case SYS_STEP_NO_DRIVER:
		(void)snprintf(message, size, "%s: _init installed no driver", label);
		break;
	case SYS_STEP_ATTACH:
		(void)snprintf(message, size, "%s: attach of instance %d failed: %s", label, instance, why);
		break;
	}
}

int driver_attach(const char *label, const struct loader_module *m, const struct conf *conf, char *message,
		  size_t size)
{
	struct sys_module module = {.name = m->name, .init = m->init, .info = m->info, .fini = m->fini, .base = m->base, .size = m->size};
	enum sys_module_step step = SYS_STEP_INIT;
	int instance = 0, error;

	if (conf != NULL) {
		module.nodes = conf->nodes;
		module.nnodes = conf->nnodes;
	}
	error = sys_module_load(&module, &step, &instance);
	if (error != 0)
		step_say(label, step, instance, error, message, size);
	return error;
}
