/* SPDX-License-Identifier: BSD-2-Clause */
#include "host/embed/internal.h"
#include <errno.h>
#include <stdio.h>

/* One system at a time: the kernel part has one state. */
static atomic_bool system_exists;

static void system_log(void *arg, enum host_log_level level, const char *text)
{
	const struct sundog_options *options = arg;

	options->log(options->log_arg, (int)level, text);
}

int sundog_system_create(const struct sundog_options *options, struct sundog_system **out)
{
	struct sundog_system *system;
	struct sys_config config;
	int error;

	if (atomic_exchange(&system_exists, true))
		return EBUSY;
	system = host_alloc(sizeof(*system), true);
	if (options != NULL)
		system->options = *options;
	system->last_pid = 999;
	pthread_mutex_init(&system->lock, NULL);
	posix_init(&(struct posix_config){system->options.verbose, system->options.strict_lock});
	posix_log_sink(system->options.log != NULL ? system_log : NULL, &system->options);
	config =
		(struct sys_config){system->options.verbose, system->options.strict_lock, system->options.hz};
	error = sys_boot(&config);
	if (error == 0) {
		*out = system;
		return 0;
	}
	posix_log_sink(NULL, NULL);
	pthread_mutex_destroy(&system->lock);
	host_free(system, sizeof(*system));
	atomic_store(&system_exists, false);
	return error;
}

/* ---- the end ---- */

struct leak_report {
	struct sundog_system *system;
	void (*fn)(void *, const struct sundog_leak *);
	void *arg;
	size_t count;
};

static void leak_print(const struct sundog_leak *leak)
{
	(void)fprintf(stderr, "sundog: leak: %s: %zu %s, %zu bytes, by %s\n", leak->driver, leak->count,
		      leak->kind, leak->bytes, leak->function);
}

/* A driver linked into the program: the one whose program holds the caller, if it is alone there. */
static const char *leak_driver(const struct sundog_system *system, const struct sys_leak *found)
{
	const void *object = loader_object(found->caller);
	const char *name = found->driver;

	if (name[0] != '\0' || object == NULL)
		return name;
	for (const struct embed_module *m = system->modules; m != NULL; m = m->next) {
		if (m->module.base != object)
			continue;
		if (name[0] != '\0')
			return "";
		name = m->module.name;
	}
	return name;
}

static void leak_found(void *arg, const struct sys_leak *found)
{
	struct leak_report *report = arg;
	char function[256];
	struct sundog_leak leak = {found->kind, leak_driver(report->system, found), function, found->bytes,
				   found->count};

	loader_function(found->caller, function, sizeof(function));
	report->count++;
	if (report->fn != NULL)
		report->fn(report->arg, &leak);
	else
		leak_print(&leak);
}

static void modules_free(struct sundog_system *system, bool unload)
{
	struct embed_module *module;

	while ((module = system->modules) != NULL) {
		system->modules = module->next;
		if (unload)
			loader_close(&module->module);
		host_free(module, sizeof(*module));
	}
}

size_t sundog_system_destroy(struct sundog_system *system, void (*leak)(void *, const struct sundog_leak *),
			     void *arg)
{
	struct leak_report report = {system, leak, arg, 0};
	bool unload;

	while (system->processes != NULL)
		sundog_exit(system->processes);
	sys_thread_enter(NULL);
	unload = sys_halt(leak_found, &report) != EINPROGRESS; /* a driver's refusal has been reported */
	sys_thread_leave();
	modules_free(system, unload);
	posix_log_sink(NULL, NULL);
	pthread_mutex_destroy(&system->lock);
	host_free(system, sizeof(*system));
	atomic_store(&system_exists, false);
	return report.count;
}
