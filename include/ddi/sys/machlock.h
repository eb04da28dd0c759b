/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/machlock.h>: spin locks of a byte. */
#ifndef _SYS_MACHLOCK_H
#define _SYS_MACHLOCK_H

#include <sys/types.h>

#define LOCK_LEVEL 10

#define LOCK_HELD(lock) (*(volatile lock_t *)(lock) != 0)
#define LOCK_INIT_CLEAR(lock) ((void)(*(lock) = 0))
#define LOCK_INIT_HELD(lock) ((void)(*(lock) = 0xff))

/* Not provided: what they are about is not simulated. */
void lock_clear(lock_t *) SUNDOG_ABSENT(lock_clear);
void lock_clear_splx(lock_t *, int) SUNDOG_ABSENT(lock_clear_splx);
void lock_set_spl(lock_t *, int, ushort_t *) SUNDOG_ABSENT(lock_set_spl);
int lock_try(lock_t *) SUNDOG_ABSENT(lock_try);

/* What comes along with it. */
#include <sys/time.h>

#endif
