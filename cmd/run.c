/* SPDX-License-Identifier: BSD-2-Clause */
/* run.c: `sundog run`: a server for the time of one command. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/launch.h"
#include "cmd/options.h"
#include "cmd/supervisor.h"

/* A name that no other run has, nor can guess. */
static int private_name(char *name, size_t size)
{
	uint64_t random[2];

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return fail("cannot name the server's socket: getrandom: %s", strerror(errno));
	snprintf(name, size, "sundog.%u.%d.%016" PRIx64 "%016" PRIx64, getuid(), getpid(), random[0], random[1]);
	return 0;
}

/* COMMAND's status counts; then a dead server, then leaks. */
static int run(const struct options *o, const struct install *in)
{
	struct supervisor server;
	int status, end;
	char name[96];

	status = launch_check(o->command[0]);
	if (status != 0)
		return status;
	if (private_name(name, sizeof(name)) != 0 || supervisor_start(&server, o, in, name) != 0)
		return EXIT_SUNDOG;
	status = launch_environment(in, name);
	if (status == 0)
		status = launch_run(o->command);
	supervisor_idle(&server, o, &launch_hurry);
	launch_signals_default();
	end = supervisor_stop(&server);
	if (end == EXIT_SUNDOG)
		return EXIT_SUNDOG;
	return status != 0 ? status : end;
}

int cmd_run(int argc, char **argv)
{
	struct install in;
	struct options o;
	int status = options_parse(&o, OPTIONS_SERVER | OPTIONS_COMMAND | OPTIONS_WAIT, argc, argv);

	if (status == 0)
		status = install_find(&in);
	if (status == 0)
		status = run(&o, &in);
	options_free(&o);
	return status;
}
