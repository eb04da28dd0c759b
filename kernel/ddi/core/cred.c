/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/core/cred.h"
#include "kernel/ddi/core/kthread.h"
#include "kernel/host.h"
#include <sys/errno.h>
#include <sys/param.h>
#include <sys/string.h>

/* ddi.h would bring everything; this file needs one function of it. */
int drv_priv(cred_t *) SUNDOG_LINK(drv_priv);

static struct cred kernel_cred = {.references = 1, .privileged = true};
cred_t *kcred = &kernel_cred;

static size_t cred_size(int ngroups)
{
	return sizeof(struct cred) + (size_t)ngroups * sizeof(gid_t);
}

int cred_create(const struct sys_cred *from, cred_t **out)
{
	struct cred *c;

	if (from->ngroups > NGROUPS_UMAX)
		return EINVAL;
	c = host_alloc(cred_size((int)from->ngroups), true);
	c->references = 1;
	c->ruid = from->ruid;
	c->euid = from->euid;
	c->suid = from->suid;
	c->rgid = from->rgid;
	c->egid = from->egid;
	c->sgid = from->sgid;
	c->privileged = from->privileged;
	c->ngroups = (int)from->ngroups;
	if (from->ngroups > 0)
		memcpy(c->groups, from->groups, from->ngroups * sizeof(gid_t));
	*out = c;
	return 0;
}

bool cred_privileged(const cred_t *c)
{
	return c->privileged || c->euid == 0;
}

void crhold(cred_t *c)
{
	__atomic_fetch_add(&c->references, 1, __ATOMIC_RELAXED);
}

void crfree(cred_t *c)
{
	if (__atomic_sub_fetch(&c->references, 1, __ATOMIC_ACQ_REL) == 0)
		host_free(c, cred_size(c->ngroups));
}

cred_t *crdup(cred_t *c)
{
	struct cred *copy = host_alloc(cred_size(c->ngroups), true);

	memcpy(copy, c, cred_size(c->ngroups));
	copy->references = 1;
	return copy;
}

cred_t *ddi_get_cred(void)
{
	return kthread_self()->t_cred;
}

uid_t crgetuid(const cred_t *c)
{
	return c->euid;
}

uid_t crgetruid(const cred_t *c)
{
	return c->ruid;
}

uid_t crgetsuid(const cred_t *c)
{
	return c->suid;
}

gid_t crgetgid(const cred_t *c)
{
	return c->egid;
}

gid_t crgetrgid(const cred_t *c)
{
	return c->rgid;
}

gid_t crgetsgid(const cred_t *c)
{
	return c->sgid;
}

zoneid_t crgetzoneid(const cred_t *c)
{
	return c->zone;
}

int crgetngroups(const cred_t *c)
{
	return c->ngroups;
}

const gid_t *crgetgroups(const cred_t *c)
{
	return c->groups;
}

int groupmember(gid_t gid, const cred_t *c)
{
	if (gid == c->egid)
		return 1;
	for (int i = 0; i < c->ngroups; i++)
		if (c->groups[i] == gid)
			return 1;
	return 0;
}

int drv_priv(cred_t *c)
{
	return cred_privileged(c) ? 0 : EPERM;
}
