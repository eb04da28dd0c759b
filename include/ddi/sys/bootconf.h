/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/bootconf.h>: where the system was booted from. */
#ifndef _SYS_BOOTCONF_H
#define _SYS_BOOTCONF_H

#include <sys/types.h>

/* 0: not over a network. */
extern int netboot SUNDOG_LINK(netboot);
/* 0: there are no STREAMS to be set up. */
int strplumb(void) SUNDOG_LINK(strplumb);

/* What comes along with it. */
#include <sys/byteorder.h>
#include <sys/cred.h>
#include <sys/obpdefs.h>
#include <sys/poll.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/varargs.h>

#endif
