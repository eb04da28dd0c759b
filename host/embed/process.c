/* SPDX-License-Identifier: BSD-2-Clause */
#include "host/embed/internal.h"
#include <errno.h>

/* ---- calls in progress ---- */

/* A callback of the driver may make calls itself, of the same process or another. */
static _Thread_local unsigned call_depth;

int call_enter(struct sundog_process *p, struct embed_call *call)
{
	call->thread = posix_thread_self();
	pthread_mutex_lock(&p->lock);
	if (p->dying) {
		pthread_mutex_unlock(&p->lock);
		return ESRCH;
	}
	call->next = p->calls;
	p->calls = call;
	pthread_mutex_unlock(&p->lock);
	call_depth++;
	sys_thread_enter(p->proc);
	return 0;
}

void call_leave(struct sundog_process *p, struct embed_call *call)
{
	struct embed_call **link = &p->calls;

	sys_thread_leave();
	pthread_mutex_lock(&p->lock);
	while (*link != call)
		link = &(*link)->next;
	*link = call->next;
	if (--call_depth == 0) /* what was pending is handled on the way back to the application */
		posix_thread_revive(call->thread);
	if (p->calls == NULL)
		pthread_cond_broadcast(&p->idle);
	pthread_mutex_unlock(&p->lock);
}

/* Interrupts the calls in progress, lets no new one begin, and waits until none is left. */
static void calls_end(struct sundog_process *p)
{
	pthread_mutex_lock(&p->lock);
	p->dying = true;
	for (struct embed_call *call = p->calls; call != NULL; call = call->next)
		posix_thread_dying(call->thread);
	while (p->calls != NULL)
		pthread_cond_wait(&p->idle, &p->lock);
	pthread_mutex_unlock(&p->lock);
}

void sundog_signal(struct sundog_process *p)
{
	pthread_mutex_lock(&p->lock);
	for (struct embed_call *call = p->calls; call != NULL; call = call->next)
		posix_thread_interrupt(call->thread);
	pthread_mutex_unlock(&p->lock);
}

static void process_signal(void *arg, int signo)
{
	struct sundog_process *p = arg;

	if (signo < 1 || signo > 63)
		return;
	pthread_mutex_lock(&p->lock);
	p->signals |= UINT64_C(1) << signo;
	pthread_mutex_unlock(&p->lock);
	sundog_signal(p);
}

uint64_t sundog_signals(struct sundog_process *p)
{
	uint64_t signals;

	pthread_mutex_lock(&p->lock);
	signals = p->signals;
	p->signals = 0;
	pthread_mutex_unlock(&p->lock);
	return signals;
}

/* ---- making processes ---- */

/* What the kernel part gets to know of p; groups points into p. */
static struct sys_proc_info process_info(const struct sundog_process *p)
{
	return (struct sys_proc_info){
		.pid = p->pid,
		.ppid = p->ppid,
		.model = p->model == SUNDOG_ILP32 ? SYS_ILP32 : SYS_LP64,
		.cred = {.ruid = p->uid,
			 .euid = p->uid,
			 .suid = p->uid,
			 .rgid = p->gid,
			 .egid = p->gid,
			 .sgid = p->gid,
			 .groups = &p->gid,
			 .ngroups = 1,
			 .privileged = p->uid == 0},
		.name = "simulated",
	};
}

static struct sundog_process *process_alloc(struct sundog_system *system, enum sundog_model model,
					    uint32_t uid, uint32_t gid)
{
	struct sundog_process *p = host_alloc(sizeof(*p), true);

	p->system = system;
	p->model = model;
	p->uid = uid;
	p->gid = gid;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->idle, NULL);
	p->as = as_create(model == SUNDOG_ILP32);
	as_signal_to(p->as, process_signal, p);
	pthread_mutex_lock(&system->lock);
	p->pid = ++system->last_pid;
	pthread_mutex_unlock(&system->lock);
	return p;
}

static void process_free(struct sundog_process *p)
{
	as_destroy(p->as);
	host_free(p->fds, p->nfds * sizeof(*p->fds));
	pthread_cond_destroy(&p->idle);
	pthread_mutex_destroy(&p->lock);
	host_free(p, sizeof(*p));
}

static void process_publish(struct sundog_process *p)
{
	struct sundog_system *system = p->system;

	pthread_mutex_lock(&system->lock);
	p->next = system->processes;
	p->link = &system->processes;
	if (p->next != NULL)
		p->next->link = &p->next;
	system->processes = p;
	pthread_mutex_unlock(&system->lock);
}

static void process_withdraw(struct sundog_process *p)
{
	pthread_mutex_lock(&p->system->lock);
	*p->link = p->next;
	if (p->next != NULL)
		p->next->link = p->link;
	pthread_mutex_unlock(&p->system->lock);
}

int sundog_process_create(struct sundog_system *system, enum sundog_model model, uint32_t uid, uint32_t gid,
			  struct sundog_process **process)
{
	return sundog_process_create_in(system, model, uid, gid, 0, SYS_PROJECT_DEFAULT, process);
}

int sundog_process_create_in(struct sundog_system *system, enum sundog_model model, uint32_t uid, uint32_t gid, int zone,
			     int project, struct sundog_process **process)
{
	struct sundog_process *p = process_alloc(system, model, uid, gid);
	struct sys_proc_info info;
	int error;

	p->ppid = 1;
	info = process_info(p);
	info.zone = zone;
	info.project = project;
	sys_thread_enter(NULL);
	error = sys_proc_create(&info, p->as, &p->proc);
	sys_thread_leave();
	if (error != 0) {
		process_free(p);
		return error;
	}
	process_publish(p);
	*process = p;
	return 0;
}

int sundog_process_pid(const struct sundog_process *p)
{
	return p->pid;
}

/* ---- fork, exec, exit ---- */

int sundog_fork(struct sundog_process *p, struct sundog_process **child)
{
	struct embed_call call;
	struct sundog_process *c;
	struct sys_proc_info info;
	int error;

	if ((error = call_enter(p, &call)) != 0)
		return error;
	c = process_alloc(p->system, p->model, p->uid, p->gid);
	c->ppid = p->pid;
	info = process_info(c);
	files_copy(p, c);
	error = as_copy_memory(p->as, c->as);
	if (error == 0)
		error = sys_proc_fork(p->proc, &info, c->as, &c->proc);
	if (error == 0) {
		process_publish(c);
		*child = c;
	} else {
		files_close(c, false);
		process_free(c);
	}
	call_leave(p, &call);
	return error;
}

/* Takes the old address space of a process down; in the calling thread, for lack of one of its own. */
static void process_destroy_proc(struct sys_proc *proc)
{
	sys_thread_enter(proc);
	sys_proc_destroy(proc);
	sys_thread_leave();
}

int sundog_exec(struct sundog_process *p)
{
	struct host_as *as = as_create(p->model == SUNDOG_ILP32), *old_as;
	struct sys_proc_info info = process_info(p);
	struct sys_proc *proc, *old_proc;
	int error;

	as_signal_to(as, process_signal, p);
	info.account = sys_proc_account(p->proc);
	sys_thread_enter(NULL);
	error = sys_proc_create(&info, as, &proc);
	sys_thread_leave();
	sys_account_release(info.account);
	if (error != 0) {
		as_destroy(as);
		return error;
	}
	calls_end(p);
	old_as = p->as;
	old_proc = p->proc;
	process_destroy_proc(old_proc);
	as_destroy(old_as);
	sys_thread_enter(proc);
	files_close(p, true);
	sys_thread_leave();
	pthread_mutex_lock(&p->lock);
	p->as = as;
	p->proc = proc;
	p->dying = false;
	pthread_mutex_unlock(&p->lock);
	return 0;
}

void sundog_exit(struct sundog_process *p)
{
	calls_end(p);
	process_withdraw(p);
	sys_thread_enter(p->proc);
	files_close(p, false);
	sys_thread_leave();
	process_destroy_proc(p->proc);
	process_free(p);
}
