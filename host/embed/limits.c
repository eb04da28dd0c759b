/* SPDX-License-Identifier: BSD-2-Clause */
/* limits.c: projects, zones, limits on locked memory, and statistics. */
#include "host/conf/rctl.h"
#include "host/embed/internal.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

int sundog_project_create(struct sundog_system *system, int zone, int id, const char *name)
{
	return sys_project_create(zone, id, name);
}

int sundog_zone_create(struct sundog_system *system, int id, const char *name)
{
	return sys_zone_create(id, name);
}

int sundog_setproject(struct sundog_process *p, int project)
{
	struct embed_call call;
	int error = call_enter(p, &call);

	if (error != 0)
		return error;
	error = sys_proc_setproject(p->proc, project);
	call_leave(p, &call);
	return error;
}

int sundog_rctl_set(struct sundog_system *system, int zone, int id, const char *setting, char *message,
		    size_t size)
{
	struct sys_rctl_target target = {.zone = zone, .id = id};
	struct rctl_setting s;
	const char *why;
	int error = rctl_parse(setting, &s, message, size);

	if (error != 0)
		return error;
	target.control = s.control;
	for (unsigned i = 0; i < s.nvalues && error == 0; i++)
		error = sys_rctl_change(&target, NULL, &s.values[i], true, &why);
	if (error != 0)
		(void)snprintf(message, size, "%s: %s", setting, why);
	return error;
}

static int target_state(int zone, int id, const char *control, struct sys_rctl_state *state)
{
	struct sys_rctl_target target = {.zone = zone, .id = id};

	if (!rctl_find(control, strlen(control), &target.control))
		return EINVAL;
	return sys_rctl_get(&target, state);
}

int sundog_rctl_clear(struct sundog_system *system, int zone, int id, const char *control)
{
	struct sys_rctl_state state;
	const char *why;
	int error = target_state(zone, id, control, &state);

	for (unsigned i = 0; error == 0 && i < state.nvalues; i++)
		error = sys_rctl_change(&state.target, &state.values[i], NULL, true, &why);
	return error;
}

int sundog_rctl_get(struct sundog_system *system, int zone, int id, const char *control,
		    struct sundog_rctl *rctl)
{
	struct sys_rctl_state state;
	int error = target_state(zone, id, control, &state);

	if (error == 0)
		*rctl = (struct sundog_rctl){state.used, state.limit, state.refusals};
	return error;
}

struct wanted {
	const char *module, *name, *statistic;
	int instance;
	char *value;
	size_t size;
	bool found;
};

static void statistic_compare(void *arg, const struct sys_kstat *k)
{
	struct wanted *w = arg;

	if (k->instance != w->instance || strcmp(k->module, w->module) != 0 ||
	    strcmp(k->name, w->name) != 0 || strcmp(k->statistic, w->statistic) != 0)
		return;
	w->found = true;
	(void)snprintf(w->value, w->size, "%s", k->value);
}

int sundog_kstat(struct sundog_system *system, const char *module, int instance, const char *name,
		 const char *statistic, char *value, size_t size)
{
	struct wanted w = {module, name, statistic, instance, value, size, false};

	sys_thread_enter(NULL);
	sys_kstat_each(statistic_compare, &w);
	sys_thread_leave();
	return w.found ? 0 : ENOENT;
}
