/* SPDX-License-Identifier: BSD-2-Clause */
/* account.c: what a process's locked memory is charged to, from its first process to its last charge. */
#include <sys/errno.h>
#include <sys/string.h>

#include "kernel/rctl/internal.h"

struct sys_account *account_of(const struct proc *p)
{
	return account_of_task(p->p_task);
}

/* The zone's lock is held. */
void account_link(struct sys_account *a, struct rctl_project *project)
{
	__atomic_store_n(&a->project, project, __ATOMIC_RELAXED);
	__atomic_store_n(&a->task.tk_proj, &project->public,
			 __ATOMIC_RELEASE); /* drivers look without the lock, and so does a charge */
	a->next = project->accounts;
	a->link = &project->accounts;
	if (a->next != NULL)
		a->next->link = &a->next;
	project->accounts = a;
}

/* The zone's lock is held. */
void account_unlink(struct sys_account *a)
{
	*a->link = a->next;
	if (a->next != NULL)
		a->next->link = a->link;
}

static struct sys_account *account_alloc(struct rctl_zone *z)
{
	static uint32_t last_task;
	struct sys_account *a = host_alloc(sizeof(*a), true);

	a->references = 1;
	a->zone = z;
	a->task.tk_tkid = (taskid_t)(__atomic_add_fetch(&last_task, 1, __ATOMIC_RELAXED) & INT32_MAX);
	a->task.tk_zone = z->public;
	counter_init(&a->locked);
	return a;
}

/* The zone's lock of neither is held. */
static void account_copy_values(struct sys_account *to, struct sys_account *from)
{
	zone_lock(from->zone);
	to->locked.limit = from->locked.limit;
	to->locked.nvalues = from->locked.nvalues;
	memcpy(to->locked.values, from->locked.values, sizeof(to->locked.values));
	zone_unlock(from->zone);
}

int account_create(int32_t zone, int32_t project, struct sys_account **out)
{
	struct rctl_zone *z = zone_find(zone);
	struct rctl_project *p;
	struct sys_account *a;

	if (z == NULL)
		return ESRCH;
	if (project < 0)
		return EINVAL;
	p = project_get(z, project);
	a = account_alloc(z);
	if (p0.p_task != NULL)
		account_copy_values(a, account_of(&p0));
	zone_lock(z);
	account_link(a, p);
	zone_unlock(z);
	*out = a;
	return 0;
}

struct sys_account *account_fork(struct sys_account *parent)
{
	struct sys_account *a = account_alloc(parent->zone);

	account_copy_values(a, parent);
	zone_lock(a->zone);
	account_link(a, parent->project);
	zone_unlock(a->zone);
	return a;
}

struct sys_account *account_hold(struct sys_account *a)
{
	__atomic_fetch_add(&a->references, 1, __ATOMIC_RELAXED);
	return a;
}

void account_release(struct sys_account *a)
{
	if (__atomic_sub_fetch(&a->references, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	zone_lock(a->zone);
	account_unlink(a);
	zone_unlock(a->zone);
	host_free(a, sizeof(*a));
}

void account_bind(struct sys_account *a, struct proc *p)
{
	zone_lock(a->zone);
	a->pid = p->p_pid;
	a->processes++;
	a->euid = p->p_cred != NULL ? crgetuid(p->p_cred) : 0;
	(void)strlcpy(a->name, p->p_user.u_comm, sizeof(a->name));
	zone_unlock(a->zone);
	p->p_zone = a->zone->public;
	p->p_task = &a->task;
}

void account_unbind(struct proc *p)
{
	struct sys_account *a = account_of(p);

	zone_lock(a->zone);
	a->processes--;
	zone_unlock(a->zone);
	account_release(a);
}

void account_setpid(struct sys_account *a, int32_t pid)
{
	zone_lock(a->zone);
	a->pid = pid;
	zone_unlock(a->zone);
}

void account_seteuid(struct sys_account *a, uint32_t euid)
{
	zone_lock(a->zone);
	a->euid = euid;
	zone_unlock(a->zone);
}
