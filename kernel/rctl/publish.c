/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish.c: use and limit as kstats, caps:ID:lockedmem_project_ID and caps:ID:lockedmem_zone_ID.
 *
 * differs: the original lets zones see only their own; here a project number of two zones is published for
 * the one that had it first.
 */
#include <sys/cmn_err.h>
#include <sys/string.h>

#include "kernel/rctl/internal.h"

static void statistic_read(struct rctl_statistic *s, struct rctl_zone *z, const struct rctl_counter *c)
{
	zone_lock(z);
	s->usage.value.ui64 = c->used;
	s->value.value.ui64 = c->limit;
	zone_unlock(z);
}

static int project_update(kstat_t *k, int rw)
{
	struct rctl_project *p = k->ks_private;

	statistic_read(&p->statistic, p->zone, &p->locked);
	return 0;
}

static int zone_update(kstat_t *k, int rw)
{
	struct rctl_zone *z = k->ks_private;

	statistic_read(&z->statistic, z, &z->locked);
	return 0;
}

static void publish(struct rctl_statistic *s, const char *kind, int id, const struct rctl_zone *z,
		    int (*update)(kstat_t *, int), void *private)
{
	char name[KSTAT_STRLEN], class[KSTAT_STRLEN];
	kstat_t *k;

	(void)snprintf(name, sizeof(name), "lockedmem_%s_%d", kind, id);
	(void)snprintf(class, sizeof(class), "%s_caps", kind);
	k = kstat_create("caps", id, name, class, KSTAT_TYPE_NAMED, 3, KSTAT_FLAG_VIRTUAL);
	if (k == NULL)
		return;
	kstat_named_init(&s->zonename, "zonename", KSTAT_DATA_STRING);
	kstat_named_setstr(&s->zonename, z->name);
	kstat_named_init(&s->usage, "usage", KSTAT_DATA_UINT64);
	kstat_named_init(&s->value, "value", KSTAT_DATA_UINT64);
	k->ks_data = &s->zonename; /* the three follow each other */
	k->ks_update = update;
	k->ks_private = private;
	s->kstat = k;
	kstat_install(k);
}

void publish_project(struct rctl_project *p)
{
	publish(&p->statistic, "project", p->public.kpj_id, p->zone, project_update, p);
}

void publish_zone(struct rctl_zone *z)
{
	publish(&z->statistic, "zone", z->public->zone_id, z, zone_update, z);
}

void unpublish(struct rctl_statistic *s)
{
	kstat_delete(s->kstat);
	s->kstat = NULL;
}
