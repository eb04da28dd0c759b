/* SPDX-License-Identifier: BSD-2-Clause */
/* project.c: the zones and their projects.  Once known they stay until the system halts. */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/string.h>

#include "kernel/rctl/internal.h"

static char global_name[] = GLOBAL_ZONENAME;
zone_t zone0 = {.zone_id = GLOBAL_ZONEID, .zone_name = global_name};
zone_t *global_zone = &zone0;

static struct {
	struct host_mutex lock; /* protects the list; zones are only added to it */
	struct rctl_zone *first;
} zones;

void zone_lock(struct rctl_zone *z)
{
	host_mutex_lock(&z->lock);
}

void zone_unlock(struct rctl_zone *z)
{
	host_mutex_unlock(&z->lock);
}

/* ---- zones ---- */

struct rctl_zone *zone_first(void)
{
	return __atomic_load_n(&zones.first, __ATOMIC_ACQUIRE);
}

struct rctl_zone *zone_find(int32_t id)
{
	struct rctl_zone *z;

	for (z = zone_first(); z != NULL && z->public->zone_id != id; z = z->next)
		;
	return z;
}

static bool zone_taken(int32_t id, const char *name)
{
	for (struct rctl_zone *z = zone_first(); z != NULL; z = z->next)
		if (z->public->zone_id == id || strcmp(z->name, name) == 0)
			return true;
	return false;
}

static struct rctl_zone *zone_make(int32_t id, const char *name, zone_t *public)
{
	struct rctl_zone *z = host_alloc(sizeof(*z), true);

	(void)strlcpy(z->name, name, sizeof(z->name));
	z->own = (zone_t){.zone_id = id, .zone_name = z->name};
	z->public = public != NULL ? public : &z->own;
	host_mutex_init(&z->lock);
	counter_init(&z->locked);
	z->next = zones.first;
	__atomic_store_n(&zones.first, z, __ATOMIC_RELEASE);
	return z;
}

static bool name_valid(const char *name)
{
	size_t n = strlen(name);

	return n > 0 && n < SYS_RCTL_NAME_MAX;
}

int sys_zone_create(int32_t id, const char *name)
{
	struct rctl_zone *z = NULL;

	if (id <= GLOBAL_ZONEID || !name_valid(name))
		return EINVAL;
	host_mutex_lock(&zones.lock);
	if (!zone_taken(id, name))
		z = zone_make(id, name, NULL);
	host_mutex_unlock(&zones.lock);
	if (z == NULL)
		return EEXIST;
	publish_zone(z);
	return 0;
}

/* ---- projects ---- */

static struct rctl_project **bucket_of(struct rctl_zone *z, int32_t id)
{
	return &z->projects[(uint32_t)id % PROJECT_BUCKETS];
}

struct rctl_project *project_find(struct rctl_zone *z, int32_t id)
{
	struct rctl_project *p;

	for (p = *bucket_of(z, id); p != NULL && p->public.kpj_id != id; p = p->next)
		;
	return p;
}

static struct rctl_project *project_alloc(struct rctl_zone *z, int32_t id)
{
	struct rctl_project *p = host_alloc(sizeof(*p), true);

	p->public = (kproject_t){.kpj_id = id, .kpj_zoneid = z->public->zone_id, .kpj_zone = z->public};
	p->zone = z;
	counter_init(&p->locked);
	return p;
}

struct rctl_project *project_get(struct rctl_zone *z, int32_t id)
{
	struct rctl_project *p, *fresh;

	zone_lock(z);
	p = project_find(z, id);
	zone_unlock(z);
	if (p != NULL)
		return p;
	fresh = project_alloc(z, id);
	zone_lock(z);
	p = project_find(z, id);
	if (p == NULL) {
		p = fresh;
		p->next = *bucket_of(z, id);
		*bucket_of(z, id) = p;
	}
	zone_unlock(z);
	if (p == fresh)
		publish_project(p);
	else
		host_free(fresh, sizeof(*fresh));
	return p;
}

int sys_project_create(int32_t zone, int32_t id, const char *name)
{
	struct rctl_zone *z = zone_find(zone);
	struct rctl_project *p;

	if (z == NULL)
		return ESRCH;
	if (id < 0 || !name_valid(name))
		return EINVAL;
	p = project_get(z, id);
	zone_lock(z);
	(void)strlcpy(p->name, name, sizeof(p->name));
	zone_unlock(z);
	return 0;
}

void projects_each(struct rctl_zone *z, bool (*fn)(void *arg, struct rctl_project *p), void *arg)
{
	for (unsigned i = 0; i < PROJECT_BUCKETS; i++)
		for (struct rctl_project *p = z->projects[i]; p != NULL; p = p->next)
			if (!fn(arg, p))
				return;
}

/* ---- what drivers ask ---- */

projid_t curprojid(void)
{
	return __atomic_load_n(&curproc->p_task->tk_proj, __ATOMIC_ACQUIRE)->kpj_id;
}

zoneid_t getzoneid(void)
{
	return curproc->p_zone->zone_id;
}

/* ---- begin and end ---- */

static void system_account_create(void)
{
	struct sys_account *a;

	(void)account_create(GLOBAL_ZONEID, SYS_PROJECT_SYSTEM, &a);
	account_bind(a, &p0);
}

void rctl_boot(void)
{
	publish_zone(zone_make(GLOBAL_ZONEID, global_name, &zone0));
	(void)sys_project_create(GLOBAL_ZONEID, SYS_PROJECT_SYSTEM, "system");
	(void)sys_project_create(GLOBAL_ZONEID, SYS_PROJECT_NONE, "noproject");
	(void)sys_project_create(GLOBAL_ZONEID, SYS_PROJECT_DEFAULT, "default");
	system_account_create();
}

static bool project_unpublish(void *arg, struct rctl_project *p)
{
	unpublish(&p->statistic);
	return true;
}

void rctl_unpublish(void)
{
	for (struct rctl_zone *z = zones.first; z != NULL; z = z->next) {
		unpublish(&z->statistic);
		projects_each(z, project_unpublish, NULL);
	}
}

static void zone_free(struct rctl_zone *z)
{
	struct rctl_project *p;

	for (unsigned i = 0; i < PROJECT_BUCKETS; i++) {
		while ((p = z->projects[i]) != NULL) {
			z->projects[i] = p->next;
			host_free(p, sizeof(*p));
		}
	}
	host_mutex_destroy(&z->lock);
	host_free(z, sizeof(*z));
}

void rctl_halt(void)
{
	struct rctl_zone *z;

	account_unbind(&p0);
	p0.p_task = NULL;
	p0.p_zone = NULL;
	while ((z = zones.first) != NULL) {
		zones.first = z->next;
		zone_free(z);
	}
	refusals_forget();
}
