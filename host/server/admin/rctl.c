/* SPDX-License-Identifier: BSD-2-Clause */
/* rctl.c: limits, shown and changed: `sundog prctl`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/conf/rctl.h"
#include "host/server/admin/admin.h"

/* ---- what is asked for ---- */

static bool zone_lookup(const char *text, int32_t *id)
{
	char *end;

	*id = 0;
	if (strcmp(text, "global") == 0)
		return true;
	*id = (int32_t)strtol(text, &end, 10);
	return end != text && *end == '\0';
}

static bool pid_lookup(const char *text, int32_t *id)
{
	char *end;
	long pid = strtol(text, &end, 10);

	*id = (int32_t)pid;
	return end != text && *end == '\0' && pid > 0 && pid <= INT32_MAX;
}

bool target_read(struct admin_request *r, const char *kind, const char *id, struct sys_rctl_target *t)
{
	struct sys_rctl_state state;

	*t = (struct sys_rctl_target){0};
	if (strcmp(kind, "project") == 0) {
		t->control = SYS_RCTL_PROJECT;
		if (projects_lookup(id, &t->id) || (pid_lookup(id, &t->id) && sys_rctl_get(t, &state) == 0))
			return true;
	} else if (strcmp(kind, "zone") == 0) {
		t->control = SYS_RCTL_ZONE;
		if (zone_lookup(id, &t->id) && sys_rctl_get(t, &state) == 0)
			return true;
	} else if (strcmp(kind, "process") == 0) {
		t->control = SYS_RCTL_PROCESS;
		if (pid_lookup(id, &t->id) && sys_rctl_get(t, &state) == 0)
			return true;
		answer_add(&r->answer, "failed\tprocess %s: has no device open here, and never had", id);
		return false;
	} else {
		answer_add(&r->answer, "failed\t%s: the kinds are project, zone and process", kind);
		return false;
	}
	answer_add(&r->answer, "failed\t%s %s: there is no such %s", kind, id, kind);
	return false;
}

/* A control of a process's project or zone may be named by the process, and so on upwards. */
static bool target_climb(struct admin_request *r, struct sys_rctl_target *t, enum sys_rctl control)
{
	struct sys_rctl_state state;

	if (t->control == control)
		return true;
	if (sys_rctl_get(t, &state) == 0 && control == SYS_RCTL_ZONE) {
		*t = (struct sys_rctl_target){.control = control, .id = state.target.zone};
		return true;
	}
	if (t->control == SYS_RCTL_PROCESS && control == SYS_RCTL_PROJECT) {
		*t = (struct sys_rctl_target){
			.control = control, .zone = state.target.zone, .id = state.project};
		return true;
	}
	answer_add(&r->answer, "failed\t%s: not a control of a %s", rctl_name(control),
		   t->control == SYS_RCTL_ZONE ? "zone" : "project");
	return false;
}

/* ---- show ---- */

static const char *const kinds[] = {"project", "zone", "process"};

static void actions_format(const struct sys_rctl_value *v, char *text, size_t size)
{
	const char *name = rctl_signal_name(v->signal);

	if ((v->action & SYS_RCTL_SIGNAL) == 0)
		(void)snprintf(text, size, "deny");
	else if (name != NULL)
		(void)snprintf(text, size, "deny,signal=%s", name);
	else
		(void)snprintf(text, size, "deny,signal=%d", v->signal);
}

static void state_show(void *arg, const struct sys_rctl_state *s)
{
	struct answer *a = arg;
	char actions[40], name[SYS_RCTL_NAME_MAX];

	answer_add(a, "target\t%s\t%d\t%s\t%s\t%llu\t%llu\t%llu", kinds[s->target.control], (int)s->target.id,
		   tabless(s->name, name, sizeof(name)), rctl_name(s->target.control),
		   (unsigned long long)s->used, (unsigned long long)s->limit,
		   (unsigned long long)s->refusals);
	for (unsigned i = 0; i < s->nvalues; i++) {
		actions_format(&s->values[i], actions, sizeof(actions));
		answer_add(a, "value\t%s\t%llu\t%s", rctl_privilege_name(s->values[i].privilege),
			   (unsigned long long)s->values[i].value, actions);
	}
	if (s->most.bytes > 0)
		answer_add(a, "most\t%d\t%s\t%llu\t%s", (int)s->most.pid,
			   tabless(s->most.name, name, sizeof(name)), (unsigned long long)s->most.bytes,
			   s->most.alive ? "alive" : "dead");
}

static void refusals_show(struct answer *a)
{
	struct sys_refusal last[SYS_REFUSALS_MAX];
	unsigned n = sys_refusals(last);
	char name[SYS_RCTL_NAME_MAX], process[40], most[40];

	for (unsigned i = 0; i < n; i++) {
		const struct sys_refusal *r = &last[i];

		answer_add(a, "refusal\t%llu\t%s\t%d\t%s\t%llu\t%llu\t%llu\t%d\t%s\t%d\t%s\t%llu",
			   (unsigned long long)(r->time / 1000000000u), rctl_name(r->target.control),
			   (int)r->target.id, tabless(r->name, name, sizeof(name)),
			   (unsigned long long)r->requested, (unsigned long long)r->used,
			   (unsigned long long)r->limit, (int)r->pid,
			   tabless(r->process, process, sizeof(process)), (int)r->most.pid,
			   tabless(r->most.name, most, sizeof(most)), (unsigned long long)r->most.bytes);
	}
}

/* Linux's own limit on what this server locks, which is not charged to anybody's project. */
static void server_show(struct answer *a)
{
	struct posix_memlock m;

	posix_memlock(&m);
	answer_add(a, "target\tserver\t%d\tsundog-server\tRLIMIT_MEMLOCK\t%llu\t%llu\t%llu", (int)getpid(),
		   (unsigned long long)m.used, (unsigned long long)m.limit, (unsigned long long)m.refusals);
	answer_add(a, "value\tsystem\t%llu\t%s", (unsigned long long)m.limit, m.strict ? "deny" : "none");
}

/* A process's controls are its own, its project's and its zone's. */
static void target_show(struct admin_request *r, struct sys_rctl_target t)
{
	struct sys_rctl_state s, of;

	if (sys_rctl_get(&t, &s) != 0)
		return; /* it has gone meanwhile */
	state_show(&r->answer, &s);
	if (t.control != SYS_RCTL_PROCESS)
		return;
	t = (struct sys_rctl_target){.control = SYS_RCTL_PROJECT, .zone = s.target.zone, .id = s.project};
	if (sys_rctl_get(&t, &of) == 0)
		state_show(&r->answer, &of);
	t = (struct sys_rctl_target){.control = SYS_RCTL_ZONE, .id = s.target.zone};
	if (sys_rctl_get(&t, &of) == 0)
		state_show(&r->answer, &of);
}

static void show_serve(struct admin_request *r)
{
	struct sys_rctl_target t;

	if (strcmp(r->fields[1], "all") == 0) {
		sys_rctl_each(SYS_RCTL_ZONE, state_show, &r->answer);
		sys_rctl_each(SYS_RCTL_PROJECT, state_show, &r->answer);
		sys_rctl_each(SYS_RCTL_PROCESS, state_show, &r->answer);
		server_show(&r->answer);
	} else if (target_read(r, r->fields[1], r->fields[2], &t)) {
		target_show(r, t);
	} else {
		return;
	}
	refusals_show(&r->answer);
	answer_add(&r->answer, "end");
}

ADMIN_REQUEST(show, 3)

/* ---- change ---- */

struct change {
	const char *verb;
	struct sys_rctl_target target;
	struct sys_rctl_state state;
	bool has_privilege, has_value;
	struct sys_rctl_value value; /* privilege and value as far as they were given */
	struct sys_rctl_value enable, disable;
};

static bool actions_read(struct admin_request *r, const char *text, struct sys_rctl_value *v)
{
	while (*text != '\0') {
		size_t n = strcspn(text, ",");
		bool all = n == 3 && memcmp(text, "all", 3) == 0;

		if (all)
			v->action |= SYS_RCTL_DENY | SYS_RCTL_SIGNAL;
		else if (n == 6 && memcmp(text, "signal", 6) == 0)
			v->action |= SYS_RCTL_SIGNAL;
		else if (!rctl_parse_action(text, n, v)) {
			answer_add(&r->answer, "failed\t%.*s: no such action (deny, signal=SIGNAL)", (int)n,
				   text);
			return false;
		}
		text += n + (text[n] == ',');
	}
	return true;
}

static bool change_read(struct admin_request *r, struct change *c)
{
	const char *privilege = r->fields[5], *value = r->fields[6];
	enum sys_rctl control;

	if (!rctl_find(r->fields[4], strlen(r->fields[4]), &control)) {
		answer_add(&r->answer, "failed\t%s: no such resource control", r->fields[4]);
		return false;
	}
	if (!target_read(r, r->fields[2], r->fields[3], &c->target) || !target_climb(r, &c->target, control))
		return false;
	c->has_privilege = *privilege != '\0';
	if (c->has_privilege && !rctl_parse_privilege(privilege, strlen(privilege), &c->value.privilege)) {
		answer_add(&r->answer, "failed\t%s: no such privilege (basic, privileged, system)",
			   privilege);
		return false;
	}
	c->has_value = *value != '\0';
	if (c->has_value && !rctl_parse_size(value, strlen(value), &c->value.value)) {
		answer_add(&r->answer, "failed\t%s: not a size in bytes up to 2^64 - 1", value);
		return false;
	}
	if (sys_rctl_get(&c->target, &c->state) != 0) {
		answer_add(&r->answer, "failed\t%s %s: has ended", r->fields[2], r->fields[3]);
		return false;
	}
	return actions_read(r, r->fields[7], &c->enable) && actions_read(r, r->fields[8], &c->disable);
}

/* The first value that is meant; NULL: none.  A -r has a new size: only its privilege tells which one goes.
 */
static const struct sys_rctl_value *change_old(const struct change *c, bool by_value)
{
	for (unsigned i = 0; i < c->state.nvalues; i++) {
		const struct sys_rctl_value *v = &c->state.values[i];

		if ((!c->has_privilege || v->privilege == c->value.privilege) &&
		    (!by_value || !c->has_value || v->value == c->value.value))
			return v;
	}
	return NULL;
}

static void change_actions(const struct change *c, struct sys_rctl_value *v)
{
	v->action |= c->enable.action;
	if (c->enable.action & SYS_RCTL_SIGNAL)
		v->signal = c->enable.signal;
	v->action &= ~c->disable.action;
	if ((v->action & SYS_RCTL_SIGNAL) == 0)
		v->signal = 0;
}

/* What becomes of which value; false: it is answered why not. */
static bool change_plan(struct admin_request *r, struct change *c, const struct sys_rctl_value **old,
			struct sys_rctl_value *value)
{
	bool set = strcmp(c->verb, "set") == 0, action = strcmp(c->verb, "action") == 0;

	if (set && c->has_value && (c->enable.action | c->disable.action) != 0 &&
	    change_old(c, true) != NULL) {
		set = false; /* the actions of a value that is there */
		action = true;
	}
	if ((set || strcmp(c->verb, "replace") == 0) && !c->has_value) {
		answer_add(&r->answer, "failed\t%s: -v VALUE is missing", rctl_name(c->target.control));
		return false;
	}
	*old = set ? NULL : change_old(c, strcmp(c->verb, "replace") != 0);
	if (!set && *old == NULL) {
		answer_add(&r->answer, "failed\t%s of %s %s: there is no such value",
			   rctl_name(c->target.control), r->fields[2], r->fields[3]);
		return false;
	}
	if (*old != NULL)
		*value = **old;
	if (set)
		*value = (struct sys_rctl_value){
			.privilege = c->target.control == SYS_RCTL_PROCESS ? SYS_RCTL_BASIC : SYS_RCTL_PRIVILEGED,
			.action = SYS_RCTL_DENY};
	if (set && c->has_privilege)
		value->privilege = c->value.privilege;
	if (!action && c->has_value)
		value->value = c->value.value;
	change_actions(c, value);
	return true;
}

static void change_serve(struct admin_request *r)
{
	struct sys_rctl_value value;
	const struct sys_rctl_value *old;
	struct change c = {0};
	const char *why;
	bool deletes;

	c.verb = r->fields[1];
	deletes = strcmp(c.verb, "delete") == 0;
	if (!deletes && strcmp(c.verb, "set") != 0 && strcmp(c.verb, "replace") != 0 &&
	    strcmp(c.verb, "action") != 0) {
		answer_add(&r->answer, "failed\t%s: no such change", c.verb);
		return;
	}
	if (!change_read(r, &c) || !change_plan(r, &c, &old, &value))
		return;
	if (!uid_privileged(r->uid) && (c.target.control != SYS_RCTL_PROCESS || c.state.uid != r->uid))
		answer_add(&r->answer, "failed\t%s of %s %s: uid %u may not change it", r->fields[4],
			   r->fields[2], r->fields[3], (unsigned)r->uid);
	else if (sys_rctl_change(&c.target, old, deletes ? NULL : &value, uid_privileged(r->uid), &why) != 0)
		answer_add(&r->answer, "failed\t%s of %s %s: %s", r->fields[4], r->fields[2], r->fields[3],
			   why);
	else
		answer_add(&r->answer, "end");
}

ADMIN_REQUEST(change, 9)
