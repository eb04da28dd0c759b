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

/* Name, whether `sundog --help` is its help, its line there.  Each is int cmd_NAME(int argc, char **argv) in a file of its own. */
#define COMMANDS(X) \
	X(cc, false, "  cc [-o OUT.so] SRC.c... [FLAG...]       compile a driver, by $CC or gcc\n") \
	X(run, true, "  run [OPTION...] -- COMMAND              start a server, run COMMAND, stop\n") \
	X(server, true, "  server [-n NAME] [OPTION...]            only the server, until interrupted\n") \
	X(exec, true, "  exec [-n NAME] [-p PROJECT] -- COMMAND  run COMMAND with that server\n") \
	X(prctl, false, "  prctl [OPTION...] [ID...]               show or change limits of a server\n") \
	X(newtask, false, "  newtask -p PROJECT -c PID               move a process to another project\n") \
	X(kstat, false, "  kstat [PATTERN...]                      show statistics of a server\n")

/* argv[0] is the subcommand's name.  Returns the exit status. */
#define COMMAND_PROTOTYPE(NAME, GENERAL_HELP, LINE) int cmd_##NAME(int argc, char **argv);
COMMANDS(COMMAND_PROTOTYPE)
#undef COMMAND_PROTOTYPE

/* Prints "sundog: " and one line on stderr.  Returns EXIT_SUNDOG, for `return fail(...)`. */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* On standard output.  0, or EXIT_SUNDOG after an error message. */
int print(const char *text);

#endif
