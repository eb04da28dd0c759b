/* SPDX-License-Identifier: BSD-2-Clause */
/* options.h: the options of run, server and exec. */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include <stdbool.h>

#include "cmd/args.h"

struct options {
	bool verbose, strict_lock;
	double kill_after;    /* seconds; negative: never */
	const char *engine;   /* "uffd", "sigsegv"; NULL: the best that works */
	const char *name;     /* of a server that several commands use */
	struct args drivers;  /* DRIVER.so[:CONF] */
	struct args settings; /* -x RCTL=VALUE */
	const char *project;  /* -p; NULL: the user's default project */
	const char *projects; /* the project database; NULL: /etc/project */
	char **command;       /* ends with NULL; NULL when there is none */
};

/* The letters of the options that a subcommand takes, besides those of its own. */
#define OPTIONS_SERVER 0x1u   /* -v -d -x -p --projects --strict-lock --fault-engine */
#define OPTIONS_COMMAND 0x2u  /* -- COMMAND [ARG...] */
#define OPTIONS_NAME 0x4u     /* -n */
#define OPTIONS_PROJECT 0x10u /* -p, of those that take no OPTIONS_SERVER */
#define OPTIONS_WAIT 0x8u     /* --kill-after */

/* 0, or EXIT_SUNDOG after an error message. */
int options_parse(struct options *o, unsigned takes, int argc, char **argv);
void options_free(struct options *o);

#endif
