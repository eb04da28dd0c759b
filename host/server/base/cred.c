/* SPDX-License-Identifier: BSD-2-Clause */
/* cred.c: who a process is, from /proc/PID/status. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/server/base/linux.h"

#define CAP_IPC_LOCK_BIT 14
#define GROUPS_MAX 65536u

static void read_groups(struct cred *c, const char *text)
{
	size_t room = 0;
	char *end;

	for (;;) {
		unsigned long gid = strtoul(text, &end, 10);
		if (end == text || c->sys.ngroups >= GROUPS_MAX)
			break;
		if (c->sys.ngroups == room) {
			uint32_t *more = reallocarray(c->groups, room += 32, sizeof(*more));
			if (more == NULL)
				break;
			c->groups = more;
		}
		c->groups[c->sys.ngroups++] = (uint32_t)gid;
		text = end;
	}
	c->sys.groups = c->groups;
}

/* Capabilities count only in our own user namespace: anybody can be root in one of his own. */
static bool same_user_namespace(pid_t pid)
{
	char path[64], ours[64], theirs[64];
	ssize_t a, b;

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
	a = readlink("/proc/self/ns/user", ours, sizeof(ours));
	b = readlink(path, theirs, sizeof(theirs));
	return a > 0 && a == b && memcmp(ours, theirs, (size_t)a) == 0;
}

static void read_line(struct cred *c, const char *line, pid_t pid)
{
	struct sys_cred *s = &c->sys;
	unsigned long long caps;
	int ppid;

	if (sscanf(line, "Uid: %u %u %u", &s->ruid, &s->euid, &s->suid) == 3 ||
	    sscanf(line, "Gid: %u %u %u", &s->rgid, &s->egid, &s->sgid) == 3)
		return;
	if (sscanf(line, "PPid: %d", &ppid) == 1)
		c->ppid = ppid;
	else if (strncmp(line, "Groups:", 7) == 0)
		read_groups(c, line + 7);
	else if (sscanf(line, "CapEff: %llx", &caps) == 1)
		s->privileged = (caps >> CAP_IPC_LOCK_BIT & 1) && same_user_namespace(pid);
	else
		(void)sscanf(line, "Name: %31[^\n]", c->name);
}

int cred_read(pid_t pid, uid_t uid, gid_t gid, struct cred *c)
{
	char path[64];
	char *line = NULL;
	size_t room = 0;
	FILE *file;

	*c = (struct cred){0};
	c->sys.ruid = c->sys.euid = c->sys.suid = uid;
	c->sys.rgid = c->sys.egid = c->sys.sgid = gid;
	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "re");
	if (file == NULL)
		return errno;
	while (getline(&line, &room, file) > 0)
		read_line(c, line, pid);
	free(line);
	fclose(file);
	if (c->sys.euid == 0)
		c->sys.privileged = true;
	return 0;
}

void cred_fini(struct cred *c)
{
	free(c->groups);
	*c = (struct cred){0};
}
