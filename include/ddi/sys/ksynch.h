/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/ksynch.h>: all synchronisation primitives of a driver. */
#ifndef _SYS_KSYNCH_H
#define _SYS_KSYNCH_H

#include <sys/condvar.h>
#include <sys/mutex.h>
#include <sys/rwlock.h>
#include <sys/semaphore.h>

/* What comes along with it. */
#include <sys/machlock.h>
#include <sys/signal.h>
#include <sys/thread.h>
#include <vm/faultcode.h>

#endif
