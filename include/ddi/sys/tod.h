/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/tod.h>: the time of day: the driver's side. */
#ifndef _SYS_TOD_H
#define _SYS_TOD_H

#include <sys/types.h>
#include <sys/dditypes.h>
#include <sys/ksynch.h>
#include <sys/time.h>

#define TOD_SUSPENDED 0
#define TOD_READ 0x40
#define TOD_WRITE 0x80

struct tod_softc {
	dev_info_t *dip;
	kmutex_t mutex;
	int cpr_stage;
};

#endif
