/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/launch.h"
#include "wire/address.h"

volatile sig_atomic_t launch_hurry;

static const int watched[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};
#define WATCHED (sizeof(watched) / sizeof(watched[0]))
static struct sigaction before[WATCHED];
static volatile pid_t child;

static int cannot(const char *command, int error)
{
	fail("%s: cannot run the command: %s", command, strerror(error));
	return error == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN;
}

/* 0, or errno of running this file. */
static int file_check(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return errno;
	if (S_ISDIR(st.st_mode))
		return EACCES;
	return access(path, X_OK) == 0 ? 0 : errno;
}

int launch_check(const char *command)
{
	const char *path = getenv("PATH"), *p;
	int error, worst = ENOENT;
	char file[PATH_MAX];

	if (strchr(command, '/') != NULL) {
		error = file_check(command);
		return error == 0 ? 0 : cannot(command, error);
	}
	for (p = path != NULL ? path : "/bin:/usr/bin"; *command != '\0'; p++) {
		size_t n = strcspn(p, ":");

		snprintf(file, sizeof(file), "%.*s%s%s", (int)n, p, n > 0 ? "/" : "", command);
		error = file_check(file);
		if (error == 0)
			return 0;
		if (error == EACCES)
			worst = EACCES;
		p += n;
		if (*p == '\0')
			break;
	}
	return cannot(command, worst);
}

/* For programs in other network namespaces. */
static bool file_name(const char *socket_name)
{
	char file[PATH_MAX];

	if (socket_name[0] == '/' || wire_socket_file(socket_name, false, file, sizeof(file)) != 0)
		return unsetenv(WIRE_ENV_FILE) == 0;
	return setenv(WIRE_ENV_FILE, file, 1) == 0;
}

/* Before the user's own, which win. */
static bool option_add(const char *variable, const char *option, const char *separator)
{
	const char *others = getenv(variable);
	size_t size = strlen(option) + 2 + (others != NULL ? strlen(others) : 0);
	char *value = malloc(size);

	if (value == NULL)
		return false;
	snprintf(value, size, "%s%s%s", option, others != NULL && *others != '\0' ? separator : "",
		 others != NULL ? others : "");
	bool ok = setenv(variable, value, 1) == 0;
	free(value);
	return ok;
}

/*
 * What runs COMMAND, or is built into it, and asks for something.  Under valgrind a thread goes on after the signal of an
 * access that the server has served, so its registers must be right at each access.  AddressSanitizer's shared runtime
 * wants to be the first library, and is as good behind ours.
 */
static bool options_for_tools(void)
{
	return option_add("VALGRIND_OPTS", "--vex-iropt-register-updates=allregs-at-mem-access", " ") &&
	       option_add("ASAN_OPTIONS", "verify_asan_link_order=0", ":");
}

int launch_environment(const struct install *in, const char *socket_name)
{
	const char *preload = getenv("LD_PRELOAD");
	size_t size = strlen(in->preload) + 2 + (preload != NULL ? strlen(preload) : 0);
	char *value = malloc(size);
	bool ok;

	if (value == NULL)
		return fail("out of memory for LD_PRELOAD");
	snprintf(value, size, "%s%s%s", in->preload, preload != NULL && *preload != '\0' ? ":" : "",
		 preload != NULL ? preload : "");
	ok = setenv("LD_PRELOAD", value, 1) == 0 && setenv(WIRE_ENV, socket_name, 1) == 0 && file_name(socket_name) &&
	     options_for_tools();
	free(value);
	return ok ? 0 : fail("cannot set the environment: %s", strerror(errno));
}

int launch_exec(char **command)
{
	execvp(command[0], command);
	return cannot(command[0], errno);
}

/* The terminal sends its signals to the whole group: passed on are only those that came from a process. */
static void forward(int signo, siginfo_t *info, void *context)
{
	(void)context;
	launch_hurry = 1;
	if (child > 0 && info->si_code <= 0)
		kill(child, signo);
}

static void hurry(int signo)
{
	(void)signo;
	launch_hurry = 1;
}

/* As in the shell: SIGINT and SIGQUIT are COMMAND's alone, the rest reaches it through us. */
static void signals_watch(void)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction pass = {.sa_sigaction = forward, .sa_flags = SA_SIGINFO | SA_RESTART};

	for (size_t i = 0; i < WATCHED; i++) {
		bool keyboard = watched[i] == SIGINT || watched[i] == SIGQUIT;

		sigaction(watched[i], NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN)
			sigaction(watched[i], keyboard ? &ignore : &pass, NULL);
	}
}

static void signals_hurry(void)
{
	struct sigaction sa = {.sa_handler = hurry};

	launch_hurry = 0;
	for (size_t i = 0; i < WATCHED; i++) {
		if (before[i].sa_handler != SIG_IGN)
			sigaction(watched[i], &sa, NULL);
	}
}

void launch_signals_default(void)
{
	for (size_t i = 0; i < WATCHED; i++)
		sigaction(watched[i], &before[i], NULL);
}

/*
 * COMMAND has stopped.  Whoever waits for us must see us stopped, too.  By Ctrl-Z we were, with the whole group,
 * and may be here because `fg` has just continued us both: then there is nothing to do.
 */
static void stop_along(void)
{
	siginfo_t info = {0};

	if (waitid(P_PID, (id_t)child, &info, WSTOPPED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0) {
		siginfo_t cont = {0};

		/* waitpid has taken the report; has COMMAND been continued since? */
		if (waitid(P_PID, (id_t)child, &cont, WCONTINUED | WNOHANG) == 0 && cont.si_pid != 0)
			return;
	}
	raise(SIGSTOP);
	kill(child, SIGCONT);
}

static int wait_command(void)
{
	int status;

	for (;;) {
		if (waitpid(child, &status, WUNTRACED) < 0) {
			if (errno == EINTR)
				continue;
			return fail("cannot wait for the command: %s", strerror(errno));
		}
		if (WIFSTOPPED(status))
			stop_along();
		else
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
}

int launch_run(char **command)
{
	pid_t parent = getpid();
	sigset_t all, old;
	int status;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	signals_watch();
	child = fork();
	if (child == 0) {
		launch_signals_default();
		/* Nothing is left when we are killed with SIGKILL. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(EXIT_SUNDOG);
		sigprocmask(SIG_SETMASK, &old, NULL);
		_exit(launch_exec(command));
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	status = child < 0 ? fail("cannot start the command: fork: %s", strerror(errno)) : wait_command();
	child = 0;
	signals_hurry();
	return status;
}
