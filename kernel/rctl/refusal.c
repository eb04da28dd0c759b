/* SPDX-License-Identifier: BSD-2-Clause */
/* refusal.c: why locked memory was refused: never a bare ENOMEM. */
#include <sys/cmn_err.h>
#include <sys/string.h>

#include "kernel/lib/message.h"
#include "kernel/rctl/internal.h"

static struct {
	struct host_mutex lock; /* protects the fields below; a leaf lock */
	struct sys_refusal last[SYS_REFUSALS_MAX];
	uint64_t count; /* the next one goes to count % SYS_REFUSALS_MAX */
} refusals;

/* ---- who holds the most ---- */

static void holder_consider(struct sys_rctl_holder *most, const struct sys_account *a)
{
	if (a->locked.used <= most->bytes)
		return;
	*most = (struct sys_rctl_holder){.pid = a->pid, .alive = a->processes > 0, .bytes = a->locked.used};
	(void)strlcpy(most->name, a->name, sizeof(most->name));
}

static bool holder_of_project(void *arg, struct rctl_project *p)
{
	for (const struct sys_account *a = p->accounts; a != NULL; a = a->next)
		holder_consider(arg, a);
	return true;
}

void holder_find(struct sys_rctl_holder *most, enum sys_rctl control, struct rctl_zone *z,
		 struct rctl_project *p, const struct sys_account *a)
{
	*most = (struct sys_rctl_holder){0};
	if (control == SYS_RCTL_PROJECT)
		(void)holder_of_project(most, p);
	else if (control == SYS_RCTL_ZONE)
		projects_each(z, holder_of_project, most);
	else
		holder_consider(most, a);
}

/* ---- remembering ---- */

static struct rctl_counter *refusal_counter(struct sys_refusal *r, struct sys_account *a)
{
	switch (r->target.control) {
	case SYS_RCTL_PROJECT:
		r->target.id = a->project->public.kpj_id;
		(void)strlcpy(r->name, a->project->name, sizeof(r->name));
		return &a->project->locked;
	case SYS_RCTL_ZONE:
		r->target.id = a->zone->public->zone_id;
		(void)strlcpy(r->name, a->zone->name, sizeof(r->name));
		return &a->zone->locked;
	default:
		r->target.id = a->pid;
		(void)strlcpy(r->name, a->name, sizeof(r->name));
		return &a->locked;
	}
}

static void refusal_keep(const struct sys_refusal *r)
{
	host_mutex_lock(&refusals.lock);
	refusals.last[refusals.count++ % SYS_REFUSALS_MAX] = *r;
	host_mutex_unlock(&refusals.lock);
}

/* The lowest value that is exceeded is the lowest of all: each of them denies. */
static const struct sys_rctl_value *deciding_value(const struct rctl_counter *c)
{
	static const struct sys_rctl_value system = {SYS_RCTL_SYSTEM, UINT64_MAX, SYS_RCTL_DENY, 0};

	return c->nvalues > 0 ? &c->values[0] : &system;
}

int refusal_note(struct sys_refusal *r, struct sys_account *a, enum sys_rctl control, uint64_t bytes)
{
	struct rctl_counter *c;

	*r = (struct sys_refusal){
		.time = host_time_real(),
		.target = {.control = control, .zone = a->zone->public->zone_id},
		.requested = bytes,
		.pid = a->pid,
	};
	(void)strlcpy(r->process, a->name, sizeof(r->process));
	c = refusal_counter(r, a);
	r->used = c->used;
	r->limit = c->limit;
	r->value = *deciding_value(c);
	c->refusals++;
	holder_find(&r->most, control, a->zone, a->project, a);
	refusal_keep(r);
	return r->value.signal;
}

unsigned sys_refusals(struct sys_refusal out[SYS_REFUSALS_MAX])
{
	unsigned n;

	host_mutex_lock(&refusals.lock);
	for (n = 0; n < SYS_REFUSALS_MAX && n < refusals.count; n++)
		out[n] = refusals.last[(refusals.count - 1 - n) % SYS_REFUSALS_MAX];
	host_mutex_unlock(&refusals.lock);
	return n;
}

void refusals_forget(void)
{
	host_mutex_lock(&refusals.lock);
	refusals.count = 0;
	host_mutex_unlock(&refusals.lock);
}

/* ---- saying ---- */

void refusal_say(const struct sys_refusal *r)
{
	static const char *const kinds[] = {"project", "zone", "process"};
	char limit[40] = "the system maximum";
	char most[80] = "nobody holds any";

	if (r->limit != UINT64_MAX)
		(void)snprintf(limit, sizeof(limit), "%llu", (unsigned long long)r->limit);
	if (r->most.pid != 0)
		(void)snprintf(most, sizeof(most), "process %d (%s%s) holds the most, %llu", (int)r->most.pid,
			       r->most.name, r->most.alive ? "" : ", dead",
			       (unsigned long long)r->most.bytes);
	message(HOST_LOG_DEBUG,
		"locking memory refused: %s: process %d (%s) requested %llu bytes; %s %s%s%d%s has %llu in "
		"use, limit %s; %s",
		rctl_names[r->target.control], (int)r->pid, r->process, (unsigned long long)r->requested,
		kinds[r->target.control], r->name, r->name[0] != '\0' ? " (" : "", (int)r->target.id,
		r->name[0] != '\0' ? ")" : "", (unsigned long long)r->used, limit, most);
}
