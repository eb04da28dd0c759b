/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/t_lock.h>: all synchronisation primitives of a driver. */
#ifndef _SYS_T_LOCK_H
#define _SYS_T_LOCK_H

#include <sys/condvar.h>
#include <sys/mutex.h>
#include <sys/rwlock.h>
#include <sys/semaphore.h>

extern int ncpus SUNDOG_LINK(ncpus); /* processors that the system may use */

#endif
