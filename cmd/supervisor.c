/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/note.h"
#include "cmd/supervisor.h"
#include "wire/address.h"
#include "wire/supervisor.h"

/* One flavour that serves every driver: 0, or EXIT_SUNDOG after an error message that names those that do not go together. */
static int choose_flavour(const struct args *drivers, enum flavour *chosen)
{
	const char *by = NULL, *why;

	*chosen = FLAVOUR_PLAIN;
	for (size_t i = 0; i < drivers->n; i++) {
		char names[512], path[PATH_MAX];
		enum flavour flavour;
		char *colon;

		snprintf(path, sizeof(path), "%s", drivers->v[i]);
		colon = strrchr(path, ':');
		if (colon != NULL && access(path, F_OK) != 0)
			*colon = '\0';
		if (note_sanitize(path, names, sizeof(names)) != 0)
			return EXIT_SUNDOG;
		if (!sanitize_flavour(names, &flavour, &why))
			return fail("%s: compiled with -fsanitize=%s: %s", path, names, why);
		if (flavour == FLAVOUR_PLAIN || flavour == *chosen)
			continue;
		if (*chosen != FLAVOUR_PLAIN)
			return fail("%s and %s: one is compiled with -fsanitize=thread, the other with "
				    "another sanitizer: no server has both runtimes",
				    by, path);
		*chosen = flavour;
		by = drivers->v[i];
	}
	return 0;
}

static void server_args(struct args *a, const struct options *o, const char *server, int fd, const char *name)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", fd);
	args_add_all(a, server, "-S", number, "-n", name, NULL);
	if (o->verbose)
		args_add(a, "-v");
	if (o->strict_lock)
		args_add(a, "--strict-lock");
	if (o->engine != NULL)
		args_add_all(a, "--fault-engine", o->engine, NULL);
	if (o->projects != NULL)
		args_add_all(a, "--projects", o->projects, NULL);
	if (o->project != NULL)
		args_add_all(a, "-p", o->project, NULL);
	for (size_t i = 0; i < o->settings.n; i++)
		args_add_all(a, "-x", o->settings.v[i], NULL);
	for (size_t i = 0; i < o->drivers.n; i++)
		args_add_all(a, "-d", o->drivers.v[i], NULL);
}

/*
 * The server's side of fork.  A process group of its own: Ctrl-C and Ctrl-Z are not for it.  (Not a session of its own:
 * Linux may schedule each session apart, which makes every switch to and from the application dearer.)  What it prints
 * goes to the terminal even if background groups are to be stopped for that (stty tostop).  It dies with the command,
 * however that ends.
 */
static _Noreturn void server_exec(const struct args *a, int fd, enum flavour flavour, pid_t parent)
{
	int null = open("/dev/null", O_RDWR);

	setpgid(0, 0);
	signal(SIGTTOU, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_SUNDOG);
	/* TSan's shadow memory collides with some random layouts. */
	if (flavour == FLAVOUR_TSAN)
		personality(ADDR_NO_RANDOMIZE);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	if (null >= 0 && fcntl(STDERR_FILENO, F_GETFD) < 0)
		dup2(null, STDERR_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	if (null > STDERR_FILENO)
		close(null);
	fcntl(fd, F_SETFD, 0);
	execv(a->v[0], a->v);
	_exit(fail("cannot start the server: %s: %s", a->v[0], strerror(errno)));
}

static int say(struct supervisor *s, const char *line)
{
	return send(s->fd, line, strlen(line), MSG_NOSIGNAL) < 0 ? errno : 0;
}

/* Receives one line without its newline; false: end of file. */
static bool hear(struct supervisor *s, char *line)
{
	ssize_t n;

	do
		n = recv(s->fd, line, SUPERVISOR_LINE_MAX, 0);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return true;
}

/* Reaps the server; how it ended, if not well, is reported with what it was asked to do. */
static int reap(struct supervisor *s, const char *what)
{
	char file[PATH_MAX];
	int status = 0;

	close(s->fd);
	while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (wire_socket_file(s->socket_name, false, file, sizeof(file)) == 0)
		wire_socket_remove(file); /* one that was killed could not */
	if (WIFSIGNALED(status))
		return fail("%s: the server died of signal %d (%s)", what, WTERMSIG(status),
			    strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status) != 0)
		return fail("%s: the server ended with status %d", what, WEXITSTATUS(status));
	return 0;
}

static int wait_ready(struct supervisor *s)
{
	char line[SUPERVISOR_LINE_MAX + 1];
	int status;

	if (!hear(s, line)) {
		status = reap(s, "cannot start the server");
		return status != 0 ? status : fail("cannot start the server: it ended");
	}
	if (strcmp(line, "ready") == 0)
		return 0;
	if (strncmp(line, "failed ", 7) == 0)
		fail("%s", line + 7);
	else
		fail("cannot start the server: unexpected answer: %s", line);
	close(s->fd);
	while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
		;
	return EXIT_SUNDOG;
}

/* Not descriptors 0 to 2, which the caller may have closed: the server's standard ones are put there. */
static bool pair_create(int pair[2])
{
	int low[2], error;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, low) != 0)
		return false;
	pair[0] = fcntl(low[0], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	pair[1] = fcntl(low[1], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	error = errno;
	close(low[0]);
	close(low[1]);
	if (pair[0] >= 0 && pair[1] >= 0)
		return true;
	close(pair[0] >= 0 ? pair[0] : pair[1]);
	errno = error;
	return false;
}

int supervisor_start(struct supervisor *s, const struct options *o, const struct install *in,
		     const char *socket_name)
{
	char server[PATH_MAX + 16];
	struct args a = {0};
	enum flavour flavour;
	pid_t parent = getpid();
	int pair[2], error;

	if (choose_flavour(&o->drivers, &flavour) != 0)
		return EXIT_SUNDOG;
	snprintf(server, sizeof(server), "%s%s", in->server, flavour_suffix[flavour]);
	if (access(server, X_OK) != 0)
		return fail("cannot start the server: %s: %s", server, strerror(errno));
	if (!pair_create(pair))
		return fail("cannot start the server: socketpair: %s", strerror(errno));
	server_args(&a, o, server, pair[1], socket_name);
	s->fd = pair[0];
	s->socket_name = socket_name;
	s->pid = fork();
	if (s->pid == 0)
		server_exec(&a, pair[1], flavour, parent);
	args_free(&a);
	close(pair[1]);
	if (s->pid < 0) {
		close(pair[0]);
		return fail("cannot start the server: fork: %s", strerror(errno));
	}
	error = wait_ready(s);
	if (error == 0 && o->verbose)
		fprintf(stderr, "sundog: %s is process %d, with %zu driver%s\n", server, s->pid, o->drivers.n,
			o->drivers.n == 1 ? "" : "s");
	return error;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/*
 * Waits for the server's next line until the deadline (none when negative) or a signal.  1: there is one to
 * hear, 0: time to hurry.
 */
static int wait_line(struct supervisor *s, double deadline, volatile sig_atomic_t *hurry, const sigset_t *unblocked)
{
	struct pollfd p = {.fd = s->fd, .events = POLLIN};
	struct timespec left = {0};
	double seconds;
	int n;

	while (*hurry == 0) {
		seconds = deadline - now();
		if (deadline >= 0 && seconds <= 0)
			return 0;
		left.tv_sec = (time_t)seconds;
		left.tv_nsec = (long)((seconds - (double)left.tv_sec) * 1e9);
		n = ppoll(&p, 1, deadline >= 0 ? &left : NULL, unblocked);
		if (n > 0)
			return 1;
	}
	return 0;
}

int supervisor_idle(struct supervisor *s, const struct options *o, volatile sig_atomic_t *hurry)
{
	double deadline = o->kill_after < 0 ? -1 : now() + o->kill_after;
	char line[SUPERVISOR_LINE_MAX + 1];
	static volatile sig_atomic_t never;
	sigset_t block, unblocked;
	int status = 0;

	/* Signals only inside ppoll, so that none slips in between the test of *hurry and the wait. */
	sigfillset(&block);
	sigprocmask(SIG_BLOCK, &block, &unblocked);
	say(s, "busy?\n");
	for (;;) {
		if (wait_line(s, deadline, hurry, &unblocked) == 0) {
			say(s, "kill\n");
			deadline = -1;
			hurry = &never;
			continue;
		}
		if (!hear(s, line)) {
			status = EXIT_SUNDOG; /* supervisor_stop says why */
			break;
		}
		if (strcmp(line, "busy 0") == 0)
			break;
		if (o->verbose)
			fprintf(stderr, "sundog: waiting for processes that hold a device:%s\n",
				line + strcspn(line, " "));
	}
	sigprocmask(SIG_SETMASK, &unblocked, NULL);
	return status;
}

int supervisor_stop(struct supervisor *s)
{
	char line[SUPERVISOR_LINE_MAX + 1];
	unsigned long leaks = 0;
	bool said = false;
	int status;

	say(s, "stop\n");
	while (hear(s, line)) {
		if (sscanf(line, "leaks %lu", &leaks) == 1)
			said = true;
	}
	status = reap(s, "the drivers were not stopped");
	if (status == 0 && !said)
		return fail("the drivers were not stopped: the server ended without an answer");
	if (status == 0 && leaks > 0)
		return EXIT_LEAKED;
	return status;
}
