/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/utsname.h>: the system's names, uname(2). */
#ifndef _SYS_UTSNAME_H
#define _SYS_UTSNAME_H

#include <sys/types.h>

#define _SYS_NMLN 257
#define SYS_NMLN 257

struct utsname {
	char sysname[_SYS_NMLN];
	char nodename[_SYS_NMLN];
	char release[_SYS_NMLN];
	char version[_SYS_NMLN];
	char machine[_SYS_NMLN];
};

/* "SunOS", "sundog", "5.11", "sundog", "i86pc": of the simulated system, not of its host. */
extern struct utsname utsname SUNDOG_LINK(utsname);

#endif
