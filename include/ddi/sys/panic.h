/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/panic.h>: what the system does when it panics. */
#ifndef _SYS_PANIC_H
#define _SYS_PANIC_H

#include <sys/types.h>

#define PANICSTKSIZE 16384
#define PANICBUFSIZE 8192
#define PANICBUFVERS 2
#define PANICNVNAMELEN 16

/* 0, and NULL in <sys/systm.h>'s panicstr: a driver that panics runs no more. */
extern int do_polled_io SUNDOG_LINK(do_polled_io);

/* What comes along with it. */
#include <sys/cpuvar.h>

#endif
