/* SPDX-License-Identifier: BSD-2-Clause */
/* fork.c: fork and vfork.  The server copies the mappings before, the child connects before fork returns in it. */
#define _GNU_SOURCE
#include "client/calls/calls.h"

#include <fcntl.h>
#include <pthread.h>
#include <pty.h>
#include <stdlib.h>
#include <unistd.h>
#include <utmp.h>

/*
 * Locks are held while Linux forks.  Handlers of pthread_atfork(3) that the program has set after us run before that, and in
 * parent and child behind it, so they may use files and memory as they like; those that were set before us are let through
 * by fork_holds.
 */

/* Our own fork is running, and what its child's hello has. */
static _Thread_local struct {
	bool running;
	bool shared; /* pages may have been shared with the server when it began */
	uint64_t token;
	int leash;
} own_fork __attribute__((tls_model("initial-exec")));

static void tell_done(uint64_t token, pid_t pid)
{
	struct wire_message m = {.op = WIRE_FORKED, .a = token, .b = pid > 0 ? (uint64_t)pid : 0};

	if (token)
		(void)call_simple(&m);
}

/* A token and a leash when there is something to inherit; 0 and no error when there is not. */
static int prepare(uint64_t *token, int *leash)
{
	*token = 0;
	*leash = -1;
	if (!connection_exists() || (!descriptor_any() && !range_any() && !pin_any()))
		return 0;
	struct wire_message m = {.op = WIRE_FORK};
	struct call *c = call_begin();
	int error = c ? call_run(c, &m, NULL) : errno;
	int fd = !error ? call_take_fd(c, 0) : -1;
	if (c)
		call_end(c);
	if (error)
		return error == EIO || error == ENXIO ? 0 : error; /* no server, nothing to inherit */
	*token = m.a;
	*leash = fd < 0 ? -1 : own_adopt(fd);
	if (*leash >= 0)
		return 0;
	tell_done(*token, 0);
	return EAGAIN;
}

/* Pages that the server shares become this process's own, so that Linux gives the child what is there now. */
static void tell_now(void)
{
	struct wire_message m = {.op = WIRE_FORKING};

	if (own_fork.running && own_fork.token)
		(void)call_simple(&m);
	own_fork.shared = pin_shared();
}

/* A child of a fork inside libc starts as a new process and proves what it inherited. */
static void atfork_prepare(void)
{
	tell_now();
	fork_locks_take();
}

static void atfork_parent(void)
{
	fork_locks_release();
}

static void atfork_child(void)
{
	struct fork_child child = {own_fork.running ? own_fork.token : 0, own_fork.running ? own_fork.leash : -1, own_fork.shared, false};

	own_fork.running = fork_holds = false;
	fork_child_begins(&child);
}

/* Without handlers. */
static pid_t fork_bare(void)
{
	tell_now();
	fork_locks_take();
	pid_t pid = REAL(_Fork)();
	int error = errno;
	if (pid == 0)
		atfork_child();
	else
		fork_locks_release();
	errno = error;
	return pid;
}

static pid_t do_fork(pid_t (*real)(void))
{
	sigset_t all, old;
	uint64_t token;
	int leash;

	int error = prepare(&token, &leash);
	if (error)
		return fail(error == ENOMEM ? ENOMEM : EAGAIN);
	sigfillset(&all); /* no handler of the child's may call before it is connected */
	pthread_sigmask(SIG_SETMASK, &all, &old);
	own_fork.running = true;
	own_fork.token = token;
	own_fork.leash = leash;
	pid_t pid = real();
	error = errno;
	own_fork.running = false;
	if (pid != 0) {
		tell_done(token, pid);
		own_close(leash);
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	errno = error;
	return pid;
}

EXPORT pid_t fork(void)
{
	return likely(!client_active()) || in_vfork_child ? REAL(fork)() : do_fork(REAL(fork));
}

ALIAS(__fork, fork);

EXPORT pid_t _Fork(void)
{
	return likely(!client_active()) || in_vfork_child ? REAL(_Fork)() : do_fork(fork_bare);
}

/* These two would fork inside libc. */
EXPORT int daemon(int nochdir, int noclose)
{
	pid_t pid = fork();

	if (pid < 0)
		return -1;
	if (pid > 0)
		_exit(0);
	if (setsid() < 0 || (!nochdir && chdir("/") < 0))
		return -1;
	if (noclose)
		return 0;
	int null = open("/dev/null", O_RDWR);
	if (null < 0)
		return -1;
	for (int fd = 0; fd <= 2; fd++)
		if (dup2(null, fd) < 0)
			return -1;
	return null > 2 ? close(null) : 0;
}

EXPORT int forkpty(int *master, char *name, const struct termios *settings, const struct winsize *size)
{
	int ends[2];

	if (openpty(&ends[0], &ends[1], name, settings, size) < 0)
		return -1;
	pid_t pid = fork();
	if (pid == 0) {
		(void)close(ends[0]);
		if (login_tty(ends[1]) < 0)
			_exit(1);
		return 0;
	}
	int error = errno;
	(void)close(ends[1]);
	if (pid < 0) {
		(void)close(ends[0]);
		errno = error;
		return -1;
	}
	*master = ends[0];
	return pid;
}

__attribute__((constructor)) static void watch_forks(void)
{
	if (client_active())
		(void)pthread_atfork(atfork_prepare, atfork_parent, atfork_child);
}

/* ---- vfork (vfork.S) ---- */

void process_vfork_enter(void);
long process_vfork_leave(long result);

__attribute__((visibility("hidden"))) void process_vfork_enter(void)
{
	if (!client_active() || in_vfork_child)
		return;
	vfork_enter();
}

/* In the parent, or after a failure. */
__attribute__((visibility("hidden"))) long process_vfork_leave(long result)
{
	if (in_vfork_child)
		vfork_leave();
	return result < 0 ? fail((int)-result) : result;
}
