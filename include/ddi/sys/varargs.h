/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/varargs.h>: variable argument lists. */
#ifndef _SYS_VARARGS_H
#define _SYS_VARARGS_H

#include <stdarg.h>

typedef va_list __va_list;

/* What comes along with it. */
#include <sys/isa_defs.h>

#endif
