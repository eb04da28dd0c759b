/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/mutex.h>: mutual exclusion locks, mutex(9F).  An all-zero kmutex_t is an initialised one. */
#ifndef _SYS_MUTEX_H
#define _SYS_MUTEX_H

#include <sys/types.h>

typedef enum {
	MUTEX_ADAPTIVE = 0,
	MUTEX_SPIN = 1,
	MUTEX_DRIVER = 4,
	MUTEX_DEFAULT = 6
} kmutex_type_t;

typedef struct mutex {
	uint64_t _opaque[8];
} kmutex_t;

/* name: unused; type MUTEX_DRIVER; last: interrupt cookie or NULL.  All may sleep. */
void mutex_init(kmutex_t *, char *, kmutex_type_t, void *) SUNDOG_LINK(mutex_init);
void mutex_destroy(kmutex_t *) SUNDOG_LINK(mutex_destroy);
void mutex_enter(kmutex_t *) SUNDOG_LINK(mutex_enter);
/* 0: it is held. */
int mutex_tryenter(kmutex_t *) SUNDOG_LINK(mutex_tryenter);
void mutex_exit(kmutex_t *) SUNDOG_LINK(mutex_exit);
int mutex_owned(const kmutex_t *) SUNDOG_LINK(mutex_owned);
struct _kthread *mutex_owner(const kmutex_t *) SUNDOG_LINK(mutex_owner);

#define MUTEX_HELD(m) (mutex_owned(m))
#define MUTEX_NOT_HELD(m) (!mutex_owned(m))

#endif
