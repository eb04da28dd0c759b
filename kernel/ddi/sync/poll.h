/* SPDX-License-Identifier: BSD-2-Clause */
/* poll.h: opens that wait for pollwakeup(9F). */
#ifndef KERNEL_DDI_SYNC_POLL_H
#define KERNEL_DDI_SYNC_POLL_H

#include <sys/poll.h>
#include <sys/types.h>

/* Sits in each open; all-zero is a new one.  Its fields are protected by the lock in poll.c. */
struct polldat {
	struct pollhead *head; /* where it waits, or NULL */
	struct polldat *next;
	void (*wake)(void *arg);
	void *arg;
	unsigned waking; /* calls of wake in progress */
	uint64_t round;  /* of pollwakeup() that has seen it */
};

/* Waits for head from now on, rather than for another. */
void poll_waiter_move(struct polldat *w, struct pollhead *head);
/* wake NULL: no more.  Returns after calls of the old one are over; not to be called from inside one. */
void poll_waiter_set(struct polldat *w, void (*wake)(void *arg), void *arg);
void poll_waiter_end(struct polldat *w);

#endif
