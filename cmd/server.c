/* SPDX-License-Identifier: BSD-2-Clause */
/* server.c: `sundog server`, for several commands and terminals, and `sundog exec`, which uses it. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/connect.h"
#include "cmd/launch.h"
#include "cmd/newtask.h"
#include "cmd/options.h"
#include "cmd/supervisor.h"

static void public_name(const struct options *o, char *name, size_t size)
{
	snprintf(name, size, "sundog.%u.%s", getuid(), o->name);
}

/* Until a signal asks for the end, or the server is gone. */
static int serve(struct supervisor *server, int signals)
{
	struct pollfd p[2] = {{.fd = signals, .events = POLLIN}, {.fd = server->fd, .events = POLLIN}};

	puts("ready");
	fflush(stdout);
	while (poll(p, 2, -1) < 0 && errno == EINTR)
		;
	return supervisor_stop(server);
}

static int server(const struct options *o, const struct install *in)
{
	struct supervisor server;
	sigset_t set;
	int signals, status;
	char name[128];

	public_name(o, name, sizeof(name));
	status = supervisor_start(&server, o, in, name);
	if (status != 0)
		return status;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (signals < 0) {
		fail("cannot wait for signals: signalfd: %s", strerror(errno));
		supervisor_stop(&server);
		return EXIT_SUNDOG;
	}
	status = serve(&server, signals);
	close(signals);
	return status;
}

int cmd_server(int argc, char **argv)
{
	struct install in;
	struct options o;
	int status = options_parse(&o, OPTIONS_SERVER | OPTIONS_NAME, argc, argv);

	if (status == 0 && o.drivers.n == 0)
		status = fail("server: no driver given: -d DRIVER.so[:CONF]");
	if (status == 0)
		status = install_find(&in);
	if (status == 0)
		status = server(&o, &in);
	options_free(&o);
	return status;
}

/* Is a server listening there, and may we obey it? */
static int server_check(const struct options *o, const char *name)
{
	uid_t owner;
	int fd, error = connect_server(name, &fd, &owner);

	if (error == 0)
		close(fd);
	if (error == ECONNREFUSED)
		return fail("no server named %s is running for uid %u: start it with `sundog server -n %s -d ...`",
			    o->name, getuid(), o->name);
	if (error == EPERM)
		return fail("the server named %s is user %u's, not root's or uid %u's: not obeyed", o->name, owner, getuid());
	return error == 0 ? 0 : fail("cannot reach the server named %s: %s", o->name, strerror(error));
}

int cmd_exec(int argc, char **argv)
{
	struct install in;
	struct options o;
	char name[128];
	int status = options_parse(&o, OPTIONS_COMMAND | OPTIONS_NAME | OPTIONS_PROJECT, argc, argv);

	if (status == 0)
		status = install_find(&in);
	if (status == 0)
		status = launch_check(o.command[0]);
	if (status == 0) {
		public_name(&o, name, sizeof(name));
		status = server_check(&o, name);
	}
	if (status == 0 && o.project != NULL)
		status = newtask_ask(name, o.project, NULL);
	if (status == 0)
		status = launch_environment(&in, name);
	if (status == 0)
		status = launch_exec(o.command);
	options_free(&o);
	return status;
}
