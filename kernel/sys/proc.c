/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/sys/proc.h"

#include "kernel/ddi/core/cred.h"
#include "kernel/ddi/core/kthread.h"
#include "kernel/devmap/devmap.h"
#include "kernel/host.h"
#include "kernel/rctl/rctl.h"
#include "kernel/vm/pinned_range.h"
#include <sys/errno.h>
#include <sys/ksynch.h>
#include <sys/string.h>
#include <sys/zone.h>

/* The process has died, and no lock on its memory is left. */
static void proc_free(struct address_space *space)
{
	struct sys_proc *p = (struct sys_proc *)(void *)((char *)space - offsetof(struct sys_proc, space));

	address_space_fini(space);
	mutex_destroy(&p->public.p_crlock);
	mutex_destroy(&p->public.p_lock);
	crfree(p->public.p_cred);
	host_free(p, sizeof(*p));
}

static struct sys_proc *proc_make(const struct sys_proc_info *info, struct host_as *as, cred_t *cred,
				  struct sys_account *account)
{
	struct sys_proc *p = host_alloc(sizeof(*p), true);
	struct proc *public = &p->public;

	public->p_pid = info->pid;
	public->p_ppid = info->ppid;
	public->p_model = info->model == SYS_ILP32 ? DATAMODEL_ILP32 : DATAMODEL_LP64;
	public->p_cred = cred;
	mutex_init(&public->p_lock, "p_lock", MUTEX_DEFAULT, NULL);
	mutex_init(&public->p_crlock, "p_crlock", MUTEX_DEFAULT, NULL);
	if (info->name != NULL)
		(void)strlcpy(public->p_user.u_comm, info->name, sizeof(public->p_user.u_comm));
	address_space_init(&p->space, as, public, proc_free);
	public->p_as = &p->space.public;
	account_bind(account, public);
	cred->zone = public->p_zone->zone_id;
	process_add(&p->entry, public);
	return p;
}

static void proc_end(struct sys_proc *p)
{
	process_remove(&p->entry);
	account_unbind(&p->public);
	address_space_release(&p->space);
}

int sys_proc_create(const struct sys_proc_info *info, struct host_as *as, struct sys_proc **out)
{
	struct sys_account *account;
	cred_t *cred;
	int error = cred_create(&info->cred, &cred);

	if (error != 0)
		return error;
	if (info->account != NULL)
		account = account_hold(info->account);
	else
		error = account_create(info->zone, info->project, &account);
	if (error == 0)
		*out = proc_make(info, as, cred, account);
	else
		crfree(cred);
	return error;
}

int sys_proc_setcred(struct sys_proc *p, const struct sys_cred *from)
{
	cred_t *cred, *old;
	int error = cred_create(from, &cred);

	if (error != 0)
		return error;
	cred->zone = p->public.p_zone->zone_id;
	mutex_enter(&p->public.p_crlock);
	old = p->public.p_cred;
	__atomic_store_n(&p->public.p_cred, cred, __ATOMIC_RELEASE); /* kthread_refresh() looks without the lock */
	mutex_exit(&p->public.p_crlock);
	crfree(old);
	account_seteuid(account_of(&p->public), from->euid);
	return 0;
}

void sys_proc_setpid(struct sys_proc *p, int32_t pid)
{
	process_renumber(&p->entry, pid);
	account_setpid(account_of(&p->public), pid);
}

void sys_proc_destroy(struct sys_proc *p)
{
	process_remove(&p->entry);
	address_space_kill(&p->space);
	pinned_range_exit(&p->space);
	devmap_unmap_all(&p->space);
	pinned_range_forget(&p->space);
	proc_end(p);
}

int sys_proc_fork(struct sys_proc *parent, const struct sys_proc_info *info, struct host_as *child_as,
		  struct sys_proc **child)
{
	struct sys_account *account = account_fork(account_of(&parent->public));
	struct sys_proc_info child_info = *info;
	struct sys_proc *p;
	int error;

	kthread_refresh();
	child_info.account = account;
	error = sys_proc_create(&child_info, child_as, &p);
	account_release(account);
	if (error != 0)
		return error;
	pinned_range_fork(&parent->space);
	error = devmap_dup_all(&parent->space, &p->space);
	if (error != 0) {
		proc_end(p);
		return error == ENOMEM ? ENOMEM : EAGAIN;
	}
	*child = p;
	return 0;
}
