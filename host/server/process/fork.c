/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fork.c: a child between WIRE_FORK and its own hello.
 *
 *	parent: WIRE_FORK -> token      WIRE_FORKING fork()      WIRE_FORKED(token, pid)
 *	                                               '- child: hello(token)
 *
 * The last two come in either order.  A child that dies before its hello is seen by the pidfd that
 * WIRE_FORKED gives us, or, if its parent dies before that, by its leash.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/server/base/identity.h"
#include "host/server/base/linux.h"
#include "host/server/process/process.h"

static int fork_proc(struct process *parent, struct process *child)
{
	struct cred cred;
	struct sys_proc_info info = {.ppid = parent->pid, .model = parent->model};
	int error;

	error = identity_again(parent, &cred);
	if (error != 0) {
		cred_fini(&cred);
		return error;
	}
	info.cred = cred.sys;
	info.name = cred.name;
	identity_set(child, &cred);
	error = sys_proc_fork(parent->sys, &info, child->as, &child->sys);
	if (error == 0)
		child->account = sys_proc_account(child->sys);
	cred_fini(&cred);
	return error;
}

/* Nobody but parent and child has the other end.  server.lock is held. */
static int leash_watch(struct process *child)
{
	child->leash_id = watch_id_create(WATCH_LEASH, child);
	return child->leash_id == WATCH_NO_ID ? ENOMEM : lifecycle_watch(child->leash, child->leash_id);
}

static struct process *child_alloc(struct process *parent, int *leash)
{
	struct process *child = process_alloc(parent->model);
	int ends[2];

	if (child == NULL || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
		if (child != NULL)
			process_put(child);
		return NULL;
	}
	child->leash = ends[0];
	*leash = ends[1];
	atomic_store(&child->as->forking, true);
	child->token = server_random();
	child->parent = process_get(parent);
	return child;
}

int fork_begin(struct process *parent, uint64_t *token, int *leash)
{
	struct process *child;
	bool spawn;
	int error;

	server_lock();
	error = parent->forks >= FORKS_MAX ? EAGAIN : 0;
	parent->forks += error == 0;
	server_unlock();
	if (error != 0)
		return error;
	child = child_alloc(parent, leash);
	error = child != NULL ? fork_proc(parent, child) : ENOMEM;
	server_lock();
	if (error != 0) {
		parent->forks--;
		server_unlock();
		if (child != NULL) {
			close(*leash);
			process_put(child);
		}
		return error;
	}
	*token = child->token;
	process_publish(child, PROCESS_PENDING);
	error = server.stopping || atomic_load(&parent->dying) ? EAGAIN : open_inherit(parent, child);
	if (error == 0)
		error = leash_watch(child);
	spawn = error != 0 && process_end(child, END_EXIT, NULL);
	server_unlock();
	if (spawn)
		job_spawn(&child->job);
	if (error != 0)
		close(*leash);
	return error;
}

/* The parent's pending child of that token; server.lock is held. */
static struct process *fork_find(const struct process *parent, uint64_t token)
{
	struct process *p;

	LIST_FOREACH (p, &server.processes, link)
		if (p->state == PROCESS_PENDING && p->parent == parent && p->token == token)
			return p;
	return NULL;
}

/* The fork failed, or the child is dead and gone. */
static void fork_undo(const struct process *parent, uint64_t token)
{
	struct process *child;
	bool spawn;

	server_lock();
	child = fork_find(parent, token);
	spawn = child != NULL && process_end(child, END_EXIT, NULL);
	if (spawn)
		process_get(child);
	server_unlock();
	if (!spawn)
		return;
	job_spawn(&child->job);
	process_wait_gone(child);
	process_put(child);
}

static int fork_watch(const struct process *parent, uint64_t token, pid_t pid, int pidfd)
{
	struct process *child;
	int error = 0;

	server_lock();
	child = fork_find(parent, token);
	if (child != NULL && child->pidfd < 0) {
		child->pid = pid;
		child->pidfd = pidfd;
		error = process_watch_pidfd(child);
		pidfd = -1;
	}
	server_unlock();
	if (pidfd >= 0)
		close(pidfd);
	return error;
}

int fork_named(struct process *parent, uint64_t token, pid_t pid)
{
	struct cred cred;
	int pidfd, error;

	if (pid < 0)
		return EINVAL;
	pidfd = pid != 0 ? pidfd_of(pid) : -1;
	if (pidfd < 0) {
		fork_undo(parent, token);
		return 0;
	}
	error = cred_read(pid, pidfd, 0, 0, &cred);
	if (error == 0 && cred.ppid != parent->pid)
		error = ESRCH; /* somebody else's */
	cred_fini(&cred);
	if (error == 0)
		return fork_watch(parent, token, pid, pidfd);
	close(pidfd);
	return error;
}

/* ---- the layout meanwhile ---- */

/*
 * The child's mappings are copied here at WIRE_FORK and by Linux a moment later.  What another thread unmaps in between
 * would be in one of the two only: so forks and changes wait for each other.
 *
 *	forker   WIRE_FORK ---> mappings copied ---> reply    fork()    WIRE_FORKED
 *	other                         WIRE_MUNMAP - - - - - - - - - - - - - - - - -> unmaps
 */
#define LAYOUTS 16
#define LOOK_NS 20000000u

/*
 * One that waits for what is pinned has not changed anything yet, and the thread that is to unpin it may be the one that forks.
 * Nothing informs us when a pin comes in its way, so it is looked at.
 */
static bool layouts_change(struct process *p)
{
	struct range ranges[LAYOUTS];
	const struct thread *t;
	unsigned n = 0;
	bool change = false;

	LIST_FOREACH (t, &p->threads, link) {
		if (!t->layout)
			continue;
		if (n == LAYOUTS)
			return true;
		ranges[n++] = (struct range){t->call.start, t->call.end};
	}
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < n && !change; i++)
		change = !sys_pinned(ranges[i].start, ranges[i].end - ranges[i].start);
	pthread_mutex_lock(&p->lock);
	return change;
}

static void layouts_wait(struct process *p)
{
	while (p->layouts > 0 && !atomic_load(&p->dying) && layouts_change(p))
		(void)posix_wait_until(&p->changed, &p->lock, host_time_monotonic() + LOOK_NS);
}

#define FORK_TIMEOUT_NS UINT64_C(3000000000)

/*
 * A handler of pthread_atfork(3) may wait for a mutex that the thread which unmaps has: a fork that takes very long is not waited
 * for, and its child may have a mapping here that it has not.
 */
static void forks_wait(struct process *p, unsigned own)
{
	uint64_t end = host_time_monotonic() + FORK_TIMEOUT_NS;
	int error = 0;

	while (p->forking > own && !atomic_load(&p->dying) && error == 0)
		error = posix_wait_until(&p->changed, &p->lock, end);
}

void fork_enter(struct thread *t)
{
	struct process *p = t->process;

	pthread_mutex_lock(&p->lock);
	p->forking += !t->forking;
	t->forking = true;
	layouts_wait(p);
	pthread_mutex_unlock(&p->lock);
}

/*
 * Callbacks of drivers and the program's handlers of pthread_atfork(3) are over, so that a thread which waits until the fork has
 * ended, to share pages, holds nothing up.
 */
int fork_now(struct thread *t)
{
	if (!t->forking)
		return EINVAL;
	if (!t->pins_forking)
		t->pins_forking = pins_fork_begin(t->process->as);
	return 0;
}

void fork_leave(struct thread *t)
{
	struct process *p = t->process;

	pthread_mutex_lock(&p->lock);
	p->forking -= t->forking;
	t->forking = false;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
	if (t->pins_forking)
		pins_fork_end(p->as);
	t->pins_forking = false;
}

void layout_enter(struct thread *t)
{
	struct process *p = t->process;

	pthread_mutex_lock(&p->lock);
	forks_wait(p, t->forking);
	p->layouts++;
	t->layout = true;
	pthread_mutex_unlock(&p->lock);
}

void layout_leave(struct thread *t)
{
	struct process *p = t->process;

	pthread_mutex_lock(&p->lock);
	p->layouts--;
	t->layout = false;
	if (p->forking > 0)
		pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
}
