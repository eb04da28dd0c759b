/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/stropts.h>: STREAMS: ioctls of applications. */
#ifndef _SYS_STROPTS_H
#define _SYS_STROPTS_H

#include <sys/types.h>

#define FLUSHR 1
#define FLUSHW 2

/* What comes along with it. */
#include <sys/conf.h>

#endif
