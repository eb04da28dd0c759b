/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * projects.h: the project database, project(5).
 *
 *	name:projid:comment:user-list:group-list:attributes
 *	media:100:video people:alice,bob:*,!guest:project.max-locked-memory=(privileged,512M,deny)
 *
 * One entry a line; empty lines and lines that begin with # are ignored.  Lists hold names, "*" for
 * everybody, and !NAME or "!*" for exceptions; a name decides before "*", and the users before the groups.
 * Attributes are NAME or NAME=VALUE with ; between them; those that are no resource control of ours are
 * passed over.
 */
#ifndef HOST_CONF_PROJECTS_H
#define HOST_CONF_PROJECTS_H

#include <stdbool.h>

#include "host/conf/rctl.h"

struct project {
	char name[SYS_RCTL_NAME_MAX];
	int32_t id;
	unsigned line;
	char *users, *groups; /* the lists as they were written */
	struct rctl_setting *settings;
	size_t nsettings;
};
struct projects {
	struct project *at; /* in the file's order */
	size_t count;
};

/* What to do with a malformed line, after it has been reported. */
typedef void projects_bad_line(void *arg, const char *message);
/*
 * Parses text (len bytes).  Each malformed line is left out, and bad is called with "FILE:LINE: what is
 * wrong".  ENOMEM.  projects_free() frees what *out points to.
 */
int projects_parse(const char *text, size_t len, const char *file, struct projects *out,
		   projects_bad_line *bad, void *arg);
/* The same for a file; errno if it cannot be read. */
int projects_read(const char *path, struct projects *out, projects_bad_line *bad, void *arg);
void projects_free(struct projects *projects);

/* NULL: there is none. */
const struct project *projects_find(const struct projects *projects, const char *name);
const struct project *projects_find_id(const struct projects *projects, int32_t id);

/*
 * The project keyword of a user's line in a file of the form of user_attr(5), user:qualifier:res1:res2:key=value;...
 * false: there is none.
 */
bool projects_attribute(const char *path, const char *user, char project[SYS_RCTL_NAME_MAX]);

struct projects_user {
	const char *name;
	const char *group;         /* the primary one; may be NULL */
	const char *const *groups; /* all, with the primary one */
	size_t ngroups;
	const char *attribute; /* the project keyword of the user's attributes, or NULL */
};
/* May the user be in it?  own: it is the user's by its name, so that empty lists admit the user. */
bool project_admits(const struct project *p, const struct projects_user *u, bool own);
/*
 * The user's default project: that of the user's attributes, user.NAME, group.PRIMARYGROUP, default: the first of
 * them that there is and that admits him; NULL: none.
 */
const struct project *projects_default(const struct projects *projects, const struct projects_user *u);

#endif
