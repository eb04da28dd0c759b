/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/semaphore.h>: counting semaphores, semaphore(9F). */
#ifndef _SYS_SEMAPHORE_H
#define _SYS_SEMAPHORE_H

#include <sys/types.h>

typedef enum { SEMA_DEFAULT, SEMA_DRIVER } ksema_type_t;

typedef struct _ksema {
	uint64_t _opaque[12];
} ksema_t;

void sema_init(ksema_t *, uint_t, char *, ksema_type_t, void *) SUNDOG_LINK(sema_init);
void sema_destroy(ksema_t *) SUNDOG_LINK(sema_destroy);
void sema_p(ksema_t *) SUNDOG_LINK(sema_p);
int sema_p_sig(ksema_t *) SUNDOG_LINK(sema_p_sig);
int sema_tryp(ksema_t *) SUNDOG_LINK(sema_tryp);
void sema_v(ksema_t *) SUNDOG_LINK(sema_v);
int sema_held(ksema_t *) SUNDOG_LINK(sema_held);

#define SEMA_HELD(s) (sema_held(s))

/* What comes along with it. */
#include <sys/ksynch.h>

#endif
