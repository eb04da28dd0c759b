/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/rwlock.h>: readers/writer locks, rwlock(9F). */
#ifndef _SYS_RWLOCK_H
#define _SYS_RWLOCK_H

#include <sys/types.h>

typedef enum { RW_DRIVER = 2, RW_DEFAULT = 4 } krw_type_t;
typedef enum { RW_WRITER, RW_READER, RW_READER_STARVEWRITER } krw_t;

typedef struct _krwlock {
	uint64_t _opaque[16];
} krwlock_t;

void rw_init(krwlock_t *, char *, krw_type_t, void *) SUNDOG_LINK(rw_init);
void rw_destroy(krwlock_t *) SUNDOG_LINK(rw_destroy);
void rw_enter(krwlock_t *, krw_t) SUNDOG_LINK(rw_enter);
int rw_tryenter(krwlock_t *, krw_t) SUNDOG_LINK(rw_tryenter);
void rw_exit(krwlock_t *) SUNDOG_LINK(rw_exit);
void rw_downgrade(krwlock_t *) SUNDOG_LINK(rw_downgrade);
int rw_tryupgrade(krwlock_t *) SUNDOG_LINK(rw_tryupgrade);
int rw_read_locked(krwlock_t *) SUNDOG_LINK(rw_read_locked);
int rw_read_held(krwlock_t *) SUNDOG_LINK(rw_read_held);
int rw_write_held(krwlock_t *) SUNDOG_LINK(rw_write_held);
int rw_lock_held(krwlock_t *) SUNDOG_LINK(rw_lock_held);
struct _kthread *rw_owner(krwlock_t *) SUNDOG_LINK(rw_owner);

#define RW_READ_HELD(l) (rw_read_held(l))
#define RW_WRITE_HELD(l) (rw_write_held(l))
#define RW_LOCK_HELD(l) (rw_lock_held(l))
#define RW_ISWRITER(l) (rw_write_held(l))

#endif
