/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rctl.h: resource controls: how much memory a project, a zone and a process may have locked.
 *
 * Every process has an account, which is what locked memory is charged to; the account belongs to a project,
 * and the project to a zone.  A charge counts in all three, or in none.  An account outlives its process as
 * long as something is charged to it, and takes its charges along when it changes its project.
 *
 * Values and how they decide: kernel/sys/sys.h.  Context: nothing here blocks but for memory and short
 * internal locks, unless stated otherwise.  LOCK ORDER: the table of zones, then one zone; both are leaves to
 * everybody else.
 *
 * Source: resource_controls(5), project(4), ddi_umem_lock(9F).
 */
#ifndef KERNEL_RCTL_RCTL_H
#define KERNEL_RCTL_RCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/sys/sys.h"

struct proc;

/* ---- charges ---- */

/* One lock's share in the counters.  Its holder may keep it anywhere; all-zero bytes: nothing is charged. */
struct rctl_charge {
	struct sys_account *account;
	size_t bytes;
};

/*
 * Charges len bytes of locked memory to p's project, zone and process, if none of them exceeds a limit by it,
 * in one step that nobody sees half done.  0; ENOMEM: refused, nothing is charged, and sys_refusals() and a
 * debug message tell why.  A value with a signal sends it to p.  p is alive, and may be any process; p0 is
 * charged to the project system.
 */
int rctl_locked_charge(struct proc *p, size_t len, struct rctl_charge *charge);
/* Gives it back to wherever it is now, also after the process has died, and clears *charge. */
void rctl_locked_uncharge(struct rctl_charge *charge);

/* ---- accounts ---- */

/*
 * A new one, with the process values of the system itself (p0).  ESRCH: there is no such zone.  A project
 * that is not known yet becomes known, without a name.
 */
int account_create(int32_t zone, int32_t project, struct sys_account **out);
/* Of a fork child: the same project, zone and process values, and nothing charged. */
struct sys_account *account_fork(struct sys_account *parent);
struct sys_account *account_hold(struct sys_account *account);
void account_release(struct sys_account *account);
/* p lives on this account from now on: takes over the caller's hold, sets p_task and p_zone. */
void account_bind(struct sys_account *account, struct proc *p);
/* p is dead. */
void account_unbind(struct proc *p);
/* Its name in messages. */
void account_setpid(struct sys_account *account, int32_t pid);
void account_seteuid(struct sys_account *account, uint32_t euid);
/* As sys_proc_setproject(). */
int account_move(struct sys_account *account, int32_t project);
/* p has always one, p0 included. */
struct sys_account *account_of(const struct proc *p);

/* ---- the system ---- */

/* The global zone, with the projects system, noproject and default. */
void rctl_boot(void);
/* Takes the statistics away, before the leaks are reported. */
void rctl_unpublish(void);
/* Nothing is charged any more, and no process is left. */
void rctl_halt(void);

#endif
