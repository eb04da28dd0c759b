/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/promif.h>: the firmware: what there is of it. */
#ifndef _SYS_PROMIF_H
#define _SYS_PROMIF_H

#include <sys/types.h>
#include <sys/varargs.h>

/* As printf(9F). */
void prom_printf(const char *, ...) SUNDOG_LINK(prom_printf) __attribute__((format(printf, 1, 2)));
void prom_vprintf(const char *, va_list) SUNDOG_LINK(prom_vprintf);

/* What comes along with it. */
#include <sys/obpdefs.h>

#endif
