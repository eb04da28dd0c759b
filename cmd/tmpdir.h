/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tmpdir.h: a directory for temporary files that is gone on every way out, and the children that work in
 * it.  One at a time; signals that end a program (INT, TERM, HUP, QUIT) are caught in between.
 */
#ifndef CMD_TMPDIR_H
#define CMD_TMPDIR_H

/* Makes it, below $TMPDIR or /tmp.  Its path, or NULL after an error message. */
const char *tmpdir_create(void);
/* Removes it.  If a signal came meanwhile, dies of it: the caller does not see the return then. */
void tmpdir_remove(void);
/*
 * Runs argv and waits: its exit status, 128 + n when signal n ended it, EXIT_SUNDOG when it cannot be run (reported),
 * also when a signal has come: the signal is passed to the child, and no new one is started.
 */
int tmpdir_run(char *const argv[]);

#endif
