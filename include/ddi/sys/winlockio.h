/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/winlockio.h>: locks of windows: ioctls. */
#ifndef _SYS_WINLOCKIO_H
#define _SYS_WINLOCKIO_H

#include <sys/types.h>
#include <sys/ioccom.h>

struct winlockalloc {
	uint_t sy_key;
	uint_t sy_ident;
};

struct winlocktimeout {
	uint_t sy_ident;
	uint_t sy_timeout;
	int sy_flags;
};

/* What comes along with it. */
#include <sys/fbio.h>

#endif
