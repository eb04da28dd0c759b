/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/ddi_implfuncs.h>: of the original's inside, what drivers call. */
#ifndef _SYS_DDI_IMPLFUNCS_H
#define _SYS_DDI_IMPLFUNCS_H

#include <sys/types.h>

/* KM_SLEEP, or KM_NOSLEEP: NULL if there is no memory.  kmem_free(9F) of its length and the zero. */
char *i_ddi_strdup(const char *, uint_t) SUNDOG_LINK(i_ddi_strdup);

/* What comes along with it. */
#include <sys/obpdefs.h>
#include <sys/task.h>

#endif
