/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * note.h: the section ".sundog" that `sundog cc` leaves in a driver: lines of KEY=VALUE that record how it was
 * compiled (compiler, version, sanitize, headers), and what follows from it for the server.
 */
#ifndef CMD_NOTE_H
#define CMD_NOTE_H

#include <stdbool.h>
#include <stddef.h>

#define NOTE_SECTION ".sundog"

/* The -fsanitize= checks that compiler flags leave switched on, in the order in which they came. */
struct sanitize {
	char names[512]; /* comma-separated */
};
/* Takes -fsanitize= and -fno-sanitize= flags; false: flag is another one. */
bool sanitize_flag(struct sanitize *s, const char *flag);

enum flavour {
	FLAVOUR_PLAIN,
	FLAVOUR_ASAN,
	FLAVOUR_TSAN,
};
extern const char *const flavour_suffix[]; /* of the server's name */
/*
 * The server that has the runtime for these checks.  false: none has; *why is the reason (constant text).
 */
bool sanitize_flavour(const char *names, enum flavour *flavour, const char **why);

/*
 * Reads the sanitize= line of a driver; a driver without the section has none.  0, or EXIT_SUNDOG after
 * an error message: the file is missing, or no shared object for this machine.
 */
int note_sanitize(const char *driver, char *names, size_t size);

#endif
