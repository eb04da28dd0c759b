/* SPDX-License-Identifier: BSD-2-Clause */
/* main.c: finds the subcommand. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd/command.h"

static const char help[] =
	"usage: sundog COMMAND [ARGUMENT...]\n"
	"Run drivers written for the Solaris/illumos DDI, with ordinary processes as their applications.\n"
	"\n"
	"  sundog cc [-o OUT.so] SRC.c... [compiler flags]       compile a driver ($CC, or gcc)\n"
	"  sundog run [-v] [-d DRIVER.so[:CONF]]... -- COMMAND   start a server with these drivers, run COMMAND, stop\n"
	"  sundog server [-n NAME] -d DRIVER.so[:CONF]...        only the server, until it is interrupted\n"
	"  sundog exec [-n NAME] [-p PROJECT] -- COMMAND         run COMMAND with the drivers of that server\n"
	"  sundog prctl [--name NAME] [OPTION]...                show or change limits of a running server\n"
	"  sundog newtask -p PROJECT -c PID                      move a process of it to another project\n"
	"  sundog kstat [--name NAME] [PATTERN]...               show its statistics\n"
	"\n"
	"  -v                 say what happens\n"
	"  -d DRIVER.so:CONF  a driver, with its driver.conf(4); without :CONF, DRIVER.conf beside it if there is one\n"
	"  --strict-lock      fail when memory that must not be paged out cannot be locked\n"
	"  --fault-engine E   uffd (userfaultfd) or sigsegv (a signal handler) instead of the best that works\n"
	"  -x RCTL=VALUE      limit locked memory: project.max-locked-memory=(privileged,128K,deny), zone... or process...\n"
	"  -p PROJECT         the project that COMMAND runs in, instead of the user's default project\n"
	"  --projects FILE    the project database, /etc/project without it\n"
	"  --kill-after SEC   end processes that still hold a device SEC seconds after COMMAND has ended\n"
	"  -n NAME            name of the server, \"default\" without it\n"
	"  --help, --version\n"
	"\n"
	"Exit status: COMMAND's; 128+n when signal n ended it; 99 when a driver leaked; 125 when sundog failed;\n"
	"126 when COMMAND cannot be run, 127 when it is not found.  See sundog(1) and sundog(7).\n";

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "cc", cmd_cc },
	{ "run", cmd_run },
	{ "server", cmd_server },
	{ "exec", cmd_exec },
	{ "prctl", cmd_prctl },
	{ "kstat", cmd_kstat },
	{ "newtask", cmd_newtask },
};

int fail(const char *format, ...)
{
	char line[2048];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	fprintf(stderr, "sundog: %s\n", line);
	return EXIT_SUNDOG;
}

static int print(const char *text)
{
	if (fputs(text, stdout) == EOF || fflush(stdout) == EOF)
		return fail("cannot write to standard output: %s", strerror(errno));
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return fail("no subcommand given: try `sundog --help`");
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
		return print(help);
	if (strcmp(argv[1], "--version") == 0)
		return print("sundog " SUNDOG_VERSION "\n");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	}
	return fail("%s: no such subcommand: try `sundog --help`", argv[1]);
}
