/* SPDX-License-Identifier: BSD-2-Clause */
#include "host/embed/internal.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void driver_say(const char *name, enum sys_module_step step, int instance, int error, char *message,
		       size_t size)
{
	switch (step) {
	case SYS_STEP_INIT:
		(void)snprintf(message, size, "%s: _init failed: %s", name, strerror(error));
		break;
	case SYS_STEP_NO_DRIVER:
		(void)snprintf(message, size, "%s: _init installed no driver", name);
		break;
	case SYS_STEP_ATTACH:
		(void)snprintf(message, size, "%s: attach of instance %d failed: %s", name, instance,
			       strerror(error));
		break;
	}
}

static int driver_start(const struct loader_module *m, const struct conf *conf, char *message, size_t size)
{
	struct sys_module module = {.name = m->name,
				    .init = m->init,
				    .info = m->info,
				    .fini = m->fini,
				    .base = m->base,
				    .size = m->size};
	enum sys_module_step step = SYS_STEP_INIT;
	int instance = 0, error;

	if (conf != NULL) {
		module.nodes = conf->nodes;
		module.nnodes = conf->nnodes;
	}
	sys_thread_enter(NULL);
	error = sys_module_load(&module, &step, &instance);
	sys_thread_leave();
	if (error != 0)
		driver_say(m->name, step, instance, error, message, size);
	return error;
}

/* "dir/shm.so" -> "dir/shm.conf" if that exists, else NULL; free(3) it. */
static char *conf_beside(const char *so)
{
	size_t length = strlen(so);
	char *path;

	if (length > 3 && strcmp(so + length - 3, ".so") == 0)
		length -= 3;
	path = malloc(length + sizeof(".conf"));
	if (path == NULL)
		return NULL;
	memcpy(path, so, length);
	strcpy(path + length, ".conf");
	if (access(path, F_OK) == 0)
		return path;
	free(path);
	return NULL;
}

static int driver_conf(const char *so, const char *driver, const char *conf_path, struct conf **conf,
		       char *message, size_t size)
{
	char *beside = conf_path == NULL ? conf_beside(so) : NULL;
	int error = 0;

	*conf = NULL;
	if (conf_path == NULL)
		conf_path = beside;
	if (conf_path != NULL)
		error = conf_read(conf_path, driver, conf, message, size);
	free(beside);
	return error;
}

static void module_add(struct sundog_system *system, struct embed_module *module)
{
	pthread_mutex_lock(&system->lock);
	module->next = system->modules;
	system->modules = module;
	pthread_mutex_unlock(&system->lock);
}

int sundog_driver_load(struct sundog_system *system, const char *so, const char *conf_path, char *message,
		       size_t size)
{
	struct embed_module *module = host_alloc(sizeof(*module), true);
	struct conf *conf = NULL;
	int error = loader_open(so, &module->module, message, size);

	if (error != 0)
		goto free;
	error = driver_conf(so, module->module.name, conf_path, &conf, message, size);
	if (error == 0)
		error = driver_start(&module->module, conf, message, size);
	conf_free(conf);
	if (error != 0)
		goto close;
	module_add(system, module);
	return 0;
close:
	loader_close(&module->module);
free:
	host_free(module, sizeof(*module));
	return error;
}

int sundog_driver_attach(struct sundog_system *system, const char *name, int (*init)(void),
			 int (*info)(struct modinfo *), int (*fini)(void), const char *text, char *message,
			 size_t size)
{
	struct embed_module *module = host_alloc(sizeof(*module), true);
	struct conf *conf = NULL;
	int error = 0;

	module->module = (struct loader_module){
	    .name = loader_driver_name(name), .init = init, .info = info, .fini = fini};
	if (text != NULL)
		error = conf_parse(text, strlen(text), name, name, &conf, message, size);
	if (error == 0)
		error = driver_start(&module->module, conf, message, size);
	conf_free(conf);
	if (error != 0) {
		loader_close(&module->module);
		host_free(module, sizeof(*module));
		return error;
	}
	/* Known to the host only: the kernel part would take the whole program for this driver. */
	module->module.base = loader_object((const void *)(uintptr_t)init);
	module_add(system, module);
	return 0;
}
