/* SPDX-License-Identifier: BSD-2-Clause */
/* pin.h: what the rooms above ask of pinned application memory; host_pin_*() are in pin.c, user copies in usercopy.c. */
#ifndef HOST_SERVER_PIN_PIN_H
#define HOST_SERVER_PIN_PIN_H

#include "host/server/fault/fault.h"

struct pins;

/* ---- pins.c: what a process has once it has pinned memory; these do nothing for one that has not ---- */

void pins_fini(struct pins *pins);
/*
 * Linux is about to fork: all pages are the process's own until it has, so that the child has its own.  true: after it, failed
 * or not, comes pins_fork_end().
 */
bool pins_fork_begin(struct host_as *as);
void pins_fork_end(struct host_as *as);
/* A child could not make all of its pages its own. */
void pins_lent(struct host_as *as);
/* Around a call of a driver: what the process has written is there for the driver, and the other way round. */
void pins_meet(struct thread *t);
/* The process has ended. */
void pins_gone(struct host_as *as);

call_fn call_advise, call_private;

/* ---- leave.c: shared pages that the process unmaps ---- */

/* The range is about to be unmapped; true: some of it is shared, and the thread is to say when that is done (WIRE_UNMAPPED). */
bool leave_begin(struct thread *t, uint64_t addr, uint64_t len);
call_fn call_unmapped;

/* ---- the threads of demote.c and sleepers.c end ---- */

void demote_stop(void);
void sleepers_stop(void);

#endif
