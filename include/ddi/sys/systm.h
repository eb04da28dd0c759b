/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/systm.h>: memory, strings and other small services. */
#ifndef _SYS_SYSTM_H
#define _SYS_SYSTM_H

#include <sys/param.h>
#include <sys/proc.h>
#include <sys/string.h>
#include <sys/types.h>

int copyin(const void *, void *, size_t) SUNDOG_LINK(copyin);
int copyout(const void *, void *, size_t) SUNDOG_LINK(copyout);
/*
 * Strings from the calling process, to it, and within the kernel: from, to, room in bytes, *length (may be NULL), which
 * becomes the bytes copied with the zero.  0; EFAULT, and *length is untouched; ENAMETOOLONG: no zero within the room,
 * which is full, and *length is the room.
 */
int copyinstr(const char *, char *, size_t, size_t *) SUNDOG_LINK(copyinstr);
int copyoutstr(const char *, char *, size_t, size_t *) SUNDOG_LINK(copyoutstr);
int copystr(const char *, char *, size_t, size_t *) SUNDOG_LINK(copystr);
int kcopy(const void *, void *, size_t) SUNDOG_ABSENT(kcopy);

timeout_id_t timeout(void (*)(void *), void *, clock_t) SUNDOG_LINK(timeout);
clock_t untimeout(timeout_id_t) SUNDOG_LINK(untimeout);
void delay(clock_t) SUNDOG_LINK(delay);
int delay_sig(clock_t) SUNDOG_ABSENT(delay_sig);

pgcnt_t btop(ulong_t) SUNDOG_LINK(btop);
pgcnt_t btopr(ulong_t) SUNDOG_LINK(btopr);
ulong_t ptob(pgcnt_t) SUNDOG_LINK(ptob);

/* NULL: a driver that panics runs no more. */
extern char *volatile panicstr SUNDOG_LINK(panicstr);
/* 0: there is no auditing. */
extern int audit_active SUNDOG_LINK(audit_active);
/* The machine ends, see <sys/uadmin.h>. */
void halt(char *) SUNDOG_LINK(halt);

/* The lowest bit that is set, from 1; 0: none. */
int ffs(uintmax_t) SUNDOG_LINK(ffs);

char *kmem_asprintf(const char *, ...) SUNDOG_ABSENT(kmem_asprintf) __attribute__((format(printf, 1, 2)));


/* The argument lists are open on purpose: drivers put these into slots of any type. */
SUNDOG_OPEN_BEGIN
int nodev() SUNDOG_LINK(nodev);
int nulldev() SUNDOG_LINK(nulldev);
SUNDOG_OPEN_END

/* Pages of memory that the machine has; as at the start, all of them. */
extern pgcnt_t physmem SUNDOG_LINK(physmem);
extern pgcnt_t maxmem SUNDOG_LINK(maxmem);
extern pgcnt_t availrmem SUNDOG_LINK(availrmem);
extern pgcnt_t freemem SUNDOG_LINK(freemem);

typedef uintptr_t pc_t;

/* What comes along with it. */
#include <sys/uadmin.h>
#include <sys/varargs.h>

#endif
