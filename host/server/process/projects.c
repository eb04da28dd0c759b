/* SPDX-License-Identifier: BSD-2-Clause */
/* projects.c: the project database, limits of the command line, and whose processes are in which project. */
#define _GNU_SOURCE
#include "host/conf/projects.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/server/process/process.h"

#define DATABASE "/etc/project"
#define USER_ATTRIBUTES "/etc/user_attr"
#define GROUPS_MAX 256
#define NAMES_SIZE 16384u

/* All but the cache: constant once started. */
static struct {
	struct projects db;
	const char *file; /* NULL: no database */
	bool fixed;       /* -p: everybody is in the same one */
	int32_t project;
	bool process_settings; /* -x process...: instead of those of the database */

	pthread_mutex_t lock; /* protects the fields below, and getpwuid() and its like in here */
	bool cached;
	uid_t cached_uid;
	int32_t cached_project;
} projects = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const struct {
	const char *name;
	int32_t id;
} standard[] = {
	{"system", SYS_PROJECT_SYSTEM},
	{"noproject", SYS_PROJECT_NONE},
	{"default", SYS_PROJECT_DEFAULT},
};

struct complaint {
	char *message;
	size_t size;
	bool fatal; /* the database was asked for by name */
	unsigned count;
};

__attribute__((format(printf, 2, 3))) static bool complain(struct complaint *c, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(c->message, c->size, format, ap);
	va_end(ap);
	return false;
}

/* ---- users ---- */

/* Names of a user and his groups; names point into text, which is cut from a buffer of the caller's. */
struct user {
	struct projects_user names;
	const char *groups[GROUPS_MAX];
	char attribute[SYS_RCTL_NAME_MAX];
	char *text;
	size_t left;
};

static const char *user_keep(struct user *u, const char *name)
{
	size_t n = strlen(name) + 1;
	char *copy = u->text;

	if (n > u->left)
		return NULL;
	memcpy(copy, name, n);
	u->text += n;
	u->left -= n;
	return copy;
}

static void user_read_groups(struct user *u, const char *name, gid_t gid)
{
	gid_t ids[GROUPS_MAX];
	int n = GROUPS_MAX;

	if (getgrouplist(name, gid, ids, &n) < 0)
		n = n < GROUPS_MAX ? n : GROUPS_MAX; /* the first ones count */
	for (int i = 0; i < n; i++) {
		const struct group *g = getgrgid(ids[i]);
		const char *kept = g != NULL ? user_keep(u, g->gr_name) : NULL;

		if (kept == NULL)
			continue;
		if (ids[i] == gid)
			u->names.group = kept;
		u->groups[u->names.ngroups++] = kept;
	}
	u->names.groups = u->groups;
}

static bool user_read(struct user *u, uid_t uid)
{
	const struct passwd *pw = getpwuid(uid);
	gid_t gid;

	if (pw == NULL || (u->names.name = user_keep(u, pw->pw_name)) == NULL)
		return false;
	gid = pw->pw_gid;
	user_read_groups(u, u->names.name, gid);
	if (projects_attribute(USER_ATTRIBUTES, u->names.name, u->attribute))
		u->names.attribute = u->attribute;
	return true;
}

/* By name or number, if a database is there; the lock is held. */
static int32_t user_default(uid_t uid)
{
	char *text = malloc(NAMES_SIZE);
	struct user u = {.text = text, .left = text != NULL ? NAMES_SIZE : 0};
	const struct project *p;

	if (!user_read(&u, uid))
		u.names = (struct projects_user){.name = ""}; /* a number without a name: only * admits it */
	p = projects_default(&projects.db, &u.names);
	free(text);
	if (p == NULL)
		posix_log(HOST_LOG_DEBUG, "%s: no project admits uid %u, so it is in project default",
			  projects.file, uid);
	return p != NULL ? p->id : SYS_PROJECT_DEFAULT;
}

int32_t projects_of_user(uid_t uid)
{
	int32_t project;

	if (projects.fixed)
		return projects.project;
	if (projects.file == NULL)
		return SYS_PROJECT_DEFAULT;
	pthread_mutex_lock(&projects.lock);
	if (!projects.cached || projects.cached_uid != uid) {
		projects.cached_project = user_default(uid);
		projects.cached_uid = uid;
		projects.cached = true;
	}
	project = projects.cached_project;
	pthread_mutex_unlock(&projects.lock);
	return project;
}

static bool user_admitted(const struct project *p, uid_t uid)
{
	char joined[SYS_RCTL_NAME_MAX], *text = malloc(NAMES_SIZE);
	struct user u = {.text = text, .left = text != NULL ? NAMES_SIZE : 0};
	bool admitted = false;

	pthread_mutex_lock(&projects.lock);
	if (user_read(&u, uid)) {
		(void)snprintf(joined, sizeof(joined), "user.%s", u.names.name);
		admitted = project_admits(p, &u.names,
					  strcmp(p->name, joined) == 0 || strcmp(p->name, "default") == 0);
	}
	pthread_mutex_unlock(&projects.lock);
	free(text);
	return admitted;
}

/* root may enter any project, others those that admit them. */
bool projects_admit(int32_t id, uid_t uid)
{
	const struct project *p = projects_find_id(&projects.db, id);

	if (uid == 0)
		return true;
	return p != NULL ? user_admitted(p, uid) : id == SYS_PROJECT_DEFAULT;
}

/* ---- setting limits ---- */

static bool settings_apply(const struct sys_rctl_target *target, const struct rctl_setting *s,
			   const char **why)
{
	for (unsigned i = 0; i < s->nvalues; i++)
		if (sys_rctl_change(target, NULL, &s->values[i], true, why) != 0)
			return false;
	return true;
}

/* Their rules were checked when the database was read. */
static void account_apply(struct sys_account *account, const struct rctl_setting *s)
{
	const char *why;

	for (unsigned i = 0; i < s->nvalues; i++)
		(void)sys_account_change(account, NULL, &s->values[i], true, &why);
}

void projects_enter(struct sys_account *account, int32_t id)
{
	const struct project *project = projects.process_settings ? NULL : projects_find_id(&projects.db, id);

	for (size_t i = 0; project != NULL && i < project->nsettings; i++)
		if (project->settings[i].control == SYS_RCTL_PROCESS)
			account_apply(account, &project->settings[i]);
}

/* The command line counts instead of the database. */
static void values_clear(const struct sys_rctl_target *target)
{
	struct sys_rctl_state state;
	const char *why;

	if (sys_rctl_get(target, &state) != 0)
		return;
	for (unsigned i = 0; i < state.nvalues; i++)
		(void)sys_rctl_change(target, &state.values[i], NULL, true, &why);
}

static bool option_apply(const char *text, bool cleared[], struct complaint *c)
{
	struct sys_rctl_target target = {0};
	struct rctl_setting s;
	char message[400];
	const char *why;

	if (rctl_parse(text, &s, message, sizeof(message)) != 0)
		return complain(c, "-x %s", message);
	target.control = s.control;
	if (s.control == SYS_RCTL_PROJECT)
		target.id = projects.project;
	if (s.control == SYS_RCTL_PROCESS)
		projects.process_settings = true;
	if (!cleared[s.control])
		values_clear(&target);
	cleared[s.control] = true;
	return settings_apply(&target, &s, &why) || complain(c, "-x %.100s: %s", text, why);
}

/* ---- the database ---- */

static void line_is_bad(void *arg, const char *message)
{
	struct complaint *c = arg;

	if (!c->fatal)
		posix_log(HOST_LOG_WARN, "%s: the line is ignored", message);
	else if (c->count++ == 0)
		(void)complain(c, "%s", message);
}

/* A file that was not asked for may be missing, and have lines that are no good. */
static bool database_read(const char *file, struct complaint *c)
{
	int error;

	c->fatal = file != NULL;
	projects.file = file != NULL ? file : DATABASE;
	error = projects_read(projects.file, &projects.db, line_is_bad, c);
	if (error != 0 && c->fatal)
		return complain(c, "--projects %s: %s", file, strerror(error));
	if (error != 0) {
		if (error != ENOENT)
			posix_log(HOST_LOG_WARN, "%s: %s: no project has a limit", DATABASE, strerror(error));
		projects.file = NULL;
	}
	return c->count == 0;
}

static bool database_apply(struct complaint *c)
{
	for (size_t i = 0; i < projects.db.count; i++) {
		const struct project *p = &projects.db.at[i];
		struct sys_rctl_target target = {.control = SYS_RCTL_PROJECT, .id = p->id};
		const char *why;

		(void)sys_project_create(0, p->id, p->name);
		for (size_t k = 0; k < p->nsettings; k++)
			if (p->settings[k].control == SYS_RCTL_PROJECT &&
			    !settings_apply(&target, &p->settings[k], &why))
				return complain(c, "%s:%u: project %s: %s: %s", projects.file, p->line,
						p->name, rctl_name(SYS_RCTL_PROJECT), why);
	}
	return true;
}

bool projects_lookup(const char *text, int32_t *id)
{
	const struct project *p = projects_find(&projects.db, text);
	char *end;
	long number;

	if (p != NULL) {
		*id = p->id;
		return true;
	}
	for (size_t i = 0; i < sizeof(standard) / sizeof(standard[0]); i++) {
		if (strcmp(standard[i].name, text) == 0) {
			*id = standard[i].id;
			return true;
		}
	}
	errno = 0;
	number = strtol(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || text[0] < '0' || text[0] > '9' || number > INT32_MAX)
		return false;
	*id = (int32_t)number;
	return projects_find_id(&projects.db, *id) != NULL || *id == SYS_PROJECT_SYSTEM ||
	       *id == SYS_PROJECT_NONE || *id == SYS_PROJECT_DEFAULT;
}

static bool option_project(const char *name, struct complaint *c)
{
	const struct project *p;

	if (!projects_lookup(name, &projects.project))
		return complain(c, "-p %.100s: no such project in %s", name,
				projects.file != NULL
					? projects.file
					: "the project database: there is none (--projects FILE)");
	p = projects_find_id(&projects.db, projects.project);
	if (!projects_admit(projects.project, geteuid()))
		return p == NULL ? complain(c, "-p %.100s: the project does not admit uid %u", name, geteuid())
				 : complain(c, "-p %.100s: %s:%u: the project does not admit uid %u", name,
					    projects.file, p->line, geteuid());
	projects.fixed = true;
	return true;
}

bool projects_start(const struct projects_options *o, char *message, size_t size)
{
	struct complaint c = {.message = message, .size = size};
	bool cleared[SYS_RCTL_PROCESS + 1] = {false};

	if (!database_read(o->file, &c) || !database_apply(&c))
		return false;
	if (o->project != NULL && !option_project(o->project, &c))
		return false;
	if (o->project == NULL)
		projects.project = projects_of_user(geteuid());
	for (size_t i = 0; i < o->nsettings; i++)
		if (!option_apply(o->settings[i], cleared, &c))
			return false;
	return true;
}

void projects_stop(void)
{
	projects_free(&projects.db);
}
