/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/ddi.h>: services common to all drivers.  Together with <sys/sunddi.h> it brings in everything that a
 * driver usually needs.
 */
#ifndef _SYS_DDI_H
#define _SYS_DDI_H

#include <sys/buf.h>
#include <sys/cmn_err.h>
#include <sys/cred.h>
#include <sys/debug.h>
#include <sys/dditypes.h>
#include <sys/devops.h>
#include <sys/disp.h>
#include <sys/errno.h>
#include <sys/kmem.h>
#include <sys/ksynch.h>
#include <sys/mman.h>
#include <sys/model.h>
#include <sys/open.h>
#include <sys/param.h>
#include <sys/poll.h>
#include <sys/proc.h>
#include <sys/string.h>
#include <sys/sysmacros.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>

/* Functions, not macros: drivers pass them as arguments and declare them themselves. */
major_t getmajor(dev_t) SUNDOG_LINK(getmajor);
minor_t getminor(dev_t) SUNDOG_LINK(getminor);
major_t getemajor(dev_t) SUNDOG_LINK(getemajor);
minor_t geteminor(dev_t) SUNDOG_LINK(geteminor);
dev_t makedevice(major_t, minor_t) SUNDOG_LINK(makedevice);
int etoimajor(major_t) SUNDOG_ABSENT(etoimajor);
int itoemajor(major_t, int) SUNDOG_ABSENT(itoemajor);
dev_t expdev(dev_t) SUNDOG_ABSENT(expdev);
o_dev_t cmpdev(dev_t) SUNDOG_ABSENT(cmpdev);

/* drv_getparm(9F) */
#define TIME 1
#define UCRED 13
#define LBOLT 4
#define PPGRP 3
#define PPID 11
#define PSID 12
#define UPROCP 2
/*
 * LBOLT: clock_t, TIME: time_t, UPROCP: proc_t *, PPID: pid_t (of the calling process), UCRED: cred_t * (valid during
 * the call).  0, or -1: no such parameter.  differs: -1 for PPGRP and PSID, which are the host's.
 */
int drv_getparm(uint_t, void *) SUNDOG_LINK(drv_getparm);
int drv_setparm(uint_t, ulong_t) SUNDOG_ABSENT(drv_setparm);

/* Microseconds to ticks, rounded up, and back; 0 for less than 0.  Any context. */
clock_t drv_usectohz(clock_t) SUNDOG_LINK(drv_usectohz);
clock_t drv_hztousec(clock_t) SUNDOG_LINK(drv_hztousec);
/* Spins for so many microseconds.  Any context. */
void drv_usecwait(clock_t) SUNDOG_LINK(drv_usecwait);
/* 0, or EPERM: neither root nor the like. */
int drv_priv(cred_t *) SUNDOG_LINK(drv_priv);

int max(int, int) SUNDOG_LINK(max);
int min(int, int) SUNDOG_LINK(min);

/* What comes along with it. */
#include <sys/stream.h>

#endif
