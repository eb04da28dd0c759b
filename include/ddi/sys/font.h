/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/font.h>: fonts of consoles. */
#ifndef _SYS_FONT_H
#define _SYS_FONT_H

#include <sys/types.h>

/* What comes along with it. */
#include <sys/note.h>
#include <sys/stddef.h>

#endif
