/* SPDX-License-Identifier: BSD-2-Clause */
/* newtask.c: `sundog newtask`: moves a process to another project, in the manner of newtask(1) -c. */
#include "cmd/newtask.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/admin.h"
#include "cmd/command.h"
#include "wire/admin.h"

static const char help[] =
	"usage: sundog newtask [--name NAME | --socket NAME] -p PROJECT -c PID\n"
	"Move a process of a running server, with all that is locked for it, to another\n"
	"project.  `sundog exec -p PROJECT` starts a program in a project.\n"
	"\n"
	"  -p PROJECT     its name or number\n"
	"  -c PID         the process\n"
	"  --name NAME    the server of that name; else the one around this command,\n"
	"                 your only one, or that named \"default\"\n"
	"  --socket NAME  the server with that socket\n"
	"\n"
	"Exit status: 0, or 125 when it failed.\n";

static int ask(const struct admin_server *server, const char *project, const char *pid)
{
	struct args lines = {0};
	char text[ADMIN_LINE_MAX + 1];
	int status;

	if (strpbrk(project, "\t\n") != NULL || strlen(project) > 100 || (pid != NULL && strlen(pid) > 20))
		return fail("project %.100s: there is no such project", project);
	if (pid != NULL)
		snprintf(text, sizeof(text), "move\t%s\t%s", pid, project);
	else
		snprintf(text, sizeof(text), "task\t%s", project);
	status = admin_ask(server, text, &lines);
	args_free(&lines);
	return status;
}

int newtask_ask(const char *socket_name, const char *project, const char *pid)
{
	struct admin_server server;

	admin_choose(&server, NULL, socket_name);
	return ask(&server, project, pid);
}

struct newtask {
	const char *project, *pid;
};

static int option_take(void *arg, int letter)
{
	struct newtask *n = arg;

	*(letter == 'p' ? &n->project : &n->pid) = optarg;
	return 0;
}

int cmd_newtask(int argc, char **argv)
{
	static const struct admin_command command = {"newtask", help, "p:c:", option_take};
	struct newtask n = {0};
	struct admin_server server;
	int status = admin_options(&server, &command, &n, argc, argv);

	if (status >= 0)
		return status;
	if (optind < argc)
		return fail("newtask: %s: unexpected argument", argv[optind]);
	if (n.project == NULL || n.pid == NULL)
		return fail("newtask: -p PROJECT and -c PID must be given");
	return ask(&server, n.project, n.pid);
}
