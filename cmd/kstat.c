/* SPDX-License-Identifier: BSD-2-Clause */
/* kstat.c: `sundog kstat`: the named statistics of a running server, in the manner of kstat(1M) -p. */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/admin.h"
#include "cmd/command.h"

static const char help[] =
	"usage: sundog kstat [--name NAME | --socket NAME] [PATTERN...]\n"
	"Show the statistics that drivers and the system keep, one a line:\n"
	"MODULE:INSTANCE:NAME:STATISTIC, a tab, the value.\n"
	"\n"
	"  PATTERN        MODULE[:INSTANCE[:NAME[:STATISTIC]]], each a pattern of the\n"
	"                 shell; an empty one matches everything\n"
	"  --name NAME    the server of that name; else the one around this command,\n"
	"                 your only one, or that named \"default\"\n"
	"  --socket NAME  the server with that socket\n"
	"\n"
	"  sundog kstat caps::lockedmem_project_3\n"
	"\n"
	"Exit status: 0, or 125 when it failed or nothing matches.\n";

/* The pattern's parts, of which the last ones may be missing, against the four fields of a statistic. */
static int matches(const char *pattern, char **fields)
{
	char part[256];

	for (int i = 0; i < 4 && *pattern != '\0'; i++) {
		size_t n = strcspn(pattern, ":");

		snprintf(part, sizeof(part), "%.*s", (int)n, pattern);
		if (n > 0 && fnmatch(part, fields[i], 0) != 0)
			return 0;
		pattern += n + (pattern[n] == ':');
	}
	return 1;
}

static int wanted(char **patterns, char **fields)
{
	if (*patterns == NULL)
		return 1;
	for (; *patterns != NULL; patterns++)
		if (matches(*patterns, fields))
			return 1;
	return 0;
}

static int show(char **patterns, const struct args *lines)
{
	int found = 0;

	for (size_t i = 0; i < lines->n; i++) {
		char *f[6];

		admin_fields(lines->v[i], f, 6);
		if (!wanted(patterns, f + 1))
			continue;
		printf("%s:%s:%s:%s\t%s\n", f[1], f[2], f[3], f[4], f[5]);
		found = 1;
	}
	return found || *patterns == NULL ? 0 : fail("kstat: no statistic matches");
}

int cmd_kstat(int argc, char **argv)
{
	static const struct admin_command command = {.name = "kstat", .help = help};
	struct admin_server server;
	struct args lines = {0};
	int status = admin_options(&server, &command, NULL, argc, argv);

	if (status >= 0)
		return status;
	status = admin_ask(&server, "kstat", &lines);
	if (status == 0)
		status = show(argv + optind, &lines);
	args_free(&lines);
	return status;
}
