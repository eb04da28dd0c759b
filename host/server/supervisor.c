/* SPDX-License-Identifier: BSD-2-Clause */
/* supervisor.c: the command that started us, by wire/supervisor.h; and the signals that mean something to us. */
#define _GNU_SOURCE
#include "wire/supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/server/base/linux.h"
#include "host/server/server.h"

static atomic_bool awaited; /* the command has "busy N" and waits for "busy 0" */

void supervisor_say(int fd, const char *format, ...)
{
	char line[SUPERVISOR_LINE_MAX];
	va_list ap;
	int n;

	if (fd < 0)
		return;
	va_start(ap, format);
	n = vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof(line)) {
		n = sizeof(line) - 1;
		line[n - 1] = '\n';
	}
	(void)send(fd, line, (size_t)n, MSG_NOSIGNAL);
}

/* ---- processes that hold the device ---- */

static bool holds(struct process *p)
{
	bool any;

	if (p->state == PROCESS_PENDING && p->pidfd < 0)
		return false;
	pthread_mutex_lock(&p->lock);
	any = p->proofs->count > 0;
	pthread_mutex_unlock(&p->lock);
	return any || !as_empty(p->as);
}

/* Processes that hold an open or a mapping; SIGKILL for each of them if kill. */
static unsigned process_busy(bool kill)
{
	struct process *p;
	unsigned count = 0;

	server_lock();
	LIST_FOREACH (p, &server.processes, link) {
		if (!holds(p))
			continue;
		count++;
		if (kill && p->pidfd >= 0)
			(void)pidfd_signal(p->pidfd, SIGKILL, NULL);
	}
	count += open_unproven(); /* held by a process without our library */
	server_unlock();
	return count;
}

static void busy_answer(int fd)
{
	unsigned n;

	atomic_store(&awaited, true); /* first, or the last change may be missed */
	n = process_busy(false);
	if (n == 0)
		atomic_store(&awaited, false);
	supervisor_say(fd, "busy %u\n", n);
}

static void busy_changed(int fd, int changed)
{
	uint64_t value;

	(void)!read(changed, &value, sizeof(value));
	if (atomic_load(&awaited) && process_busy(false) == 0) {
		atomic_store(&awaited, false);
		supervisor_say(fd, "busy 0\n");
	}
}

/* ---- commands ---- */

static void stats_answer(int fd)
{
	char line[256];

	report_stats(line, sizeof(line));
	supervisor_say(fd, "stats %s\n", line);
}

/* False: stop. */
static bool command(int fd)
{
	char line[64];
	ssize_t n = recv(fd, line, sizeof(line) - 1, 0);

	if (n < 0 && errno == EINTR)
		return true;
	if (n <= 0)
		return false;
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (strcmp(line, "stop") == 0)
		return false;
	if (strcmp(line, "busy?") == 0)
		busy_answer(fd);
	else if (strcmp(line, "kill") == 0)
		(void)process_busy(true);
	else if (strcmp(line, "stats") == 0)
		stats_answer(fd);
	return true;
}

static bool signal_arrived(int fd)
{
	struct signalfd_siginfo info;
	char line[256];

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return true;
	if (info.ssi_signo != SIGUSR1)
		return false;
	report_stats(line, sizeof(line));
	(void)fprintf(stderr, "sundog: %s\n", line);
	return true;
}

static int signals_descriptor(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	return signalfd(-1, &set, SFD_CLOEXEC); /* main() has blocked them */
}

void supervisor_run(int fd)
{
	int changed = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct pollfd p[3] = {{signals_descriptor(), POLLIN, 0}, {changed, POLLIN, 0}, {fd, POLLIN, 0}};
	bool go_on = true;

	server_changed_tell(changed, &awaited);
	supervisor_say(fd, "ready\n");
	while (go_on) {
		if (poll(p, fd >= 0 ? 3 : 2, -1) < 0)
			continue;
		if (p[0].revents)
			go_on = signal_arrived(p[0].fd);
		if (p[1].revents)
			busy_changed(fd, changed);
		if (fd >= 0 && p[2].revents && go_on)
			go_on = command(fd);
	}
	atomic_store(&awaited, false); /* changed stays open: late callers may be about to write to it */
	close(p[0].fd);
}
