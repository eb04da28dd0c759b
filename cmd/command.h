/* SPDX-License-Identifier: BSD-2-Clause */
/* command.h: the subcommands, each in a file of its name, and how they report. */
#ifndef CMD_COMMAND_H
#define CMD_COMMAND_H

/* Exit statuses of sundog itself; those of env(1) where it has one. */
enum {
	EXIT_LEAKED = 99,      /* COMMAND succeeded, but a driver forgot something */
	EXIT_SUNDOG = 125,     /* sundog itself failed */
	EXIT_CANNOT_RUN = 126, /* COMMAND exists but cannot be run */
	EXIT_NOT_FOUND = 127,
};

/* argv[0] is the subcommand's name.  Returns the exit status. */
int cmd_cc(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_server(int argc, char **argv);
int cmd_exec(int argc, char **argv);
int cmd_prctl(int argc, char **argv);
int cmd_kstat(int argc, char **argv);
int cmd_newtask(int argc, char **argv);

/* Prints "sundog: " and one line on stderr.  Returns EXIT_SUNDOG, for `return fail(...)`. */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* On standard output.  0, or EXIT_SUNDOG after an error message. */
int print(const char *text);

#endif
