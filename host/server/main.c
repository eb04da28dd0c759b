/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sundog-server: runs drivers for applications in other processes.  Started by the sundog command; see
 * wire/supervisor.h for its options.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "host/server/server.h"
#include "wire/supervisor.h"

/* ---- options ---- */

struct options {
	const char *socket;
	int supervisor;
	bool verbose, strict_lock;
	const char *engine;
	const char **drivers;
	size_t ndrivers;
	struct projects_options projects;
};

#define EXIT_SUNDOG 125

/* The supervisor reports it to the user; without one we do. */
__attribute__((format(printf, 2, 3), noreturn)) static void fail(const struct options *o, const char *format, ...)
{
	char line[SUPERVISOR_LINE_MAX - 16];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	line[strcspn(line, "\n")] = '\0';
	if (o->supervisor >= 0)
		supervisor_say(o->supervisor, "failed %s\n", line);
	else
		(void)fprintf(stderr, "sundog: %s\n", line);
	_exit(EXIT_SUNDOG);
}

static void options_parse(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {{"strict-lock", no_argument, NULL, 'L'},
					      {"fault-engine", required_argument, NULL, 'E'},
					      {"projects", required_argument, NULL, 'P'},
					      {0}};
	int c;

	o->drivers = calloc((size_t)argc, sizeof(*o->drivers));
	o->projects.settings = calloc((size_t)argc, sizeof(*o->projects.settings));
	if (o->drivers == NULL || o->projects.settings == NULL)
		fail(o, "options: %s", strerror(ENOMEM));
	opterr = 0;
	while ((c = getopt_long(argc, argv, "S:n:vd:x:p:", longs, NULL)) != -1) {
		switch (c) {
		case 'S':
			o->supervisor = atoi(optarg);
			break;
		case 'n':
			o->socket = optarg;
			break;
		case 'v':
			o->verbose = true;
			break;
		case 'L':
			o->strict_lock = true;
			break;
		case 'E':
			o->engine = optarg;
			break;
		case 'd':
			o->drivers[o->ndrivers++] = optarg;
			break;
		case 'x':
			o->projects.settings[o->projects.nsettings++] = optarg;
			break;
		case 'p':
			o->projects.project = optarg;
			break;
		case 'P':
			o->projects.file = optarg;
			break;
		default:
			fail(o, "%s: unknown option, or one without its value", argv[optind - 1]);
		}
	}
	if (optind < argc)
		fail(o, "%s: unknown argument", argv[optind]);
	if (o->socket == NULL)
		fail(o, "-n SOCKET is missing");
}

/* ---- start and stop ---- */

static void signals_init(void)
{
	sigset_t set;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN); /* the files of promoted pages are long, if empty */
	crash_prepare();
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

/* With the limit, where it is one. */
static const char *why(int error)
{
	static char text[128];

	if (error != EMFILE)
		return strerror(error);
	(void)snprintf(text, sizeof(text), "%s: RLIMIT_NOFILE is %llu", strerror(error),
		       (unsigned long long)posix_limit(RLIMIT_NOFILE));
	return text;
}

static void start(const struct options *o)
{
	struct sys_config config = {.verbose = o->verbose, .strict_lock = o->strict_lock};
	struct posix_config posix = {.verbose = o->verbose, .strict_lock = o->strict_lock};
	char message[SUPERVISOR_LINE_MAX - 64] = "";
	const char *engines;
	bool unload;
	int error;

	posix_init(&posix);
	if ((error = sys_boot(&config)) != 0)
		fail(o, "start: %s", why(error));
	if (!projects_start(&o->projects, message, sizeof(message)))
		fail(o, "%s", message);
	if (engine_start(o->engine, &engines) != 0)
		fail(o, "--fault-engine %s: must be %s", o->engine, engines);
	sys_thread_enter(NULL);
	if (drivers_load(o->drivers, o->ndrivers, message, sizeof(message)) != 0) {
		(void)report_halt(&unload);
		fail(o, "%s", message);
	}
	sys_thread_leave();
	if ((error = jobs_start(lifecycle_find)) != 0 || (error = lifecycle_start()) != 0)
		fail(o, "start: %s", why(error));
	if ((error = nodes_start()) != 0)
		fail(o, "table of nodes: %s", why(error));
	error = listener_start(o->socket);
	if (error == EADDRINUSE)
		fail(o, "socket %s: another server of this name is running already", o->socket);
	if (error != 0)
		fail(o, "socket %s: %s", o->socket, why(error));
}

static void stop(const struct options *o)
{
	unsigned leaks;
	bool unload;

	server_lock();
	server.stopping = true;
	server_unlock();
	process_end_all(); /* first: a hello may wait for the end of one */
	listener_stop();
	process_end_all();
	jobs_drain();
	open_close_all();
	jobs_drain();
	heirs_purge(true);
	lifecycle_stop();
	demote_stop();
	sleepers_stop();
	sys_thread_enter(NULL);
	leaks = report_halt(&unload);
	sys_thread_leave();
	if (unload)
		driver_unload_all();
	projects_stop();
	supervisor_say(o->supervisor, "leaks %u\n", leaks);
}

int main(int argc, char **argv)
{
	struct options o = {.supervisor = -1};

	signals_init();
	options_parse(&o, argc, argv);
	if (o.supervisor >= 0)
		(void)fcntl(o.supervisor, F_SETFD, FD_CLOEXEC);
	server_verbose = o.verbose;
	start(&o);
	supervisor_run(o.supervisor);
	stop(&o);
	free(o.projects.settings);
	free(o.drivers);
	return 0;
}
