/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * process.c: the table of processes, and their ends.
 *
 *	(WIRE_FORK) PENDING ----hello----> LIVE --death, exec, WIRE_EXIT, stop--> DYING --torn down--> DEAD
 *	                 '---failure, death before the hello---------------------^
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "host/server/server.h"

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

/* ---- making and freeing ---- */

static void process_job(void *arg)
{
	process_teardown(arg, NULL);
}

struct process *process_alloc(enum sys_model model)
{
	struct process *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	atomic_init(&p->refs, 1);
	p->model = model;
	p->pidfd = p->connection = p->leash = -1;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->changed, NULL);
	as_init(&p->as, p);
	p->job.run = process_job;
	p->job.arg = p;
	return p;
}

static void process_free(struct process *p)
{
	if (p->pidfd >= 0)
		close(p->pidfd);
	if (p->connection >= 0)
		close(p->connection);
	if (p->leash >= 0)
		close(p->leash);
	if (p->parent != NULL)
		process_put(p->parent);
	proofs_fini(&p->proofs);
	as_fini(&p->as);
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

void process_put(struct process *p)
{
	if (atomic_fetch_sub(&p->refs, 1) == 1)
		process_free(p);
}

struct process *process_get(struct process *p)
{
	atomic_fetch_add(&p->refs, 1);
	return p;
}

int pidfd_of_peer(int connection, pid_t pid)
{
	int fd;
	socklen_t size = sizeof(fd);

	if (getsockopt(connection, SOL_SOCKET, SO_PEERPIDFD, &fd, &size) == 0)
		return fd;
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

static bool pidfd_is_dead(int pidfd)
{
	struct pollfd p = {pidfd, POLLIN, 0};

	return poll(&p, 1, 0) > 0;
}

int process_watch_pidfd(struct process *p)
{
	p->pidfd_id = watch_id_create(WATCH_PIDFD, p);
	return p->pidfd_id == WATCH_NO_ID ? ENOMEM : lifecycle_watch(p->pidfd, p->pidfd_id);
}

static int process_watch(struct process *p)
{
	int error = p->pidfd_id == WATCH_NO_ID ? process_watch_pidfd(p) : 0;

	if (error != 0)
		return error;
	p->connection_id = watch_id_create(WATCH_CONNECTION, p);
	if (p->connection_id == WATCH_NO_ID)
		return ENOMEM;
	error = lifecycle_watch(p->connection, p->connection_id);
	return error != 0 ? error : lifecycle_listen(p->connection, p->connection_id);
}

void process_unwatch_connection(struct process *p)
{
	if (p->connection_id == WATCH_NO_ID)
		return;
	lifecycle_unwatch(p->connection);
	lifecycle_unlisten(p->connection);
	watch_id_destroy(p->connection_id);
	p->connection_id = WATCH_NO_ID;
}

static void process_unwatch(struct process *p)
{
	if (p->pidfd_id != WATCH_NO_ID) {
		lifecycle_unwatch(p->pidfd);
		watch_id_destroy(p->pidfd_id);
		p->pidfd_id = WATCH_NO_ID;
	}
	if (p->leash_id != WATCH_NO_ID) {
		lifecycle_unwatch(p->leash);
		watch_id_destroy(p->leash_id);
		p->leash_id = WATCH_NO_ID;
	}
	process_unwatch_connection(p);
}

void process_publish(struct process *p, enum process_state state)
{
	p->state = state;
	LIST_INSERT_HEAD(&server.processes, p, link);
	server.nprocesses++;
}

/* ---- who works for it ---- */

bool process_enter(struct process *p)
{
	bool full;

	pthread_mutex_lock(&p->lock);
	full = p->nthreads >= THREADS_MAX;
	if (!full)
		p->nthreads++;
	pthread_mutex_unlock(&p->lock);
	return !full;
}

int process_join(struct process *p)
{
	int error = 0;

	pthread_mutex_lock(&p->lock);
	if (atomic_load(&p->dying))
		error = ESRCH;
	else if (p->nthreads >= THREADS_MAX)
		error = EAGAIN;
	else
		p->nthreads++;
	pthread_mutex_unlock(&p->lock);
	return error;
}

void process_leave(struct process *p)
{
	pthread_mutex_lock(&p->lock);
	p->nthreads--;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
}

/* ---- ends ---- */

static void threads_end(struct process *p, const struct thread *self)
{
	struct thread *t;

	pthread_mutex_lock(&p->lock);
	LIST_FOREACH(t, &p->threads, link) {
		if (t == self)
			continue;
		posix_thread_dying(t->posix);
		(void)shutdown(t->channel.socket, SHUT_RDWR);
	}
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
	faults_end(&p->as.faults);
}

bool process_end(struct process *p, enum process_end end, const struct thread *self)
{
	if (p->state == PROCESS_DYING || p->state == PROCESS_DEAD)
		return false;
	if (p->state == PROCESS_PENDING && p->parent != NULL)
		p->parent->forks--;
	p->state = PROCESS_DYING;
	p->end = end;
	atomic_store(&p->dying, true);
	job_begin(&p->job); /* first: who finds the set of watches empty must find the job */
	process_unwatch(p);
	threads_end(p, self);
	if (p->connection >= 0 && self == NULL)
		(void)shutdown(p->connection, SHUT_RDWR);
	return true;
}

#define KICK_NS 10000000

static void threads_wait_some(struct process *p)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec += KICK_NS;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	if (faults_kick(&p->as.faults))
		(void)pthread_cond_timedwait(&p->changed, &p->lock, &t);
	else
		(void)pthread_cond_wait(&p->changed, &p->lock);
}

static void threads_wait(struct process *p, const struct thread *self)
{
	unsigned left = self != NULL;

	pthread_mutex_lock(&p->lock);
	if (p->nthreads > left) {
		job_blocks();
		while (p->nthreads > left)
			threads_wait_some(p);
		job_resumes();
	}
	pthread_mutex_unlock(&p->lock);
}

static void proc_destroy(struct process *p)
{
	sys_thread_enter(p->sys);
	sys_proc_destroy(p->sys);
	sys_thread_leave();
}

/* Exit closes the files first; exec closes those marked for it when the old address space is gone. */
static void process_take_down(struct process *p)
{
	if (p->end == END_EXEC) {
		proc_destroy(p);
		sys_thread_enter(NULL);
		open_drop(p, true);
		sys_thread_leave();
		return;
	}
	sys_thread_enter(p->sys);
	open_drop(p, false);
	sys_thread_leave();
	proc_destroy(p);
	sys_thread_enter(NULL);
	open_drop(p, true);
	sys_thread_leave();
}

void process_teardown(struct process *p, const struct thread *self)
{
	struct sys_account *account;

	threads_wait(p, self);
	process_take_down(p);
	locks_gone(&p->as);
	agent_end(&p->as.agent);
	faults_close(&p->as.faults);
	server_lock();
	p->state = PROCESS_DEAD;
	LIST_REMOVE(p, link);
	server.nprocesses--;
	account = p->account;
	p->account = NULL;
	server_unlock();
	if (account != NULL && p->end == END_EXEC)
		heir_add(p->pid, p->pidfd, account);
	else if (account != NULL)
		sys_account_release(account);
	pthread_mutex_lock(&p->lock);
	p->gone = true;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
	supervisor_changed();
	job_end(&p->job);
	process_put(p);
}

void process_wait_gone(struct process *p)
{
	pthread_mutex_lock(&p->lock);
	while (!p->gone)
		pthread_cond_wait(&p->changed, &p->lock);
	pthread_mutex_unlock(&p->lock);
}

void process_end_all(void)
{
	struct process *p;
	bool more;

	do {
		server_lock();
		LIST_FOREACH(p, &server.processes, link)
			if (process_end(p, END_EXIT, NULL))
				break;
		more = p != NULL;
		server_unlock();
		if (more)
			job_spawn(&p->job);
	} while (more);
}

/* ---- hello ---- */

static struct sys_account *account_hold(const struct process *p)
{
	return p->account != NULL ? sys_account_hold(p->account) : NULL;
}

/*
 * The image that this pid had before: ends it, and waits until it is torn down, before the new image's first
 * call.  A dead predecessor of the same number is not waited for.  *account: who paid for it, with a hold; or NULL.
 */
static void image_replace(pid_t pid, uint64_t token, struct sys_account **account)
{
	struct process *p, *next, *old = NULL;
	bool spawn = false;

	*account = NULL;
	server_lock();
	for (p = LIST_FIRST(&server.processes); p != NULL && old == NULL; p = next) {
		next = LIST_NEXT(p, link);
		if (p->pid != pid || (p->state == PROCESS_DYING && p->end == END_EXIT) || p->state == PROCESS_DEAD)
			continue;
		if (p->state == PROCESS_PENDING && p->token == token)
			continue; /* itself */
		spawn = process_end(p, pidfd_is_dead(p->pidfd) ? END_EXIT : END_EXEC, NULL);
		old = process_get(p);
		if (old->end == END_EXEC)
			*account = account_hold(old);
	}
	server_unlock();
	if (old == NULL)
		return;
	if (spawn)
		job_spawn(&old->job);
	if (old->end == END_EXEC)
		process_wait_gone(old);
	process_put(old);
}

/* The child that WIRE_FORK made, taken out of the pending ones; server.lock is held. */
static struct process *pending_take(uint64_t token, pid_t pid, uid_t uid)
{
	struct process *p;

	LIST_FOREACH(p, &server.processes, link) {
		if (p->state != PROCESS_PENDING || p->token != token || (p->pid != 0 && p->pid != pid))
			continue;
		if (uid != 0 && atomic_load(&p->euid) != 0 && atomic_load(&p->euid) != uid)
			continue;
		p->parent->forks--;
		p->state = PROCESS_LIVE;
		return p;
	}
	return NULL;
}

static int process_adopt(const struct wire_hello *hello, int connection, int pidfd, pid_t pid,
			 const struct cred *cred)
{
	struct process *p;
	bool spawn;

	server_lock();
	p = server.stopping ? NULL : pending_take(hello->fork_token, pid, cred->sys.euid);
	if (p == NULL) {
		server_unlock();
		return ESRCH;
	}
	process_unwatch(p);
	if (p->pidfd >= 0)
		close(p->pidfd);
	p->pidfd = pidfd;
	p->connection = connection;
	p->pid = pid;
	p->image = hello->image;
	atomic_store(&p->as.forking, false); /* it has no translation yet */
	atomic_store(&p->euid, cred->sys.euid);
	(void)process_enter(p); /* it is not torn down below our feet */
	spawn = process_watch(p) != 0 && process_end(p, END_EXIT, NULL);
	server_unlock();
	sys_proc_setpid(p->sys, pid);
	(void)sys_proc_setcred(p->sys, &cred->sys);
	process_leave(p);
	if (spawn)
		job_spawn(&p->job);
	return 0;
}

struct sys_account *process_account(pid_t pid)
{
	struct sys_account *account = NULL;
	struct process *p;

	server_lock();
	LIST_FOREACH(p, &server.processes, link)
		if (p->state == PROCESS_LIVE && p->pid == pid)
			break;
	if (p != NULL)
		account = account_hold(p);
	server_unlock();
	return account != NULL ? account : heir_account(pid, false);
}

/* Who pays for a process that was started by one that we know without a fork that we know: posix_spawn, vfork. */
static struct sys_account *account_of_parent(pid_t ppid)
{
	struct sys_account *account = process_account(ppid), *own;

	if (account == NULL)
		return NULL;
	own = sys_account_fork(account);
	sys_account_release(account);
	return own;
}

/* before: of the image that it had before, or NULL.  The process's account is that, its parent's, or a new one. */
static int process_create_sys(struct process *p, struct sys_proc_info *info, struct sys_account *before)
{
	struct sys_account *parents = before == NULL ? account_of_parent(info->ppid) : NULL;
	int error;

	info->account = before != NULL ? before : parents;
	if (info->account == NULL)
		info->project = projects_of_user(info->cred.euid);
	error = sys_proc_create(info, &p->as, &p->sys);
	if (parents != NULL)
		sys_account_release(parents);
	if (error != 0)
		return error;
	p->account = sys_proc_account(p->sys);
	if (info->account == NULL)
		projects_enter(p->account, info->project);
	return 0;
}

static int process_create(const struct wire_hello *hello, int connection, int pidfd, pid_t pid,
			  const struct cred *cred, struct sys_account *before)
{
	enum sys_model model = hello->model == 32 ? SYS_ILP32 : SYS_LP64;
	struct sys_proc_info info = {.pid = pid, .ppid = cred->ppid, .model = model, .cred = cred->sys,
				     .name = cred->name};
	struct process *p = process_alloc(model);
	int error;

	if (p == NULL)
		return ENOMEM;
	p->pid = pid;
	p->image = hello->image;
	atomic_store(&p->euid, cred->sys.euid);
	error = process_create_sys(p, &info, before);
	if (error != 0) {
		process_put(p);
		return error;
	}
	server_lock();
	process_publish(p, PROCESS_LIVE);
	p->pidfd = pidfd;
	p->connection = connection;
	error = server.stopping ? ESHUTDOWN : process_watch(p);
	bool spawn = error != 0 && process_end(p, END_EXIT, NULL);
	server_unlock();
	if (spawn)
		job_spawn(&p->job); /* connection and pidfd go with it */
	return 0;
}

static bool image_known(const struct wire_image *image)
{
	struct process *p;

	LIST_FOREACH(p, &server.processes, link)
		if (p->state == PROCESS_LIVE && memcmp(&p->image, image, sizeof(*image)) == 0)
			return true;
	return false;
}

static int hello_check(const struct wire_hello *hello)
{
	bool known;

	server_lock();
	known = image_known(&hello->image);
	server_unlock();
	return known ? EEXIST : 0;
}

void process_hello(const struct wire_hello *hello, int connection, pid_t pid, uid_t uid, gid_t gid)
{
	struct sys_account *account;
	struct cred cred = {0};
	int pidfd = pidfd_of_peer(connection, pid);
	int error = pidfd < 0 ? errno : hello_check(hello);
	int answer = fcntl(connection, F_DUPFD_CLOEXEC, 0);

	if (error == 0 && answer < 0)
		error = errno;
	if (error != 0)
		goto refuse;
	image_replace(pid, hello->fork_token, &account);
	if (account == NULL)
		account = heir_account(pid, true);
	(void)cred_read(pid, uid, gid, &cred);
	if (hello->fork_token != 0)
		error = process_adopt(hello, connection, pidfd, pid, &cred);
	else
		error = process_create(hello, connection, pidfd, pid, &cred, account);
	if (account != NULL)
		sys_account_release(account);
	cred_fini(&cred);
	if (error != 0)
		goto refuse;
	hello_answer(answer, 0, nodes_descriptor(), WIRE_NODES_SIZE);
	close(answer);
	return;
refuse:
	hello_answer(connection, error, -1, 0);
	if (answer >= 0)
		close(answer);
	if (pidfd >= 0)
		close(pidfd);
	close(connection);
}

struct process *process_find(const struct wire_image *image, pid_t pid, uid_t uid)
{
	struct process *p;

	server_lock();
	LIST_FOREACH(p, &server.processes, link)
		if (p->state == PROCESS_LIVE && memcmp(&p->image, image, sizeof(*image)) == 0)
			break;
	/* A vfork child has its parent's image and another pid. */
	if (p != NULL && (p->pid == pid || atomic_load(&p->euid) == uid))
		process_get(p);
	else
		p = NULL;
	server_unlock();
	return p;
}
