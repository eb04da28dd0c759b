/* SPDX-License-Identifier: BSD-2-Clause */
/* admin.c: commands that look into the server, by wire/admin.h: `sundog prctl`. */
#define _GNU_SOURCE
#include "wire/admin.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "host/conf/rctl.h"
#include "host/server/server.h"

#define PATIENCE_S 2  /* for a request, and for all of the answer: nobody keeps the server from its end for longer */
#define STRANGERS 8u  /* served at once, of users who hold no privilege here */
#define FIELDS_MAX 10

/* Lines of an answer: gathered first, for no lock of the kernel part is held while they are sent. */
struct answer {
	char *text; /* each line with its newline */
	size_t used, room;
	bool full;  /* no memory */
};

struct request {
	pid_t pid; /* who asks */
	uid_t uid;
	int connection;
	unsigned nfields;
	char *fields[FIELDS_MAX];
	struct answer answer;
};

/* ---- the answer ---- */

/* Names come from applications: a control character in them would be a separator. */
static void line_clean(char *line)
{
	for (; *line != '\0'; line++)
		if ((unsigned char)*line < ' ' || *line == 0x7f)
			*line = *line == '\t' ? '\t' : '?';
}

static bool answer_grow(struct answer *a, size_t n)
{
	size_t room = a->room > 0 ? 2 * a->room : 4096;
	char *more;

	if (a->room - a->used >= n)
		return true;
	more = realloc(a->text, room);
	if (more == NULL) {
		a->full = true;
		return false;
	}
	a->text = more;
	a->room = room;
	return true;
}

__attribute__((format(printf, 2, 3))) static void answer_add(struct answer *a, const char *format, ...)
{
	char line[ADMIN_LINE_MAX];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(line, sizeof(line) - 1, format, ap);
	va_end(ap);
	if (n < 0 || !answer_grow(a, sizeof(line)))
		return;
	line_clean(line);
	a->used += (size_t)sprintf(a->text + a->used, "%s\n", line);
}

static void answer_send(const struct answer *a, int fd)
{
	uint64_t deadline = host_time_monotonic() + PATIENCE_S * UINT64_C(1000000000);
	const char *at = a->text, *end = a->text + a->used;

	while (at < end && host_time_monotonic() < deadline) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		if (send(fd, at, (size_t)(stop - at), MSG_NOSIGNAL) < 0)
			return;
		at = stop + 1;
	}
}

/* A tab in a name is a field too many. */
static const char *tabless(const char *name, char *copy, size_t size)
{
	(void)snprintf(copy, size, "%s", name);
	for (char *at = copy; (at = strchr(at, '\t')) != NULL;)
		*at = '?';
	return copy;
}

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

/* KIND ID; false: it is answered why not. */
static bool target_read(struct request *r, const char *kind, const char *id, struct sys_rctl_target *t)
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
		answer_add(&r->answer, "failed\tprocess %s: it has no device open here, nor had one", id);
		return false;
	} else {
		answer_add(&r->answer, "failed\t%s: the kinds are project, zone and process", kind);
		return false;
	}
	answer_add(&r->answer, "failed\t%s %s: there is no such %s", kind, id, kind);
	return false;
}

/* A control of a process's project or zone may be named by the process, and so on upwards. */
static bool target_climb(struct request *r, struct sys_rctl_target *t, enum sys_rctl control)
{
	struct sys_rctl_state state;

	if (t->control == control)
		return true;
	if (sys_rctl_get(t, &state) == 0 && control == SYS_RCTL_ZONE) {
		*t = (struct sys_rctl_target){.control = control, .id = state.target.zone};
		return true;
	}
	if (t->control == SYS_RCTL_PROCESS && control == SYS_RCTL_PROJECT) {
		*t = (struct sys_rctl_target){.control = control, .zone = state.target.zone, .id = state.project};
		return true;
	}
	answer_add(&r->answer, "failed\t%s: it is not a control of a %s", rctl_name(control),
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
		   tabless(s->name, name, sizeof(name)), rctl_name(s->target.control), (unsigned long long)s->used,
		   (unsigned long long)s->limit, (unsigned long long)s->refusals);
	for (unsigned i = 0; i < s->nvalues; i++) {
		actions_format(&s->values[i], actions, sizeof(actions));
		answer_add(a, "value\t%s\t%llu\t%s", rctl_privilege_name(s->values[i].privilege),
			   (unsigned long long)s->values[i].value, actions);
	}
	if (s->most.bytes > 0)
		answer_add(a, "most\t%d\t%s\t%llu\t%s", (int)s->most.pid, tabless(s->most.name, name, sizeof(name)),
			   (unsigned long long)s->most.bytes, s->most.alive ? "alive" : "dead");
}

static void refusals_show(struct answer *a)
{
	struct sys_refusal last[SYS_REFUSALS_MAX];
	unsigned n = sys_refusals(last);
	char name[SYS_RCTL_NAME_MAX], process[40], most[40];

	for (unsigned i = 0; i < n; i++) {
		const struct sys_refusal *r = &last[i];

		answer_add(a, "refusal\t%llu\t%s\t%d\t%s\t%llu\t%llu\t%llu\t%d\t%s\t%d\t%s\t%llu",
			   (unsigned long long)(r->time / 1000000000u), rctl_name(r->target.control), (int)r->target.id,
			   tabless(r->name, name, sizeof(name)), (unsigned long long)r->requested,
			   (unsigned long long)r->used, (unsigned long long)r->limit, (int)r->pid,
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
static void target_show(struct request *r, struct sys_rctl_target t)
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

static void request_show(struct request *r)
{
	struct sys_rctl_target t;

	if (r->nfields != 3) {
		answer_add(&r->answer, "failed\tshow: 3 fields are needed, %u are there", r->nfields);
		return;
	}
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

/* ---- change ---- */

struct change {
	const char *verb;
	struct sys_rctl_target target;
	struct sys_rctl_state state;
	bool has_privilege, has_value;
	struct sys_rctl_value value; /* privilege and value as far as they were given */
	struct sys_rctl_value enable, disable;
};

static bool actions_read(struct request *r, const char *text, struct sys_rctl_value *v)
{
	while (*text != '\0') {
		size_t n = strcspn(text, ",");
		bool all = n == 3 && memcmp(text, "all", 3) == 0;

		if (all)
			v->action |= SYS_RCTL_DENY | SYS_RCTL_SIGNAL;
		else if (n == 6 && memcmp(text, "signal", 6) == 0)
			v->action |= SYS_RCTL_SIGNAL;
		else if (!rctl_parse_action(text, n, v)) {
			answer_add(&r->answer, "failed\t%.*s: no such action (deny, signal=SIGNAL)", (int)n, text);
			return false;
		}
		text += n + (text[n] == ',');
	}
	return true;
}

static bool change_read(struct request *r, struct change *c)
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
		answer_add(&r->answer, "failed\t%s: no such privilege (basic, privileged, system)", privilege);
		return false;
	}
	c->has_value = *value != '\0';
	if (c->has_value && !rctl_parse_size(value, strlen(value), &c->value.value)) {
		answer_add(&r->answer, "failed\t%s: not a size in bytes up to 2^64 - 1", value);
		return false;
	}
	if (sys_rctl_get(&c->target, &c->state) != 0) {
		answer_add(&r->answer, "failed\t%s %s: it has gone", r->fields[2], r->fields[3]);
		return false;
	}
	return actions_read(r, r->fields[7], &c->enable) && actions_read(r, r->fields[8], &c->disable);
}

/* The first value that is meant; NULL: none.  A -r has a new size: only its privilege tells which one goes. */
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
static bool change_plan(struct request *r, struct change *c, const struct sys_rctl_value **old, struct sys_rctl_value *value)
{
	bool set = strcmp(c->verb, "set") == 0, action = strcmp(c->verb, "action") == 0;

	if (set && c->has_value && (c->enable.action | c->disable.action) != 0 && change_old(c, true) != NULL) {
		set = false; /* the actions of a value that is there */
		action = true;
	}
	if ((set || strcmp(c->verb, "replace") == 0) && !c->has_value) {
		answer_add(&r->answer, "failed\t%s: -v VALUE is missing", rctl_name(c->target.control));
		return false;
	}
	*old = set ? NULL : change_old(c, strcmp(c->verb, "replace") != 0);
	if (!set && *old == NULL) {
		answer_add(&r->answer, "failed\t%s of %s %s: there is no such value", rctl_name(c->target.control),
			   r->fields[2], r->fields[3]);
		return false;
	}
	if (*old != NULL)
		*value = **old;
	if (set)
		*value = (struct sys_rctl_value){.privilege = c->target.control == SYS_RCTL_PROCESS ? SYS_RCTL_BASIC
												      : SYS_RCTL_PRIVILEGED,
						 .action = SYS_RCTL_DENY};
	if (set && c->has_privilege)
		value->privilege = c->value.privilege;
	if (!action && c->has_value)
		value->value = c->value.value;
	change_actions(c, value);
	return true;
}

/* The server's own user runs the machine that it simulates. */
static bool uid_privileged(uid_t uid)
{
	return uid == 0 || uid == geteuid();
}

static void request_change(struct request *r)
{
	struct sys_rctl_value value;
	const struct sys_rctl_value *old;
	struct change c = {0};
	const char *why;
	bool delete;

	if (r->nfields != 9) {
		answer_add(&r->answer, "failed\tchange: 9 fields are needed, %u are there", r->nfields);
		return;
	}
	c.verb = r->fields[1];
	delete = strcmp(c.verb, "delete") == 0;
	if (!delete && strcmp(c.verb, "set") != 0 && strcmp(c.verb, "replace") != 0 && strcmp(c.verb, "action") != 0) {
		answer_add(&r->answer, "failed\t%s: no such change", c.verb);
		return;
	}
	if (!change_read(r, &c) || !change_plan(r, &c, &old, &value))
		return;
	if (!uid_privileged(r->uid) && (c.target.control != SYS_RCTL_PROCESS || c.state.uid != r->uid))
		answer_add(&r->answer, "failed\t%s of %s %s: uid %u may not change it", r->fields[4], r->fields[2], r->fields[3],
			   (unsigned)r->uid);
	else if (sys_rctl_change(&c.target, old, delete ? NULL : &value, uid_privileged(r->uid), &why) != 0)
		answer_add(&r->answer, "failed\t%s of %s %s: %s", r->fields[4], r->fields[2], r->fields[3], why);
	else
		answer_add(&r->answer, "end");
}

/* ---- newtask ---- */

static bool project_read(struct request *r, const char *name, int32_t *id)
{
	if (!projects_lookup(name, id))
		answer_add(&r->answer, "failed\tproject %s: there is no such project", name);
	else if (!uid_privileged(r->uid) && !projects_admit(*id, r->uid))
		answer_add(&r->answer, "failed\tproject %s: it does not admit uid %u", name, (unsigned)r->uid);
	else
		return true;
	return false;
}

/* The program that asks is about to become another one, which begins there. */
static void request_task(struct request *r)
{
	struct sys_account *account;
	int32_t project;
	int pidfd;

	if (r->nfields != 2) {
		answer_add(&r->answer, "failed\ttask: 2 fields are needed, %u are there", r->nfields);
		return;
	}
	if (!project_read(r, r->fields[1], &project))
		return;
	pidfd = pidfd_of_peer(r->connection, r->pid);
	if (pidfd < 0 || sys_account_create(0, project, &account) != 0) {
		answer_add(&r->answer, "failed\tprocess %d cannot be told from others", (int)r->pid);
	} else {
		projects_enter(account, project);
		heir_add(r->pid, pidfd, account);
		answer_add(&r->answer, "end");
	}
	if (pidfd >= 0)
		close(pidfd);
}

static void account_move(struct request *r, struct sys_account *account, int32_t project)
{
	int error = sys_account_setproject(account, project);

	if (error == EAGAIN)
		answer_add(&r->answer, "failed\tprocess %s: the limit of project %s refuses what the process has locked", r->fields[1],
			   r->fields[2]);
	else if (error != 0)
		answer_add(&r->answer, "failed\tprocess %s: project %s: %s", r->fields[1], r->fields[2], strerror(error));
	else
		answer_add(&r->answer, "end");
}

/* A process and what is charged to it change their project. */
static void request_move(struct request *r)
{
	struct sys_account *account = NULL;
	struct sys_rctl_target t;
	struct sys_rctl_state s;
	int32_t project;

	if (r->nfields != 3) {
		answer_add(&r->answer, "failed\tmove: 3 fields are needed, %u are there", r->nfields);
		return;
	}
	if (!target_read(r, "process", r->fields[1], &t) || !project_read(r, r->fields[2], &project))
		return;
	if (sys_rctl_get(&t, &s) != 0 || (account = process_account(t.id)) == NULL)
		answer_add(&r->answer, "failed\tprocess %s: it has gone", r->fields[1]);
	else if (!uid_privileged(r->uid) && s.uid != r->uid)
		answer_add(&r->answer, "failed\tprocess %s: uid %u may not move it", r->fields[1], (unsigned)r->uid);
	else
		account_move(r, account, project);
	if (account != NULL)
		sys_account_release(account);
}

/* ---- kstat ---- */

static void kstat_show(void *arg, const struct sys_kstat *k)
{
	answer_add(arg, "statistic\t%s\t%d\t%s\t%s\t%s", k->module, k->instance, k->name, k->statistic, k->value);
}

static void request_kstat(struct request *r)
{
	sys_kstat_each(kstat_show, &r->answer);
	answer_add(&r->answer, "end");
}

/* ---- serving ---- */

static bool request_read(struct request *r, char *line, size_t size, int fd)
{
	ssize_t n = recv(fd, line, size - 1, 0);
	char *field;

	if (n <= 0)
		return false;
	line[n] = '\0';
	while (r->nfields < FIELDS_MAX && (field = strsep(&line, "\t")) != NULL)
		r->fields[r->nfields++] = field;
	return true;
}

static void request_serve(struct request *r)
{
	sys_thread_enter(NULL);
	if (strcmp(r->fields[0], "show") == 0)
		request_show(r);
	else if (strcmp(r->fields[0], "change") == 0)
		request_change(r);
	else if (strcmp(r->fields[0], "task") == 0)
		request_task(r);
	else if (strcmp(r->fields[0], "move") == 0)
		request_move(r);
	else if (strcmp(r->fields[0], "kstat") == 0)
		request_kstat(r);
	else
		answer_add(&r->answer, "failed\t%.60s: no such request", r->fields[0]);
	sys_thread_leave();
}

static void admin_serve(int connection, pid_t pid, uid_t uid)
{
	static const struct timeval patience = {.tv_sec = PATIENCE_S};
	struct request r = {.pid = pid, .uid = uid, .connection = connection};
	char line[ADMIN_LINE_MAX + 1];

	(void)setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	(void)setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	hello_answer(connection, 0, -1, 0);
	if (request_read(&r, line, sizeof(line), connection)) {
		request_serve(&r);
		if (!r.answer.full)
			answer_send(&r.answer, connection);
	}
	free(r.answer.text);
}

void admin_hello(int connection, pid_t pid, uid_t uid)
{
	static atomic_uint strangers;
	bool stranger = !uid_privileged(uid);

	if (stranger && atomic_fetch_add(&strangers, 1) >= STRANGERS)
		hello_answer(connection, EAGAIN, -1, 0);
	else
		admin_serve(connection, pid, uid);
	if (stranger)
		atomic_fetch_sub(&strangers, 1);
	close(connection);
}
