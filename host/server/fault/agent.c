/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * agent.c: the server's end of an application's agent (client/agent/agent.h), which changes the application's mappings
 * while its threads run, wait or are stopped.
 *
 * An agent that has gone is replaced: the running application starts another one.  An application that cannot, or
 * keeps its agent from answering, must not keep others waiting, and must not keep a translation that it was to lose: it
 * is killed.
 *
 * A driver may hold its mutex over a command, so nobody waits for an application that ends: when it is dead, or runs
 * another program, its agent ends at once.  While it still exits, the one who waits reads the events that the agent's
 * mremap(2) waits for, since the threads that served them leave then.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "host/server/base/linux.h"
#include "host/server/fault/fault.h"
#include "wire/rights.h"

#define ANSWER_TIMEOUT_S 10
#define DEATH_TIMEOUT_MS 200 /* until a process that gets SIGKILL is dead */
#define SPIN_NS 100000       /* for its answer: it must be woken first */
#define LOOK_NS 10000000
#define LOOKS (ANSWER_TIMEOUT_S * 100)   /* in that time */
#define TOLD_LOOKS 100                   /* a wait of a second is reported, at -v */
#define YIELD_AFTER_NS UINT64_C(2000000) /* a thread that serves faults waits so long before another one does so */

void agent_init(struct agent *a)
{
	*a = (struct agent){.socket = -1, .pidfd = -1, .commands = -1, .wait.spin_ns = SPIN_NS};
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
}

/* With the lock. */
static void agent_close(struct agent *a)
{
	if (a->pidfd >= 0) {
		(void)pidfd_signal(a->pidfd, SIGKILL, NULL);
		close(a->pidfd);
	}
	if (a->socket >= 0)
		close(a->socket); /* one without a hello ends by this */
	if (a->commands >= 0)
		close(a->commands);
	if (a->answer != NULL)
		munmap(a->answer, sizeof(*a->answer));
	a->answer = NULL;
	a->file = 0;
	a->socket = a->pidfd = a->commands = -1;
}

/* With the lock. */
static void agent_drop(struct agent *a)
{
	a->ended = true;
	atomic_store(&a->exists, a->failed);
	agent_close(a);
	pthread_cond_broadcast(&a->changed);
}

void agent_end(struct host_as *as)
{
	struct agent *a = &as->agent;

	do /* somebody may be in engine_drain() for it */
		(void)engine_wake(as);
	while (posix_lock_until(&a->lock, host_time_monotonic() + LOOK_NS) == ETIMEDOUT);
	agent_drop(a);
	pthread_mutex_unlock(&a->lock);
}

void agent_fini(struct agent *a)
{
	agent_close(a);
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
}

bool agent_exists(struct agent *a)
{
	return atomic_load(&a->exists);
}

/* ---- one command and its answer; with the lock ---- */

static int descriptor_send(const struct agent *a, int fd)
{
	struct wire_letter letter;
	ssize_t n;

	wire_letter_fill(&letter, "", 1, &fd, 1);
	do
		n = sendmsg(a->socket, &letter.mh, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == 1 ? 0 : EPIPE;
}

/* A pipe wakes sooner than a socket.  There is never more than one command in it. */
static int command_send(struct agent *a, struct wire_agent_command *c, int fd)
{
	c->with_descriptor = fd >= 0 && (c->file == 0 || c->file != a->file);
	if (c->with_descriptor && descriptor_send(a, fd) != 0)
		return EPIPE;
	if (c->with_descriptor && c->file != 0)
		a->file = c->file;
	return write(a->commands, c, sizeof(*c)) == sizeof(*c) ? 0 : EPIPE;
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
 * The agent cannot outlive us, but a stopped one would outlive its application.  Linux attests who has answered; a
 * process that is no child of the application is left alone.
 */
static void agent_meet(struct agent *a, pid_t pid, pid_t parent)
{
	struct cred cred;
	int pidfd = pid > 0 && pid != parent ? pidfd_of(pid) : -1;
	bool ours;

	if (pidfd < 0)
		return;
	ours = cred_read(pid, -1, 0, 0, &cred) == 0 && cred.ppid == parent;
	cred_fini(&cred);
	if (ours)
		a->pidfd = pidfd;
	else
		close(pidfd);
}

/* No thread of it runs any more with the memory that the agent changes. */
static bool image_is_gone(const struct process *p)
{
	return pidfd_is_dead(p->pidfd, 0) || (atomic_load(&p->dying) && p->end == END_EXEC);
}

/* Before each look of a wait.  EPIPE: it is in vain. */
static int wait_check(struct process *p, const char *what, unsigned look)
{
	if (image_is_gone(p))
		return EPIPE;
	if (atomic_load(&p->dying))
		engine_drain(p->as);
	if (look == TOLD_LOOKS && server_verbose)
		posix_log(HOST_LOG_DEBUG, "process %d: its agent has not answered for a second, asked to %s", (int)p->pid,
			  what);
	return 0;
}

/* It does not answer at once: 0 when it does, before the timeout. */
static int greeting_wait(struct process *p)
{
	struct pollfd socket = {p->as->agent.socket, POLLIN, 0};
	int error = ETIMEDOUT;

	posix_thread_blocks();
	for (unsigned i = 0; i < LOOKS && error == ETIMEDOUT; i++) {
		error = wait_check(p, "begin", i);
		if (error == 0)
			error = poll(&socket, 1, LOOK_NS / 1000000) > 0 ? 0 : ETIMEDOUT;
	}
	return error;
}

/* The first answer, which is sent, so that Linux attests who the agent is. */
static int answer_greeting(struct process *p, struct wire_agent_result *r)
{
	struct agent *a = &p->as->agent;
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct iovec iov = {r, sizeof(*r)};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
	int error = 0;
	ssize_t n;

	do {
		n = recvmsg(a->socket, &mh, MSG_CMSG_CLOEXEC);
		if (n < 0 && errno == EAGAIN)
			error = greeting_wait(p);
	} while (n < 0 && error == 0 && (errno == EINTR || errno == EAGAIN));
	if (error != 0)
		return error;
	if (n <= 0)
		return EPIPE;
	if (n != sizeof(*r))
		return EPROTO;
	a->met = true;
	agent_meet(a, sender_pid(&mh), p->pid);
	return 0;
}

/* 0: there it is; ETIMEDOUT. */
static int answer_sleep(struct agent *a, uint32_t old, uint64_t ns)
{
	_Atomic uint32_t *turn = &a->answer->turn;
	uint64_t end = host_time_monotonic() + ns;

	while (atomic_load(turn) == old) {
		uint64_t now = host_time_monotonic(), left = end > now ? end - now : 0;
		struct timespec t = {(time_t)(left / 1000000000u), (long)(left % 1000000000u)};
		if (left == 0)
			return ETIMEDOUT;
		(void)syscall(SYS_futex, turn, FUTEX_WAIT, old, &t, NULL, 0);
	}
	return 0;
}

/* Its application may die meanwhile, and it with it. */
static int answer_await(struct process *p, uint32_t old, const char *what)
{
	struct agent *a = &p->as->agent;
	struct pollfd socket = {a->socket, 0, 0};
	int error;

	/* Sequentially consistent with the agent's answer(): one of the two sees the other's store. */
	atomic_store(&a->answer->awaited, 1);
	error = answer_sleep(a, old, YIELD_AFTER_NS);
	if (error != 0)
		posix_thread_blocks();
	for (unsigned i = 0; i < LOOKS && error == ETIMEDOUT; i++) {
		error = poll(&socket, 1, 0) > 0 ? EPIPE : wait_check(p, what, i);
		if (error == 0)
			error = answer_sleep(a, old, LOOK_NS);
	}
	atomic_store(&a->answer->awaited, 0);
	return error;
}

static const char *command_name(const struct wire_agent_command *c)
{
	static const char *const names[] = {
		[WIRE_AGENT_ZAP] = "take translations away",
		[WIRE_AGENT_PROTECT] = "protect pages",
		[WIRE_AGENT_MAP] = "map",
		[WIRE_AGENT_MOVE] = "move a mapping",
		[WIRE_AGENT_UNMAP] = "unmap",
		[WIRE_AGENT_SHARE] = "share locked pages",
		[WIRE_AGENT_UNSHARE] = "give locked pages back",
	};

	return c->op < sizeof(names) / sizeof(names[0]) && names[c->op] != NULL ? names[c->op] : "help";
}

static int answer_receive(struct process *p, const struct wire_agent_command *c, struct wire_agent_result *r)
{
	struct agent *a = &p->as->agent;
	uint32_t old = (uint32_t)a->sequence - 1, cpu;
	int error = 0;

	if (!a->met) {
		error = answer_greeting(p, r);
	} else {
		cpu = atomic_load_explicit(&a->answer->cpu, memory_order_relaxed);
		if (!channel_wait(&a->wait, &a->answer->turn, old, cpu))
			error = answer_await(p, old, command_name(c));
		*r = a->answer->result;
	}
	if (error == 0 && (r->sequence != a->sequence || r->error < 0 || r->error >= 4096))
		error = EPROTO;
	return error;
}

/* ---- when it fails ---- */

/*
 * Without its agent nobody can take a translation from a process that may be stopped: so it goes as a whole, and is
 * gone when this returns.  An image that has ended has lost its translations already.
 */
static void process_condemn(const struct process *p, const char *what, int error)
{
	/* An agent that has gone may not have come to be, in a process that is being killed. */
	if (atomic_load(&p->dying) || pidfd_is_dead(p->pidfd, error == EPIPE ? DEATH_TIMEOUT_MS : 0))
		return;
	posix_log(HOST_LOG_WARN, "process %d is killed: its agent failed to %s: %s", (int)p->pid, what,
		  strerror(error));
	(void)pidfd_signal(p->pidfd, SIGKILL, NULL);
	if (!pidfd_is_dead(p->pidfd, ANSWER_TIMEOUT_S * 1000))
		posix_log(HOST_LOG_WARN, "process %d does not die", (int)p->pid);
}

/* ---- a successor ---- */

#define SUCCESSORS_MAX 1000

/* It can start one: a stopped process cannot. */
static bool process_is_able(const struct process *p)
{
	char state;

	if (atomic_load(&p->dying) || p->as->agent.successors >= SUCCESSORS_MAX)
		return false;
	state = task_state(p->pid, pid_task(p->pid));
	return state == 'R' || state == 'S' || state == 'D';
}

static int successor_ask(const struct process *p)
{
	siginfo_t info = {.si_signo = SIGSEGV, .si_code = SI_QUEUE};

	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value.sival_int = WIRE_AGENT_AGAIN;
	return pidfd_signal(p->pidfd, SIGSEGV, &info);
}

/* With the lock.  The process may die or be stopped meanwhile. */
static bool successor_wait(struct process *p)
{
	struct agent *a = &p->as->agent;

	for (int looks = 0; a->socket < 0 && !a->ended && looks < LOOKS; looks++) {
		if (looks > 0 && !process_is_able(p))
			break;
		(void)posix_wait_until(&a->changed, &a->lock, host_time_monotonic() + LOOK_NS);
	}
	return a->socket >= 0;
}

/* The agent has gone; other commands wait until this returns.  True: there is another one. */
static bool agent_replace(struct process *p)
{
	struct agent *a = &p->as->agent;
	bool able = !image_is_gone(p) && !pidfd_is_dead(p->pidfd, DEATH_TIMEOUT_MS) && process_is_able(p) && successor_ask(p) == 0;
	bool come;
	unsigned n;

	posix_thread_blocks();
	pthread_mutex_lock(&a->lock);
	come = able && successor_wait(p);
	n = a->successors += come;
	a->replaced = false;
	if (!come) {
		a->failed = true;
		agent_drop(a);
	}
	pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
	if (come)
		posix_log(HOST_LOG_WARN, "process %d: its agent has gone, and another one has taken its place (%u so far)",
			  (int)p->pid, n);
	else
		process_condemn(p, "answer", EPIPE);
	return come;
}

/* ---- commands ---- */

static void agent_lock(struct agent *a)
{
	if (pthread_mutex_trylock(&a->lock) != 0) {
		posix_thread_blocks();
		pthread_mutex_lock(&a->lock);
	}
	while (a->replaced) {
		posix_thread_blocks();
		pthread_cond_wait(&a->changed, &a->lock);
	}
}

/* Where the agent was stopped or is busy for too long, it goes: true when it is no more. */
static bool agent_has_gone(const struct agent *a, int error)
{
	if (error != ETIMEDOUT || a->pidfd < 0)
		return error == EPIPE;
	(void)pidfd_signal(a->pidfd, SIGKILL, NULL);
	return pidfd_is_dead(a->pidfd, DEATH_TIMEOUT_MS);
}

/* ESRCH: there is none.  EPIPE: it has gone, and agent_replace() must be called.  Other errors are the process's end. */
static int command_run(struct process *p, struct wire_agent_command *c, int fd, int *result)
{
	struct agent *a = &p->as->agent;
	struct wire_agent_result r = {0};
	int error = ESRCH;

	agent_lock(a);
	if (a->socket < 0)
		goto unlock;
	c->sequence = ++a->sequence;
	error = command_send(a, c, fd);
	if (error == 0)
		error = answer_receive(p, c, &r);
	if (error == 0) {
		*result = r.error;
		if (r.error == EBADF)
			a->file = 0; /* it could not take it */
		if (r.error == 0 && c->addr == 0)
			c->addr = r.value;
	} else if (agent_has_gone(a, error)) {
		error = EPIPE;
		a->replaced = true;
		a->claimed = a->met = false;
		agent_close(a);
	} else {
		a->failed = true;
		agent_drop(a);
	}
unlock:
	pthread_mutex_unlock(&a->lock);
	return error;
}

int agent_run(struct process *p, struct wire_agent_command *c, int fd)
{
	int result = 0, error;

	do
		error = command_run(p, c, fd, &result);
	while (error == EPIPE && agent_replace(p));
	if (error != 0 && error != EPIPE && error != ESRCH)
		process_condemn(p, "answer", error);
	return error != 0 ? ESRCH : result;
}

void agent_condemn(struct process *p, int error)
{
	process_condemn(p, "take translations away", error);
}

/* ---- hello ---- */

/* *again: instead of one that has gone. */
static int agent_claim(struct agent *a, bool *again)
{
	int error;

	pthread_mutex_lock(&a->lock);
	error = a->ended ? ESRCH : a->claimed || a->failed ? EEXIST
							   : 0;
	a->claimed |= error == 0;
	*again = a->replaced;
	pthread_mutex_unlock(&a->lock);
	return error;
}

static void agent_disclaim(struct agent *a)
{
	pthread_mutex_lock(&a->lock);
	a->claimed = false;
	pthread_mutex_unlock(&a->lock);
}

/* With the lock: nobody can send a command before the welcome. */
static int agent_welcome(struct agent *a, int connection, int pipe_end)
{
	void *answer;
	int fd, error = posix_memory_share("sundog-agent", sizeof(*a->answer), false, &fd, &answer);

	if (error != 0)
		return error;
	a->answer = answer;
	atomic_store(&a->exists, true); /* an access that follows the welcome is to find it */
	hello_answer(connection, 0, fd, sizeof(*a->answer));
	hello_answer(connection, 0, pipe_end, 0);
	close(fd);
	return 0;
}

static int agent_adopt(struct agent *a, int connection)
{
	static const struct timeval timeout = {ANSWER_TIMEOUT_S, 0}, soon = {0, YIELD_AFTER_NS / 1000};
	int ends[2], error;

	if (setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon)) != 0 ||
	    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) != 0 ||
	    pipe2(ends, O_CLOEXEC) != 0)
		return errno;
	(void)fcntl(ends[1], F_SETFL, O_NONBLOCK);
	pthread_mutex_lock(&a->lock);
	error = a->ended ? ESRCH : agent_welcome(a, connection, ends[0]);
	if (error == 0) {
		a->socket = connection;
		a->commands = ends[1];
	}
	pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
	close(ends[0]);
	if (error != 0)
		close(ends[1]);
	return error;
}

/* Accesses are intercepted as before.  With the lock: the engine's descriptor is not closed before agent_end(). */
static void agent_keep(struct process *p, int connection)
{
	struct agent *a = &p->as->agent;

	pthread_mutex_lock(&a->lock);
	hello_answer(connection, 0, a->ended ? -1 : engine_descriptor(p->as), WIRE_WANT_KEEP);
	pthread_mutex_unlock(&a->lock);
}

void agent_hello(const struct wire_hello *hello, int connection, pid_t pid, uid_t uid)
{
	struct process *p = process_find(&hello->image, pid, uid);
	int error = ESRCH;
	bool again = false;

	if (p != NULL && p->pid == pid)
		error = agent_claim(&p->as->agent, &again);
	if (error == 0) {
		if (again || engine_descriptor(p->as) >= 0) /* or one has come with a hello that came to nothing after that */
			agent_keep(p, connection);
		else
			error = engine_agree(p->as, connection);
		if (error == 0)
			error = agent_adopt(&p->as->agent, connection);
		if (error != 0)
			agent_disclaim(&p->as->agent);
	}
	if (p != NULL)
		process_put(p);
	if (error == 0)
		return;
	hello_answer(connection, error, -1, 0);
	close(connection);
}
