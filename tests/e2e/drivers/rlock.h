/* SPDX-License-Identifier: BSD-2-Clause */
/* rlock.h: what the test driver rlock is asked by ioctl. */
#ifndef RLOCK_H
#define RLOCK_H

#define RLOCK_LOCK (('R' << 8) | 1)    /* struct rlock_range: locks it; rval: a slot */
#define RLOCK_UNLOCK (('R' << 8) | 2)  /* arg: the slot */
#define RLOCK_PROJECT (('R' << 8) | 3) /* rval: curprojid() */
#define RLOCK_ZONE (('R' << 8) | 4)    /* rval: getzoneid() */
#define RLOCK_CREDZONE (('R' << 8) | 5) /* rval: crgetzoneid() of the credentials that came with the call */

struct rlock_range { unsigned long long addr, len; };

#endif
