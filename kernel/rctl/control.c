/* SPDX-License-Identifier: BSD-2-Clause */
/* control.c: values and use, for those who set and show them. */
#include <sys/errno.h>
#include <sys/string.h>

#include "kernel/rctl/internal.h"

/* One control of one project, zone or process; the zone's lock is held. */
struct place {
	struct rctl_zone *zone;
	struct rctl_project *project;
	struct sys_account *account;
	struct rctl_counter *counter; /* NULL: there is no such thing */
};

struct search {
	int32_t pid;
	struct sys_account *found;
};

static bool search_project(void *arg, struct rctl_project *p)
{
	struct search *s = arg;
	struct sys_account *a;

	for (a = p->accounts; a != NULL && (a->pid != s->pid || a->processes == 0); a = a->next)
		;
	s->found = a;
	return a == NULL;
}

/* In this zone. */
static void place_find(struct place *at, struct rctl_zone *z, const struct sys_rctl_target *t)
{
	struct search search = {.pid = t->id};

	*at = (struct place){.zone = z};
	if (t->control == SYS_RCTL_PROJECT) {
		at->project = z->public->zone_id == t->zone ? project_find(z, t->id) : NULL;
		at->counter = at->project != NULL ? &at->project->locked : NULL;
	} else if (t->control == SYS_RCTL_ZONE) {
		at->counter = z->public->zone_id == t->id ? &z->locked : NULL;
	} else {
		if (t->id == 0)
			search.found = account_of(&p0)->zone == z ? account_of(&p0) : NULL;
		else
			projects_each(z, search_project, &search);
		at->account = search.found;
		at->counter = search.found != NULL ? &search.found->locked : NULL;
	}
}

/* With the zone's lock held, if it is found. */
static bool place_enter(struct place *at, const struct sys_rctl_target *t)
{
	for (struct rctl_zone *z = zone_first(); z != NULL; z = z->next) {
		zone_lock(z);
		place_find(at, z, t);
		if (at->counter != NULL)
			return true;
		zone_unlock(z);
	}
	return false;
}

int sys_rctl_change(const struct sys_rctl_target *t, const struct sys_rctl_value *old,
		    const struct sys_rctl_value *value, bool privileged, const char **why)
{
	struct place at;
	int error;

	*why = "";
	if (!place_enter(&at, t)) {
		*why = "there is no such project, zone or process";
		return ESRCH;
	}
	error = counter_change(at.counter, t->control, old, value, privileged, why);
	zone_unlock(at.zone);
	return error;
}

int sys_account_change(struct sys_account *a, const struct sys_rctl_value *old,
		       const struct sys_rctl_value *value, bool privileged, const char **why)
{
	int error;

	*why = "";
	zone_lock(a->zone);
	error = counter_change(&a->locked, SYS_RCTL_PROCESS, old, value, privileged, why);
	zone_unlock(a->zone);
	return error;
}

/* ---- showing ---- */

static const char *place_describe(const struct place *at, struct sys_rctl_state *s)
{
	s->target.zone = at->zone->public->zone_id;
	switch (s->target.control) {
	case SYS_RCTL_PROJECT:
		s->target.id = at->project->public.kpj_id;
		return at->project->name;
	case SYS_RCTL_ZONE:
		s->target.id = at->zone->public->zone_id;
		return at->zone->name;
	default:
		s->target.id = at->account->pid;
		s->project = at->account->project->public.kpj_id;
		s->uid = at->account->euid;
		return at->account->name;
	}
}

static void place_state(const struct place *at, enum sys_rctl control, struct sys_rctl_state *s)
{
	const struct rctl_counter *c = at->counter;

	*s = (struct sys_rctl_state){.target.control = control};
	(void)strlcpy(s->name, place_describe(at, s), sizeof(s->name));
	s->used = c->used;
	s->limit = c->limit;
	s->refusals = c->refusals;
	s->nvalues = c->nvalues;
	memcpy(s->values, c->values, sizeof(s->values));
	holder_find(&s->most, control, at->zone, at->project, at->account);
}

int sys_rctl_get(const struct sys_rctl_target *t, struct sys_rctl_state *state)
{
	struct place at;

	if (!place_enter(&at, t))
		return ESRCH;
	place_state(&at, t->control, state);
	zone_unlock(at.zone);
	return 0;
}

struct each {
	struct rctl_zone *zone;
	enum sys_rctl control;
	void (*fn)(void *arg, const struct sys_rctl_state *state);
	void *arg;
};

static void each_call(const struct each *e, const struct place *at)
{
	struct sys_rctl_state state;

	place_state(at, e->control, &state);
	e->fn(e->arg, &state);
}

static bool each_project(void *arg, struct rctl_project *p)
{
	const struct each *e = arg;
	struct place at = {.zone = e->zone, .project = p, .counter = &p->locked};

	if (e->control == SYS_RCTL_PROJECT) {
		each_call(e, &at);
		return true;
	}
	for (at.account = p->accounts; at.account != NULL; at.account = at.account->next) {
		at.counter = &at.account->locked;
		if (at.account->processes > 0 && at.account->pid > 0)
			each_call(e, &at);
	}
	return true;
}

void sys_rctl_each(enum sys_rctl control, void (*fn)(void *arg, const struct sys_rctl_state *state),
		   void *arg)
{
	struct each e = {.control = control, .fn = fn, .arg = arg};

	for (struct rctl_zone *z = zone_first(); z != NULL; z = z->next) {
		e.zone = z;
		zone_lock(z);
		if (control == SYS_RCTL_ZONE)
			each_call(&e, &(struct place){.zone = z, .counter = &z->locked});
		else
			projects_each(z, each_project, &e);
		zone_unlock(z);
	}
}
