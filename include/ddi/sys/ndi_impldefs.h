/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/ndi_impldefs.h>: the inside of nexus services. */
#ifndef _SYS_NDI_IMPLDEFS_H
#define _SYS_NDI_IMPLDEFS_H

#include <sys/types.h>

/* What comes along with it. */
#include <sys/ddi_impldefs.h>

#endif
