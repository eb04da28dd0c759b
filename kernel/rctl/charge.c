/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * charge.c: locked memory is charged to project, zone and process together, tested in that order, or to none.
 *
 * Full price: every lock pays for all of its bytes, whatever else is locked in the same range.  The counters
 * are kept without limits too, so that a limit set later counts what is locked already.
 */
#include <sys/errno.h>
#include <sys/policy.h>

#include "kernel/rctl/internal.h"

/* A process that may lock memory anyway is not bound by its own limit. */
static bool process_bound(struct proc *p)
{
	bool bound;

	mutex_enter(&p->p_crlock);
	bound = secpolicy_lock_memory(p->p_cred) != 0;
	mutex_exit(&p->p_crlock);
	return bound;
}

/* The first of the three that refuses; false: none.  The zone's lock is held. */
static bool account_refuses(const struct sys_account *a, uint64_t bytes, bool bound, enum sys_rctl *control)
{
	if (!counter_admits(&a->project->locked, bytes))
		*control = SYS_RCTL_PROJECT;
	else if (!counter_admits(&a->zone->locked, bytes))
		*control = SYS_RCTL_ZONE;
	else if (bound && !counter_admits(&a->locked, bytes))
		*control = SYS_RCTL_PROCESS;
	else
		return false;
	return true;
}

static void account_add(struct sys_account *a, uint64_t bytes)
{
	a->project->locked.used += bytes;
	a->zone->locked.used += bytes;
	a->locked.used += bytes;
}

static void account_subtract(struct sys_account *a, uint64_t bytes)
{
	a->project->locked.used -= bytes;
	a->zone->locked.used -= bytes;
	a->locked.used -= bytes;
}

/* One of many accounts may not be in the CPU's cache: nobody is to wait for that with the zone's lock. */
static void account_prefetch(const struct sys_account *a)
{
	__builtin_prefetch(&a->locked.used, 1);
	__builtin_prefetch(&__atomic_load_n(&a->project, __ATOMIC_RELAXED)->locked.used, 1);
}

int rctl_locked_charge(struct proc *p, size_t len, struct rctl_charge *charge)
{
	struct sys_account *a = account_of(p);
	bool bound = __atomic_load_n(&a->locked.limit, __ATOMIC_RELAXED) != UINT64_MAX && process_bound(p);
	struct sys_refusal refusal;
	enum sys_rctl control;
	bool refused;
	int signal = 0;

	account_prefetch(a);
	zone_lock(a->zone);
	refused = account_refuses(a, len, bound, &control);
	if (refused)
		signal = refusal_note(&refusal, a, control, len);
	else
		account_add(a, len);
	zone_unlock(a->zone);
	if (refused) {
		refusal_say(&refusal);
		if (signal != 0)
			psignal(p, signal);
		*charge = (struct rctl_charge){0};
		return ENOMEM;
	}
	*charge = (struct rctl_charge){.account = account_hold(a), .bytes = len};
	return 0;
}

void rctl_locked_uncharge(struct rctl_charge *charge)
{
	struct sys_account *a = charge->account;

	if (a == NULL)
		return;
	zone_lock(a->zone);
	account_subtract(a, charge->bytes);
	zone_unlock(a->zone);
	*charge = (struct rctl_charge){0};
	account_release(a);
}

/* Its charges move from one project's counter to the other's, if that admits them; the zone's is the same. */
int account_move(struct sys_account *a, int32_t id)
{
	struct rctl_project *to;
	int error = 0;

	if (id < 0)
		return EINVAL;
	to = project_get(a->zone, id);
	zone_lock(a->zone);
	if (to == a->project) {
		zone_unlock(a->zone);
		return 0;
	}
	if (a->locked.used > 0 && !counter_admits(&to->locked, a->locked.used))
		error = EAGAIN;
	if (error == 0) {
		a->project->locked.used -= a->locked.used;
		account_unlink(a);
		to->locked.used += a->locked.used;
		account_link(a, to);
	}
	zone_unlock(a->zone);
	return error;
}
