/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/rsm/rsm.h>: remote shared memory. */
#ifndef _SYS_RSM_RSM_H
#define _SYS_RSM_RSM_H

#include <sys/types.h>

/* What comes along with it. */
#include <sys/rsm/rsm_common.h>

#endif
