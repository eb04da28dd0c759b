/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "host/conf/projects.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS 6
#define PROJECT_ID_MAX INT32_MAX
#define MESSAGE_MAX 400

struct reader {
	const char *file;
	unsigned line;
	struct projects *out;
	projects_bad_line *bad;
	void *arg;
};

/* The line is of no use.  Always false, for `return complain(...)`. */
__attribute__((format(printf, 2, 3))) static bool complain(const struct reader *r, const char *format, ...)
{
	char text[MESSAGE_MAX], message[MESSAGE_MAX + 200];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	(void)snprintf(message, sizeof(message), "%.160s:%u: %s", r->file, r->line, text);
	r->bad(r->arg, message);
	return false;
}

/* ---- fields ---- */

static bool name_char(unsigned char c)
{
	return isalnum(c) || c == '_' || c == '-' || c == '.';
}

static bool name_read(const struct reader *r, const char *name, struct project *p)
{
	size_t n = strlen(name);

	if (n == 0)
		return complain(r, "the project has no name");
	if (n >= sizeof(p->name))
		return complain(r, "%.20s...: a project's name has at most %zu bytes", name,
				sizeof(p->name) - 1);
	if (!isalpha((unsigned char)name[0]))
		return complain(r, "%s: a project's name begins with a letter", name);
	for (size_t i = 0; i < n; i++)
		if (!name_char((unsigned char)name[i]))
			return complain(r, "%s: a project's name has no character '%c'", name, name[i]);
	memcpy(p->name, name, n + 1);
	return true;
}

static bool id_read(const struct reader *r, const char *text, struct project *p)
{
	unsigned long long id;
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return complain(r, "project %s: '%.40s' is not a project number", p->name, text);
	errno = 0;
	id = strtoull(text, &end, 10);
	if (*end != '\0')
		return complain(r, "project %s: '%.40s' is not a project number", p->name, text);
	if (errno != 0 || id > PROJECT_ID_MAX)
		return complain(r, "project %s: project number %.40s is above %d", p->name, text,
				PROJECT_ID_MAX);
	p->id = (int32_t)id;
	return true;
}

/* NAME, !NAME, * and !* with commas between them; nothing at all is an empty list. */
static bool list_read(const struct reader *r, const char *what, char *list, struct project *p, char **out)
{
	char *at = list;

	for (*out = list; *list != '\0';) {
		size_t n = strcspn(at, ","), skip = at[0] == '!';

		if (n == skip)
			return complain(r, "project %s: an empty name in the list of %s", p->name, what);
		if (!(n == skip + 1 && at[skip] == '*')) {
			for (size_t i = skip; i < n; i++)
				if (!name_char((unsigned char)at[i]) && !(at[i] == '$' && i == n - 1))
					return complain(r,
							"project %s: '%.*s' in the list of %s is not a name",
							p->name, (int)(n < 40 ? n : 40), at, what);
		}
		if (at[n] == '\0')
			break;
		at += n + 1;
	}
	return true;
}

static bool attribute_read(const struct reader *r, const char *text, struct project *p)
{
	size_t n = strcspn(text, "=");
	struct rctl_setting *more;
	char message[MESSAGE_MAX];
	enum sys_rctl control;

	if (n == 0 || !isalpha((unsigned char)text[0]))
		return complain(r, "project %s: '%.40s': an attribute has the form NAME=VALUE", p->name,
				text);
	for (size_t i = 0; i < n; i++)
		if (!name_char((unsigned char)text[i]) && text[i] != ',')
			return complain(r, "project %s: '%.*s' is not the name of an attribute", p->name,
					(int)(n < 40 ? n : 40), text);
	if (!rctl_find(text, n, &control))
		return true;
	if (control == SYS_RCTL_ZONE)
		return complain(r, "project %s: zone.max-locked-memory is not a project's", p->name);
	if (text[n] == '\0')
		return true; /* as projmod(1M) -a -K NAME writes it: the system's own value counts */
	more = reallocarray(p->settings, p->nsettings + 1, sizeof(*more));
	if (more == NULL)
		return complain(r, "%s", strerror(ENOMEM));
	p->settings = more;
	if (rctl_parse(text, &more[p->nsettings], message, sizeof(message)) != 0)
		return complain(r, "project %s: %s", p->name, message);
	for (size_t i = 0; i < p->nsettings; i++)
		if (more[i].control == control)
			return complain(r, "project %s: %s is there twice", p->name, rctl_name(control));
	p->nsettings++;
	return true;
}

static bool attributes_read(const struct reader *r, char *text, struct project *p)
{
	char *attribute;

	if (*text == '\0')
		return true;
	while ((attribute = strsep(&text, ";")) != NULL) {
		if (*attribute == '\0' && text == NULL)
			return true; /* a ; at the end */
		if (!attribute_read(r, attribute, p))
			return false;
	}
	return true;
}

/* ---- lines ---- */

static bool project_known(const struct reader *r, const struct project *p)
{
	for (size_t i = 0; i < r->out->count; i++) {
		const struct project *other = &r->out->at[i];

		if (strcmp(other->name, p->name) == 0)
			return !complain(r, "project %s is in line %u already", p->name, other->line);
		if (other->id == p->id)
			return !complain(r, "project %s: number %d is that of project %s in line %u", p->name,
					 (int)p->id, other->name, other->line);
	}
	return false;
}

static bool fields_split(const struct reader *r, char *line, char *fields[FIELDS])
{
	unsigned n = 0;
	char *field;

	while ((field = strsep(&line, ":")) != NULL) {
		if (n < FIELDS)
			fields[n] = field;
		n++;
	}
	if (n != FIELDS)
		return complain(r,
				"%u field%s, where name:projid:comment:user-list:group-list:attributes has 6",
				n, n == 1 ? "" : "s");
	return true;
}

static bool characters_check(const struct reader *r, const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' && line[i] != '\t')
			return complain(r, "a control character (code %u)", (unsigned char)line[i]);
	return true;
}

/* line is the caller's, and changed; p's lists point into it until project_keep(). */
static bool project_read(const struct reader *r, char *line, struct project *p)
{
	char *fields[FIELDS];

	return fields_split(r, line, fields) && name_read(r, fields[0], p) && id_read(r, fields[1], p) &&
	       list_read(r, "users", fields[3], p, &p->users) &&
	       list_read(r, "groups", fields[4], p, &p->groups) && attributes_read(r, fields[5], p) &&
	       !project_known(r, p);
}

static int project_keep(struct reader *r, struct project *p)
{
	struct project *more;

	p->users = strdup(p->users);
	p->groups = strdup(p->groups);
	/* Room by powers of two: there may be thousands. */
	more = r->out->at;
	if ((r->out->count & (r->out->count - 1)) == 0)
		more = reallocarray(more, r->out->count > 0 ? 2 * r->out->count : 1, sizeof(*more));
	if (more != NULL) /* the old block is gone, whatever becomes of the entry */
		r->out->at = more;
	if (p->users == NULL || p->groups == NULL || more == NULL) {
		free(p->users);
		free(p->groups);
		free(p->settings);
		return ENOMEM;
	}
	more[r->out->count++] = *p;
	return 0;
}

static int line_read(struct reader *r, const char *text, size_t len)
{
	struct project p = {.line = r->line};
	char *line;
	int error = 0;

	if (len == 0 || text[0] == '#' || !characters_check(r, text, len))
		return 0;
	line = strndup(text, len);
	if (line == NULL)
		return ENOMEM;
	if (project_read(r, line, &p))
		error = project_keep(r, &p);
	else
		free(p.settings);
	free(line);
	return error;
}

int projects_parse(const char *text, size_t len, const char *file, struct projects *out,
		   projects_bad_line *bad, void *arg)
{
	struct reader r = {.file = file, .out = out, .bad = bad, .arg = arg};
	const char *end = text + len;
	int error = 0;

	*out = (struct projects){0};
	while (text < end && error == 0) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline != NULL ? newline : end;

		r.line++;
		error = line_read(&r, text, (size_t)(stop - text));
		text = stop + 1;
	}
	if (error != 0)
		projects_free(out);
	return error;
}

static int file_read(FILE *f, char **text, size_t *len)
{
	size_t room = 0, n;
	char *more;

	*text = NULL;
	*len = 0;
	do {
		if (*len == room) {
			more = realloc(*text, room = room > 0 ? 2 * room : 4096);
			if (more == NULL)
				return ENOMEM;
			*text = more;
		}
		n = fread(*text + *len, 1, room - *len, f);
		*len += n;
	} while (n > 0);
	return ferror(f) ? EIO : 0;
}

int projects_read(const char *path, struct projects *out, projects_bad_line *bad, void *arg)
{
	FILE *f = fopen(path, "re");
	char *text;
	size_t len;
	int error;

	*out = (struct projects){0};
	if (f == NULL)
		return errno;
	errno = 0;
	error = file_read(f, &text, &len);
	if (error == EIO && errno != 0)
		error = errno; /* a directory, for one */
	fclose(f);
	if (error == 0)
		error = projects_parse(text, len, path, out, bad, arg);
	free(text);
	return error;
}

void projects_free(struct projects *projects)
{
	for (size_t i = 0; i < projects->count; i++) {
		free(projects->at[i].users);
		free(projects->at[i].groups);
		free(projects->at[i].settings);
	}
	free(projects->at);
	*projects = (struct projects){0};
}

/* ---- who is in ---- */

const struct project *projects_find(const struct projects *projects, const char *name)
{
	for (size_t i = 0; i < projects->count; i++)
		if (strcmp(projects->at[i].name, name) == 0)
			return &projects->at[i];
	return NULL;
}

const struct project *projects_find_id(const struct projects *projects, int32_t id)
{
	for (size_t i = 0; i < projects->count; i++)
		if (projects->at[i].id == id)
			return &projects->at[i];
	return NULL;
}

/* project=NAME among the fifth field's keys; at is the begin of the line. */
static bool attribute_find(const char *at, char project[SYS_RCTL_NAME_MAX])
{
	for (int i = 0; i < 4 && at != NULL; i++)
		at = (at = strchr(at, ':')) != NULL ? at + 1 : NULL;
	for (; at != NULL; at = (at = strchr(at, ';')) != NULL ? at + 1 : NULL)
		if (sscanf(at, "project=%63[^;\n]", project) == 1)
			return true;
	return false;
}

bool projects_attribute(const char *path, const char *user, char project[SYS_RCTL_NAME_MAX])
{
	size_t room = 0, n = strlen(user);
	FILE *f = fopen(path, "re");
	char *line = NULL;
	bool found = false;

	while (f != NULL && !found && getline(&line, &room, f) > 0)
		found = strncmp(line, user, n) == 0 && line[n] == ':' && attribute_find(line, project);
	free(line);
	if (f != NULL)
		fclose(f);
	return found;
}

/* +2 NAME, +1 *, 0 not there, -1 !*, -2 !NAME; of what is there twice, the exception. */
static int list_verdict(const char *list, const char *name)
{
	int verdict = 0;

	for (; *list != '\0'; list += *list == ',') {
		size_t n = strcspn(list, ","), skip = list[0] == '!';
		int weight = 0;

		if (n - skip == strlen(name) && memcmp(list + skip, name, n - skip) == 0)
			weight = 2;
		else if (n - skip == 1 && list[skip] == '*')
			weight = 1;
		if (weight > abs(verdict) || (skip && weight == abs(verdict)))
			verdict = skip ? -weight : weight;
		list += n;
	}
	return verdict;
}

static int groups_verdict(const char *list, const struct projects_user *u)
{
	int verdict = 0;

	for (size_t i = 0; i < u->ngroups; i++) {
		int one = list_verdict(list, u->groups[i]);

		if (abs(one) > abs(verdict) || (one < 0 && -one == verdict))
			verdict = one;
	}
	return verdict;
}

bool project_admits(const struct project *p, const struct projects_user *u, bool own)
{
	int verdict = list_verdict(p->users, u->name);

	if (verdict == 0)
		verdict = groups_verdict(p->groups, u);
	if (verdict == 0)
		return own && p->users[0] == '\0' && p->groups[0] == '\0';
	return verdict > 0;
}

/* "PREFIX" and name together. */
static const struct project *find_joined(const struct projects *projects, const char *prefix,
					 const char *name)
{
	char joined[SYS_RCTL_NAME_MAX];

	if (name == NULL || (size_t)snprintf(joined, sizeof(joined), "%s%s", prefix, name) >= sizeof(joined))
		return NULL;
	return projects_find(projects, joined);
}

const struct project *projects_default(const struct projects *projects, const struct projects_user *u)
{
	const struct project *tries[] = {
		u->attribute != NULL ? projects_find(projects, u->attribute) : NULL,
		find_joined(projects, "user.", u->name),
		find_joined(projects, "group.", u->group),
		projects_find(projects, "default"),
	};

	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++)
		if (tries[i] != NULL && project_admits(tries[i], u, i > 0))
			return tries[i];
	return NULL;
}
