/* SPDX-License-Identifier: BSD-2-Clause */
/* main.c: finds the subcommand. */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cmd/command.h"

#define HELP_LINE(NAME, GENERAL_HELP, LINE) LINE
#define COMMAND_LINES COMMANDS(HELP_LINE)
static const char help[] =
	"usage: sundog COMMAND [ARGUMENT...]\n"
	"Run drivers written for the Solaris/illumos DDI, with ordinary applications.\n"
	"\n" COMMAND_LINES
	"\n"
	"  -v                   print what happens\n"
	"  -d DRIVER.so[:CONF]  a driver, its driver.conf(4); else DRIVER.conf beside it\n"
	"  -x RCTL=VALUE        project.max-locked-memory=(privileged,128K,deny), zone...\n"
	"  -p PROJECT           of COMMAND, instead of the user's default project\n"
	"  --projects FILE      the project database, instead of /etc/project\n"
	"  --strict-lock        fail when memory that must stay resident cannot be locked\n"
	"  --fault-engine E     uffd or sigsegv, instead of the best that works\n"
	"  --kill-after SEC     run: kill what holds a device SEC seconds after COMMAND\n"
	"  -n NAME              of the server, \"default\" without it\n"
	"\n"
	"Exit status: COMMAND's; 128+n signal n; 99 a driver leaked; 125 sundog failed;\n"
	"126 COMMAND cannot be run; 127 not found.  More: sundog prctl --help, sundog(1).\n";

#define COMMAND(NAME, GENERAL_HELP, LINE) {#NAME, cmd_##NAME, GENERAL_HELP},
static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	bool general_help; /* else the command prints its own */
} commands[] = {COMMANDS(COMMAND)};

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

int print(const char *text)
{
	if (fputs(text, stdout) == EOF || fflush(stdout) == EOF)
		return fail("cannot write to standard output: %s", strerror(errno));
	return 0;
}

static bool asks_help(const char *arg)
{
	return strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return fail("no subcommand given: try `sundog --help`");
	if (asks_help(argv[1]) || strcmp(argv[1], "help") == 0)
		return print(help);
	if (strcmp(argv[1], "--version") == 0)
		return print("sundog " SUNDOG_VERSION "\n");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) != 0)
			continue;
		if (commands[i].general_help && argc > 2 && asks_help(argv[2]))
			return print(help);
		return commands[i].run(argc - 1, argv + 1);
	}
	return fail("%s: no such subcommand: try `sundog --help`", argv[1]);
}
