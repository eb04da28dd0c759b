/* SPDX-License-Identifier: BSD-2-Clause */
/* cred.c: who a process is, from /proc/PID/status. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/server/base/linux.h"

#define CAP_SETGID_BIT 6
#define CAP_SETUID_BIT 7
#define CAP_IPC_LOCK_BIT 14
#define GROUPS_MAX 65536u

static bool has(uint64_t capabilities, unsigned bit)
{
	return capabilities >> bit & 1;
}

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
	else if (sscanf(line, "CapPrm: %llx", &caps) == 1)
		c->permitted = caps;
	else if (sscanf(line, "CapEff: %llx", &caps) == 1)
		s->privileged = (has(caps, CAP_IPC_LOCK_BIT)) && same_user_namespace(pid);
	else
		(void)sscanf(line, "Name: %31[^\n]", c->name);
}

int cred_read(pid_t pid, int pidfd, uid_t uid, gid_t gid, struct cred *c)
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
	return pidfd >= 0 && pidfd_is_dead(pidfd, 0) ? ESRCH : 0;
}

void cred_fini(struct cred *c)
{
	free(c->groups);
	*c = (struct cred){0};
}

/* ---- what an exec gives ---- */

void cred_identify(const struct cred *c, struct identity *id)
{
	*id = (struct identity){.uid = {c->sys.ruid, c->sys.euid, c->sys.suid},
				.gid = {c->sys.rgid, c->sys.egid, c->sys.sgid},
				.permitted = c->permitted};
}

static bool among(uint32_t id, const uint32_t ids[3])
{
	return id == ids[0] || id == ids[1] || id == ids[2];
}

static bool all_among(const uint32_t now[3], const uint32_t before[3])
{
	return among(now[0], before) && among(now[1], before) && among(now[2], before);
}

bool cred_may_follow(const struct identity *before, const struct cred *now)
{
	struct identity id;

	if (among(0, before->uid))
		return true;
	cred_identify(now, &id);
	return (has(before->permitted, CAP_SETUID_BIT) || all_among(id.uid, before->uid)) &&
	       (has(before->permitted, CAP_SETGID_BIT) || all_among(id.gid, before->gid)) &&
	       (id.permitted & ~before->permitted) == 0;
}

/*
 * An entry is two words of the program's own size, whatever that program has said of itself.  The first tag is a small number,
 * so with 64 bits its upper half is 0; with 32 there is its value, an address.
 */
bool auxv_is_secure(const void *auxv, size_t n)
{
	const uint64_t *w = auxv;
	const uint32_t *h = auxv;
	bool wide = n < 2 * sizeof(*h) || h[1] == 0;

	for (size_t i = 0; i + 1 < n / (wide ? sizeof(*w) : sizeof(*h)); i += 2)
		if ((wide ? w[i] : h[i]) == AT_SECURE)
			return (wide ? w[i + 1] : h[i + 1]) != 0;
	return false;
}

bool exec_has_gained(pid_t pid)
{
	uint64_t auxv[128];
	char path[64];
	ssize_t n = 0;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/auxv", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, auxv, sizeof(auxv));
		close(fd);
	}
	return n > 0 && auxv_is_secure(auxv, (size_t)n);
}
