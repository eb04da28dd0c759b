/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/tmpdir.h"

static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
#define ENDINGS (sizeof(ending) / sizeof(ending[0]))

static char path[PATH_MAX];
static struct sigaction before[ENDINGS];
static volatile sig_atomic_t caught;
static volatile pid_t child;

static void on_signal(int signo)
{
	caught = signo;
	if (child > 0)
		kill(child, signo);
}

static void signals_block(sigset_t *old)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ENDINGS; i++)
		sigaddset(&set, ending[i]);
	sigprocmask(SIG_BLOCK, &set, old);
}

static void signals_catch(void)
{
	struct sigaction sa = {.sa_handler = on_signal};

	for (size_t i = 0; i < ENDINGS; i++) {
		sigaction(ending[i], NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN)
			sigaction(ending[i], &sa, NULL);
	}
}

static void signals_restore(void)
{
	for (size_t i = 0; i < ENDINGS; i++)
		sigaction(ending[i], &before[i], NULL);
}

const char *tmpdir_create(void)
{
	const char *tmp = getenv("TMPDIR");
	sigset_t old;

	if (tmp == NULL || *tmp == '\0')
		tmp = "/tmp";
	if (snprintf(path, sizeof(path), "%s/sundog-cc.XXXXXX", tmp) >= (int)sizeof(path)) {
		fail("cannot make a temporary directory: %.200s...: name too long", tmp);
		return NULL;
	}
	signals_block(&old);
	signals_catch();
	if (mkdtemp(path) == NULL) {
		fail("cannot make a temporary directory: %s: %s", path, strerror(errno));
		path[0] = '\0';
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	return path[0] != '\0' ? path : NULL;
}

void tmpdir_remove(void)
{
	DIR *d = opendir(path);
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		unlinkat(dirfd(d), e->d_name, 0);
	if (d != NULL)
		closedir(d);
	rmdir(path);
	path[0] = '\0';
	signals_restore();
	if (caught != 0)
		raise(caught);
}

int tmpdir_run(char *const argv[])
{
	sigset_t old;
	int status;

	signals_block(&old);
	/* Blocked: the handler sees either no child and we see its mark here, or the child. */
	child = caught != 0 ? -1 : fork();
	if (child == 0) {
		signals_restore();
		sigprocmask(SIG_SETMASK, &old, NULL);
		execvp(argv[0], argv);
		_exit(fail("%s: cannot be run: %s", argv[0], strerror(errno)));
	}
	if (child < 0 && caught == 0)
		fail("cannot start %s: %s", argv[0], strerror(errno));
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (child < 0)
		return EXIT_SUNDOG;
	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return EXIT_SUNDOG;
	}
	child = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
