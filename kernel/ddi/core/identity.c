/* SPDX-License-Identifier: BSD-2-Clause */
/* What a machine says about itself. */
#include "kernel/ddi/core/machine.h"
#include "kernel/host.h"
#include <sys/bootconf.h>
#include <sys/cpuvar.h>
#include <sys/panic.h>
#include <sys/reboot.h>
#include <sys/sunddi.h>
#include <sys/systeminfo.h>
#include <sys/systm.h>
#include <sys/utsname.h>

char architecture[] = "amd64";
char architecture_32[] = "i386";
char platform[SYS_NMLN] = "sundog";
struct utsname utsname = {"SunOS", "sundog", "5.11", "sundog", "i86pc"};

int boothowto;             /* as after a plain boot */
int netboot;               /* from a disk of its own */
int audit_active;          /* no auditing */
int do_polled_io;          /* a driver that panics runs no more */
char *volatile panicstr;   /* likewise */
int maxphys = 1024 * 1024; /* bytes that physio() asks of strategy(9E) at once, see minphys() */

/* There are no STREAMS to be set up. */
int strplumb(void)
{
	return 0;
}
