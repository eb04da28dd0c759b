/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/options.h"

#define NAME_MAX_BYTES 64

/*
 * "-dX", "-d X", "--kill-after=X" or "--kill-after X": does argv[*i] name this option?  Its value, or NULL in *value
 * when none follows.
 */
static bool valued(const char *option, int argc, char **argv, int *i, const char **value)
{
	const char *arg = argv[*i];
	size_t n = strlen(option);

	if (strncmp(arg, option, n) != 0)
		return false;
	if (arg[n] == '\0') {
		*value = *i + 1 < argc ? argv[++*i] : NULL;
		return true;
	}
	if (option[1] == '-' && arg[n] != '=')
		return false;
	*value = arg + n + (option[1] == '-');
	return true;
}

static int set_name(struct options *o, const char *value)
{
	if (*value == '\0' || strlen(value) > NAME_MAX_BYTES || strchr(value, '/') != NULL)
		return fail("-n %.80s: a server's name has 1 to %d bytes and no /", value, NAME_MAX_BYTES);
	o->name = value;
	return 0;
}

static int set_kill_after(struct options *o, const char *value)
{
	char *end;

	o->kill_after = strtod(value, &end);
	if (end == value || *end != '\0' || !isfinite(o->kill_after) || o->kill_after < 0 || o->kill_after > 1e6)
		return fail("--kill-after %s: not a number of seconds from 0 to 1000000", value);
	return 0;
}

static int set_engine(struct options *o, const char *value)
{
	if (strcmp(value, "uffd") != 0 && strcmp(value, "sigsegv") != 0)
		return fail("--fault-engine %.80s: must be uffd or sigsegv", value);
	o->engine = value;
	return 0;
}

static int parse_one(struct options *o, unsigned takes, int argc, char **argv, int *i)
{
	const char *arg = argv[*i], *value = NULL;

	if ((takes & OPTIONS_SERVER) && strcmp(arg, "-v") == 0) {
		o->verbose = true;
		return 0;
	}
	if ((takes & OPTIONS_SERVER) && strcmp(arg, "--strict-lock") == 0) {
		o->strict_lock = true;
		return 0;
	}
	if ((takes & OPTIONS_SERVER) && valued("-d", argc, argv, i, &value)) {
		if (value == NULL || *value == '\0')
			return fail("-d: a driver must follow (DRIVER.so[:CONF])");
		args_add(&o->drivers, value);
		return 0;
	}
	if ((takes & OPTIONS_SERVER) && valued("--fault-engine", argc, argv, i, &value))
		return value == NULL ? fail("--fault-engine: uffd or sigsegv must follow") : set_engine(o, value);
	if ((takes & OPTIONS_SERVER) && valued("-x", argc, argv, i, &value)) {
		if (value == NULL || *value == '\0')
			return fail("-x: a limit must follow (project.max-locked-memory=(privileged,SIZE,deny))");
		args_add(&o->settings, value);
		return 0;
	}
	if ((takes & (OPTIONS_SERVER | OPTIONS_PROJECT)) && valued("-p", argc, argv, i, &o->project))
		return o->project != NULL && *o->project != '\0' ? 0 : fail("-p: a project's name or number must follow");
	if ((takes & OPTIONS_SERVER) && valued("--projects", argc, argv, i, &o->projects))
		return o->projects != NULL && *o->projects != '\0' ? 0 : fail("--projects: a file must follow");
	if ((takes & OPTIONS_NAME) && valued("-n", argc, argv, i, &value))
		return value == NULL ? fail("-n: a server's name must follow") : set_name(o, value);
	if ((takes & OPTIONS_WAIT) && valued("--kill-after", argc, argv, i, &value))
		return value == NULL ? fail("--kill-after: seconds must follow") : set_kill_after(o, value);
	return fail("%s: unknown option: try `sundog --help`", arg);
}

int options_parse(struct options *o, unsigned takes, int argc, char **argv)
{
	int i, error = 0;

	*o = (struct options){.kill_after = -1, .name = "default"};
	for (i = 1; i < argc && error == 0 && argv[i][0] == '-' && strcmp(argv[i], "--") != 0; i++)
		error = parse_one(o, takes, argc, argv, &i);
	if (error != 0)
		return error;
	if (i < argc && strcmp(argv[i], "--") == 0)
		i++;
	if (takes & OPTIONS_COMMAND) {
		if (i >= argc)
			return fail("%s: no command given: -- COMMAND [ARG...]", argv[0]);
		o->command = argv + i;
	} else if (i < argc) {
		return fail("%s: %s: unexpected argument", argv[0], argv[i]);
	}
	return 0;
}

void options_free(struct options *o)
{
	args_free(&o->drivers);
	args_free(&o->settings);
}
