/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/disp.h>: dispatch priorities of system threads. */
#ifndef _SYS_DISP_H
#define _SYS_DISP_H

#include <sys/types.h>

extern pri_t minclsyspri SUNDOG_LINK(minclsyspri);
extern pri_t maxclsyspri SUNDOG_LINK(maxclsyspri);

#define MINCLSYSPRI 60

#define kpreempt_disable() ((void)0)
#define kpreempt_enable() ((void)0)

/* What comes along with it. */
#include <sys/cred.h>
#include <sys/thread.h>
#include <sys/uio.h>

#endif
