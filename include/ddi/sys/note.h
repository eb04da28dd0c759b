/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/note.h>: notes for lint; they mean nothing to the compiler. */
#ifndef _SYS_NOTE_H
#define _SYS_NOTE_H

#define _NOTE(note)
#define NOTE(note)

#endif
