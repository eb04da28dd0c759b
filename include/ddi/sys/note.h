/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/note.h>: notes to lint, which say nothing to the compiler. */
#ifndef _SYS_NOTE_H
#define _SYS_NOTE_H

#define _NOTE(note)
#define NOTE(note)

#endif
