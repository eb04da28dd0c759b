/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * agent.c: the server's end of an application's agent (client/agent.h), which changes the application's mappings
 * while its threads run, wait or are stopped.
 *
 * An application that keeps its agent from answering must not keep others waiting, and must not keep a translation
 * that it was to lose: it is killed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include "host/server/server.h"

#define PATIENCE_S 10
#define MOMENT_MS 200 /* until a process that gets SIGKILL is dead */
#define SOON_US 2000 /* a thread that serves faults waits so long for an answer before it lets another one do so */

void agent_init(struct agent *a)
{
	*a = (struct agent){.socket = -1, .pidfd = -1};
	pthread_mutex_init(&a->lock, NULL);
}

void agent_fini(struct agent *a)
{
	agent_end(a);
	pthread_mutex_destroy(&a->lock);
}

/* With the lock. */
static void agent_drop(struct agent *a)
{
	a->ended = true;
	atomic_store(&a->exists, a->failed);
	if (a->pidfd >= 0) {
		(void)syscall(SYS_pidfd_send_signal, a->pidfd, SIGKILL, NULL, 0);
		close(a->pidfd);
	}
	if (a->socket >= 0)
		close(a->socket); /* one that was never heard of ends by this */
	a->socket = a->pidfd = -1;
}

void agent_end(struct agent *a)
{
	pthread_mutex_lock(&a->lock);
	agent_drop(a);
	pthread_mutex_unlock(&a->lock);
}

bool agent_exists(struct agent *a)
{
	return atomic_load(&a->exists);
}

/* ---- one command and its answer; with the lock ---- */

static int command_send(const struct agent *a, const struct wire_agent_command *c, int fd)
{
	union { struct cmsghdr align; char bytes[CMSG_SPACE(sizeof(int))]; } control = {0};
	struct iovec iov = {(void *)c, sizeof(*c)};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1};
	struct cmsghdr *h;
	ssize_t n;

	if (fd >= 0) {
		mh.msg_control = control.bytes;
		mh.msg_controllen = sizeof(control.bytes);
		h = CMSG_FIRSTHDR(&mh);
		h->cmsg_level = SOL_SOCKET;
		h->cmsg_type = SCM_RIGHTS;
		h->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(h), &fd, sizeof(int));
	}
	do
		n = sendmsg(a->socket, &mh, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == sizeof(*c) ? 0 : EPIPE;
}

static pid_t sender_pid(struct msghdr *mh)
{
	struct ucred sender;

	for (struct cmsghdr *h = CMSG_FIRSTHDR(mh); h != NULL; h = CMSG_NXTHDR(mh, h)) {
		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_CREDENTIALS)
			continue;
		memcpy(&sender, CMSG_DATA(h), sizeof(sender));
		return sender.pid;
	}
	return 0;
}

/*
 * The agent cannot outlive us, but a stopped one would outlive its application.  Linux says who has answered; a
 * process that is no child of the application is left alone.
 */
static void agent_meet(struct agent *a, pid_t pid, pid_t parent)
{
	struct cred cred;
	int pidfd = pid > 0 && pid != parent ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
	bool ours;

	if (pidfd < 0)
		return;
	ours = cred_read(pid, 0, 0, &cred) == 0 && cred.ppid == parent;
	cred_fini(&cred);
	if (ours)
		a->pidfd = pidfd;
	else
		close(pidfd);
}

/* It does not answer at once: true when it does, before we lose our patience. */
static bool answer_wait(const struct agent *a)
{
	struct pollfd p = {a->socket, POLLIN, 0};
	int n;

	(void)faults_yield();
	do
		n = poll(&p, 1, PATIENCE_S * 1000);
	while (n < 0 && errno == EINTR);
	return n > 0;
}

static int answer_receive(struct agent *a, pid_t parent, int *result, uint64_t *value)
{
	union { struct cmsghdr align; char bytes[CMSG_SPACE(sizeof(struct ucred))]; } control;
	static const int off = 0;
	struct wire_agent_result r;
	struct iovec iov = {&r, sizeof(r)};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n;

	if (!a->met) { /* else descriptors that it sends are dropped by Linux: there is no room */
		mh.msg_control = control.bytes;
		mh.msg_controllen = sizeof(control.bytes);
	}
	do
		n = recvmsg(a->socket, &mh, MSG_CMSG_CLOEXEC);
	while (n < 0 && (errno == EINTR || (errno == EAGAIN && answer_wait(a))));
	if (n < 0)
		return errno == EAGAIN ? ETIMEDOUT : EPIPE;
	if (n == 0)
		return EPIPE;
	if (n != sizeof(r) || r.sequence != a->sequence || r.error < 0 || r.error >= 4096)
		return EPROTO;
	if (!a->met) {
		a->met = true;
		agent_meet(a, sender_pid(&mh), parent);
		(void)setsockopt(a->socket, SOL_SOCKET, SO_PASSCRED, &off, sizeof(off)); /* answers are cheaper without */
	}
	*result = r.error;
	*value = r.value;
	return 0;
}

/* ---- when it fails ---- */

static bool pidfd_is_dead(int pidfd, int milliseconds)
{
	struct pollfd p = {pidfd, POLLIN, 0};

	return pidfd < 0 || poll(&p, 1, milliseconds) > 0;
}

/*
 * Without its agent nobody can take a translation from a process that may be stopped: so it goes as a whole, and is
 * gone when this returns.  An image that has ended has lost its translations already.
 */
static void process_condemn(const struct process *p, const char *what, int error)
{
	/* An agent that has gone may not have come to be, in a process that is being killed. */
	if (atomic_load(&p->dying) || pidfd_is_dead(p->pidfd, error == EPIPE ? MOMENT_MS : 0))
		return;
	posix_log(HOST_LOG_WARN, "process %d is killed: its agent failed to %s: %s", (int)p->pid, what,
		  strerror(error));
	(void)syscall(SYS_pidfd_send_signal, p->pidfd, SIGKILL, NULL, 0);
	if (!pidfd_is_dead(p->pidfd, PATIENCE_S * 1000))
		posix_log(HOST_LOG_WARN, "process %d does not die", (int)p->pid);
}

int agent_run(struct process *p, struct wire_agent_command *c, int fd)
{
	struct agent *a = &p->as.agent;
	int result = 0, error = ESRCH;
	uint64_t value = 0;
	bool broke = false;

	if (pthread_mutex_trylock(&a->lock) != 0) {
		(void)faults_yield();
		pthread_mutex_lock(&a->lock);
	}
	if (a->socket >= 0) {
		c->sequence = ++a->sequence;
		error = command_send(a, c, fd);
		if (error == 0)
			error = answer_receive(a, p->pid, &result, &value);
		broke = error != 0;
	}
	if (broke) {
		a->failed = true;
		agent_drop(a);
	}
	pthread_mutex_unlock(&a->lock);
	if (broke)
		process_condemn(p, "answer", error);
	if (error == 0 && result == 0 && c->addr == 0)
		c->addr = value;
	return error != 0 ? ESRCH : result;
}

void agent_condemn(struct process *p, int error)
{
	process_condemn(p, "take translations away", error);
}

/* ---- hello ---- */

static int agent_claim(struct agent *a)
{
	int error;

	pthread_mutex_lock(&a->lock);
	error = a->ended ? ESRCH : a->claimed || a->failed ? EEXIST : 0;
	a->claimed |= error == 0;
	pthread_mutex_unlock(&a->lock);
	return error;
}

static void agent_disclaim(struct agent *a)
{
	pthread_mutex_lock(&a->lock);
	a->claimed = false;
	pthread_mutex_unlock(&a->lock);
}

static int agent_adopt(struct agent *a, int connection)
{
	static const struct timeval patience = {PATIENCE_S, 0}, soon = {0, SOON_US};
	int error = 0;

	if (setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon)) != 0 ||
	    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) != 0)
		return errno;
	pthread_mutex_lock(&a->lock);
	if (a->ended)
		error = ESRCH;
	else
		a->socket = connection;
	atomic_store(&a->exists, error == 0);
	/* Before the first command, which nobody can send while we hold the lock. */
	if (error == 0)
		hello_answer(connection, 0, -1, 0);
	pthread_mutex_unlock(&a->lock);
	return error;
}

void agent_hello(const struct wire_hello *hello, int connection, pid_t pid, uid_t uid)
{
	struct process *p = process_find(&hello->image, pid, uid);
	int error = ESRCH;

	if (p != NULL && p->pid == pid)
		error = agent_claim(&p->as.agent);
	if (error == 0) {
		error = engine_agree(p, connection);
		if (error == 0)
			error = agent_adopt(&p->as.agent, connection);
		if (error != 0)
			agent_disclaim(&p->as.agent);
	}
	if (p != NULL)
		process_put(p);
	if (error == 0)
		return;
	hello_answer(connection, error, -1, 0);
	close(connection);
}
