/* SPDX-License-Identifier: BSD-2-Clause */
/* value.c: the values of one control, and which ones it takes. */
#include <sys/errno.h>
#include <sys/string.h>

#include "kernel/rctl/internal.h"

#define SIGNAL_MAX 64

const char *const rctl_names[] = {
	[SYS_RCTL_PROJECT] = "project.max-locked-memory",
	[SYS_RCTL_ZONE] = "zone.max-locked-memory",
	[SYS_RCTL_PROCESS] = "process.max-locked-memory",
};

void counter_init(struct rctl_counter *c)
{
	*c = (struct rctl_counter){.limit = UINT64_MAX};
}

static int refuse(int error, const char **why, const char *text)
{
	*why = text;
	return error;
}

int sys_rctl_check(enum sys_rctl control, const struct sys_rctl_value *v, const char **why)
{
	bool process = control == SYS_RCTL_PROCESS;

	if (v->privilege == SYS_RCTL_SYSTEM)
		return refuse(EINVAL, why, "the system value is fixed");
	if (v->privilege != SYS_RCTL_PRIVILEGED && v->privilege != SYS_RCTL_BASIC)
		return refuse(EINVAL, why, "no such privilege");
	if (v->privilege == SYS_RCTL_BASIC && !process)
		return refuse(EINVAL, why, "takes no basic value");
	if ((v->action & SYS_RCTL_DENY) == 0)
		return refuse(EINVAL, why, "every value must have the action deny");
	if ((v->action & SYS_RCTL_SIGNAL) != 0 && process)
		return refuse(EINVAL, why, "takes no signal");
	if ((v->action & ~(SYS_RCTL_DENY | SYS_RCTL_SIGNAL)) != 0)
		return refuse(EINVAL, why, "no such action");
	if ((v->action & SYS_RCTL_SIGNAL) != 0 && (v->signal < 1 || v->signal > SIGNAL_MAX))
		return refuse(EINVAL, why, "no such signal");
	return 0;
}

/* The place of a value, or nvalues. */
static unsigned value_find(const struct rctl_counter *c, const struct sys_rctl_value *v)
{
	unsigned i;

	for (i = 0; i < c->nvalues; i++)
		if (c->values[i].value == v->value && c->values[i].privilege == v->privilege)
			break;
	return i;
}

static void limit_refresh(struct rctl_counter *c)
{
	/* rctl_locked_charge() looks without the lock */
	__atomic_store_n(&c->limit, c->nvalues > 0 ? c->values[0].value : UINT64_MAX, __ATOMIC_RELAXED);
}

static void value_delete(struct rctl_counter *c, unsigned i)
{
	c->nvalues--;
	memmove(&c->values[i], &c->values[i + 1], (c->nvalues - i) * sizeof(c->values[0]));
}

/* Of equal values the privileged one comes last: the basic one decides. */
static void value_insert(struct rctl_counter *c, const struct sys_rctl_value *v)
{
	unsigned i;

	for (i = 0; i < c->nvalues; i++)
		if (c->values[i].value > v->value ||
		    (c->values[i].value == v->value && c->values[i].privilege > v->privilege))
			break;
	memmove(&c->values[i + 1], &c->values[i], (c->nvalues - i) * sizeof(c->values[0]));
	c->values[i] = *v;
	if ((v->action & SYS_RCTL_SIGNAL) == 0)
		c->values[i].signal = 0;
	c->nvalues++;
}

static bool value_needs_privilege(const struct sys_rctl_value *v)
{
	return v != NULL && v->privilege != SYS_RCTL_BASIC;
}

/* Which value goes and whether the new one may come; *at is where the old one is. */
static int change_check(const struct rctl_counter *c, const struct sys_rctl_value *old,
			const struct sys_rctl_value *value, unsigned *at, const char **why)
{
	unsigned same;

	if (old != NULL && (*at = value_find(c, old)) == c->nvalues)
		return refuse(ENOENT, why, "there is no such value");
	if (value == NULL)
		return 0;
	same = value_find(c, value);
	if (same != c->nvalues && (old == NULL || same != *at))
		return refuse(EEXIST, why, "that value exists already");
	if (old == NULL && c->nvalues == SYS_RCTL_VALUES_MAX)
		return refuse(ENOSPC, why, "has 8 values already, the most that there can be");
	return 0;
}

int counter_change(struct rctl_counter *c, enum sys_rctl control, const struct sys_rctl_value *old,
		   const struct sys_rctl_value *value, bool privileged, const char **why)
{
	unsigned at = 0;
	int error;

	if (old != NULL && old->privilege == SYS_RCTL_SYSTEM)
		return refuse(EINVAL, why, "the system value is fixed");
	if (value != NULL && (error = sys_rctl_check(control, value, why)) != 0)
		return error;
	if (!privileged && (value_needs_privilege(old) || value_needs_privilege(value)))
		return refuse(EPERM, why, "privileged values need privilege");
	if ((error = change_check(c, old, value, &at, why)) != 0)
		return error;
	if (old != NULL)
		value_delete(c, at);
	if (value != NULL)
		value_insert(c, value);
	limit_refresh(c);
	return 0;
}
