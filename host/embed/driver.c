/* SPDX-License-Identifier: BSD-2-Clause */
#include "host/embed/internal.h"

#include <string.h>

#include "host/conf/driver.h"

/* The test's thread becomes the system's own for as long as it attaches. */
static int driver_start(const struct loader_module *m, const struct conf *conf, char *message, size_t size)
{
	int error;

	sys_thread_enter(NULL);
	error = driver_attach(m->name, m, conf, message, size);
	sys_thread_leave();
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
	error = driver_configure(so, module->module.name, conf_path, &conf, message, size);
	if (error == 0)
		error = driver_start(&module->module, conf, message, size);
	conf_free(conf);
	module_add(system, module); /* one that failed, too: what it left behind is reported by its name */
	return error;
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
