/* SPDX-License-Identifier: BSD-2-Clause */
/* hello.c: the hello of a process: a new one, a fork child that is awaited, or the next image of one that we know. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/server/base/identity.h"
#include "host/server/base/linux.h"
#include "host/server/process/process.h"

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
		spawn = process_end(p, pidfd_is_dead(p->pidfd, 0) ? END_EXIT : END_EXEC, NULL);
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
static struct process *pending_take(const struct wire_hello *hello, pid_t pid, uid_t uid)
{
	struct process *p;

	LIST_FOREACH (p, &server.processes, link) {
		if (p->state != PROCESS_PENDING || p->token != hello->fork_token || (p->pid != 0 && p->pid != pid))
			continue;
		if (uid != 0 && atomic_load(&p->euid) != 0 && atomic_load(&p->euid) != uid)
			continue;
		if (hello->lent)
			pins_lent(p->parent->as);
		p->parent->forks--;
		p->state = PROCESS_LIVE;
		atomic_store(&p->vm_refused, hello->copies != 0);
		return p;
	}
	return NULL;
}

/* Who is at the other end. */
struct peer {
	int connection, pidfd, proc;
	pid_t pid;
	struct cred cred;
};

/* They are p's from now on. */
static void peer_give(struct process *p, const struct wire_hello *hello, const struct peer *peer)
{
	p->pid = peer->pid;
	p->pidfd = peer->pidfd;
	p->proc = peer->proc;
	p->connection = peer->connection;
	p->image = hello->image;
	identity_set(p, &peer->cred);
}

static int process_adopt(const struct wire_hello *hello, const struct peer *peer)
{
	struct process *p;
	bool spawn;

	server_lock();
	p = server.stopping ? NULL : pending_take(hello, peer->pid, peer->cred.sys.euid);
	if (p == NULL) {
		server_unlock();
		return ESRCH;
	}
	process_unwatch(p);
	if (p->pidfd >= 0)
		close(p->pidfd);
	peer_give(p, hello, peer);
	atomic_store(&p->as->forking, false); /* it has no translation yet */
	(void)process_enter(p);               /* it is not torn down below our feet */
	spawn = process_watch(p) != 0 && process_end(p, END_EXIT, NULL);
	server_unlock();
	sys_proc_setpid(p->sys, peer->pid);
	(void)sys_proc_setcred(p->sys, &peer->cred.sys);
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
	LIST_FOREACH (p, &server.processes, link)
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
	error = sys_proc_create(info, p->as, &p->sys);
	if (parents != NULL)
		sys_account_release(parents);
	if (error != 0)
		return error;
	p->account = sys_proc_account(p->sys);
	if (info->account == NULL)
		projects_enter(p->account, info->project);
	return 0;
}

static enum sys_model hello_model(const struct wire_hello *hello)
{
	return hello->model == 32 ? SYS_ILP32 : SYS_LP64;
}

static int process_create(const struct wire_hello *hello, const struct peer *peer, struct sys_account *before)
{
	struct sys_proc_info info = {.pid = peer->pid, .ppid = peer->cred.ppid, .model = hello_model(hello), .cred = peer->cred.sys, .name = peer->cred.name};
	struct process *p = process_alloc(info.model);
	int error;

	if (p == NULL)
		return ENOMEM;
	atomic_store(&p->vm_refused, hello->copies != 0);
	error = process_create_sys(p, &info, before);
	if (error != 0) {
		process_put(p);
		return error;
	}
	server_lock();
	peer_give(p, hello, peer);
	process_publish(p, PROCESS_LIVE);
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

	LIST_FOREACH (p, &server.processes, link)
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

/* Descriptors of the number first: that it is still the peer's own is known when its credentials have been read. */
static int peer_look(struct peer *peer, uid_t uid, gid_t gid)
{
	peer->pidfd = pidfd_of_peer(peer->connection, peer->pid);
	if (peer->pidfd < 0)
		return errno;
	peer->proc = identity_open(peer->pid);
	if (peer->proc < 0)
		return errno;
	return identity_read(peer->pid, peer->pidfd, uid, gid, &peer->cred);
}

static void peer_refuse(const struct peer *peer, int error)
{
	hello_answer(peer->connection, error, -1, 0);
	if (peer->pidfd >= 0)
		close(peer->pidfd);
	if (peer->proc >= 0)
		close(peer->proc);
	close(peer->connection);
}

static int process_begin(const struct wire_hello *hello, const struct peer *peer)
{
	struct sys_account *account;
	int error;

	image_replace(peer->pid, hello->fork_token, &account);
	if (account == NULL)
		account = heir_account(peer->pid, true);
	if (hello->fork_token != 0)
		error = process_adopt(hello, peer);
	else
		error = process_create(hello, peer, account);
	if (account != NULL)
		sys_account_release(account);
	return error;
}

void process_hello(const struct wire_hello *hello, int connection, pid_t pid, uid_t uid, gid_t gid)
{
	struct peer peer = {.connection = connection, .pidfd = -1, .proc = -1, .pid = pid};
	static const int off = 0;
	int answer = fcntl(connection, F_DUPFD_CLOEXEC, 0);
	int error = answer < 0 ? errno : hello_check(hello);

	/* Messages come without credentials: what comes with anything is refused. */
	(void)setsockopt(connection, SOL_SOCKET, SO_PASSCRED, &off, sizeof(off));
	if (error == 0)
		error = peer_look(&peer, uid, gid);
	if (error == 0)
		error = process_begin(hello, &peer);
	if (error == 0)
		hello_answer(answer, 0, nodes_descriptor(), WIRE_NODES_SIZE);
	else
		peer_refuse(&peer, error);
	cred_fini(&peer.cred);
	if (answer >= 0)
		close(answer);
}
