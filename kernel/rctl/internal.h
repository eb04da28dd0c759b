/* SPDX-License-Identifier: BSD-2-Clause */
/* internal.h: shared by the files of kernel/rctl only. */
#ifndef KERNEL_RCTL_INTERNAL_H
#define KERNEL_RCTL_INTERNAL_H

#include <sys/kstat.h>
#include <sys/proc.h>
#include <sys/project.h>
#include <sys/task.h>
#include <sys/zone.h>

#include "kernel/host.h"
#include "kernel/rctl/rctl.h"

#define PROJECT_BUCKETS 1024u

/* The locked memory of one project, zone or process, and its limits.  Protected by the zone's lock. */
struct rctl_counter {
	uint64_t used;
	uint64_t limit; /* the lowest value; UINT64_MAX: none */
	uint64_t refusals;
	unsigned nvalues;
	/* ascending; the system maximum is not among them */
	struct sys_rctl_value values[SYS_RCTL_VALUES_MAX];
};

/* kstat caps:ID:lockedmem_... of a project or zone. */
struct rctl_statistic {
	kstat_t *kstat;                       /* NULL: there is none */
	kstat_named_t zonename, usage, value; /* one array of three */
};
_Static_assert(offsetof(struct rctl_statistic, value) ==
		       offsetof(struct rctl_statistic, zonename) + 2 * sizeof(kstat_named_t),
	       "ks_data");

struct rctl_project {
	kproject_t public; /* first: what tk_proj points to */
	struct rctl_zone *zone;

	/* protected by zone->lock; a charge needs the beginning of the struct only */
	struct rctl_counter locked;
	struct sys_account *accounts;

	struct rctl_project *next; /* of its bucket */
	char name[SYS_RCTL_NAME_MAX];
	struct rctl_statistic statistic;
};

struct rctl_zone {
	zone_t *public;
	zone_t own; /* of every zone but the global one */
	char name[SYS_RCTL_NAME_MAX];
	struct rctl_zone *next;
	struct rctl_statistic statistic;

	/*
	 * Protects the fields below, and all counters and accounts of the zone.  One lock, because a charge
	 * has to change the zone's own counter anyway; it is held for some twenty instructions.
	 */
	struct host_mutex lock;
	struct rctl_counter locked;
	struct rctl_project *projects[PROJECT_BUCKETS];
};

struct sys_account {
	task_t task;            /* first: what p_task points to */
	uint32_t references;    /* atomic: processes, charges, and others that hold it */
	struct rctl_zone *zone; /* constant */

	/* protected by zone->lock */
	struct rctl_project *project;
	struct rctl_counter locked;
	pid_t pid;
	uid_t euid;
	char name[sizeof(((struct sys_rctl_holder *)0)->name)];
	unsigned processes;               /* bound to it: none, one, or two in the middle of an exec */
	struct sys_account *next, **link; /* of the project */
};

static inline struct sys_account *account_of_task(task_t *task)
{
	return (struct sys_account *)(void *)task;
}

/* ---- project.c ---- */

void zone_lock(struct rctl_zone *z);
void zone_unlock(struct rctl_zone *z);
/* NULL: there is none. */
struct rctl_zone *zone_find(int32_t id);
struct rctl_zone *zone_first(void);
/* The project of that number, made if there is none.  Takes the zone's lock. */
struct rctl_project *project_get(struct rctl_zone *z, int32_t id);
/* NULL: there is none.  The zone's lock is held. */
struct rctl_project *project_find(struct rctl_zone *z, int32_t id);
/* Both with the zone's lock held. */
void account_link(struct sys_account *a, struct rctl_project *project);
void account_unlink(struct sys_account *a);

/* Calls fn for each project of the zone until it returns false; its lock is held. */
void projects_each(struct rctl_zone *z, bool (*fn)(void *arg, struct rctl_project *p), void *arg);

/* ---- value.c ---- */

extern const char *const rctl_names[]; /* by enum sys_rctl */

void counter_init(struct rctl_counter *c);
/* As sys_rctl_change(). */
int counter_change(struct rctl_counter *c, enum sys_rctl control, const struct sys_rctl_value *old,
		   const struct sys_rctl_value *value, bool privileged, const char **why);
/* Would bytes more still be within the limit? */
static inline bool counter_admits(const struct rctl_counter *c, uint64_t bytes)
{
	/*
	 *	0 ......... used ... limit - bytes ........ limit ....... 2^64 - 1
	 *	            |<----- room ----->|<- bytes ->|
	 *
	 * used may be anywhere: limits can be lowered below it
	 */
	return bytes <= c->limit && c->used <= c->limit - bytes;
}

/* ---- refusal.c ---- */

/*
 * Remembers a refusal of one control (the zone's lock is held), and then reports it (it is not).  Returns the
 * signal that the process gets, or 0.
 */
int refusal_note(struct sys_refusal *r, struct sys_account *a, enum sys_rctl control, uint64_t bytes);
void refusal_say(const struct sys_refusal *r);
/* The process that holds the most of a project, zone or its own; the zone's lock is held. */
void holder_find(struct sys_rctl_holder *most, enum sys_rctl control, struct rctl_zone *z,
		 struct rctl_project *p, const struct sys_account *a);
void refusals_forget(void);

/* ---- publish.c ---- */

void publish_project(struct rctl_project *p);
void publish_zone(struct rctl_zone *z);
void unpublish(struct rctl_statistic *s);

#endif
