/* SPDX-License-Identifier: BSD-2-Clause */
/* rctl.c: projects, zones and limits, as a host asks for them. */
#include "kernel/rctl/rctl.h"

#include "kernel/sys/proc.h"

struct sys_account *sys_proc_account(struct sys_proc *p)
{
	return account_hold(account_of(&p->public));
}

int sys_account_create(int32_t zone, int32_t project, struct sys_account **out)
{
	return account_create(zone, project, out);
}

struct sys_account *sys_account_hold(struct sys_account *account)
{
	return account_hold(account);
}

void sys_account_release(struct sys_account *account)
{
	account_release(account);
}

struct sys_account *sys_account_fork(struct sys_account *account)
{
	return account_fork(account);
}

int sys_proc_setproject(struct sys_proc *p, int32_t project)
{
	return account_move(account_of(&p->public), project);
}

int sys_account_setproject(struct sys_account *account, int32_t project)
{
	return account_move(account, project);
}
