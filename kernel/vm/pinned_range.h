/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pinned_range.h: the ranges of an address space that are pinned: locked for a device.  Whoever wants to take pages away
 * (munmap, mprotect, exec, exit) asks here first.
 *
 *	making  --->  pinned  --->    ending   --->  gone
 *	                 |                             ^
 *	                 +-----------------------------+       nothing has to be done but once
 *	                 +--->  abandoned  ------------+       the process is dead; its holder still has the pages
 *
 * Whoever moves a range out of "pinned" does the work that comes with it, so that it is done once.  Ranges may
 * overlap.  Locks: space->lock, a leaf.
 */
#ifndef KERNEL_VM_PINNED_RANGE_H
#define KERNEL_VM_PINNED_RANGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/lib/tree.h"

struct address_space;
struct pinned_range;

enum pin_report {
	PIN_LEFT,    /* the process has died, and the range is still pinned */
	PIN_FORK,    /* the process forks */
	PIN_AWAITED, /* an unmap or a change of protection waits for the end of the pin */
};

/* All are called without locks; the first three with the range held. */
struct pinned_range_ops {
	/* The process wants the pages back: at most once, in the thread that unmaps.  NULL: no callback. */
	void (*cleanup)(struct pinned_range *range);
	/* The process is dying: what is bound to its address space ends now. */
	void (*abandon)(struct pinned_range *range);
	/* For the log.  NULL: nothing to report. */
	void (*report)(struct pinned_range *range, enum pin_report what);
	/* The last reference is gone. */
	void (*free)(struct pinned_range *range);
};

enum pin_state {
	PIN_MAKING,
	PINNED,
	PIN_ENDING,
	PIN_ABANDONED,
	PIN_GONE,
};

struct pinned_range {
	/* constant */
	uintptr_t start, end;
	struct address_space *space; /* held */
	const struct pinned_range_ops *ops;
	bool softlocked; /* device mappings in it are loaded and softlocked; constant when pinned */

	atomic_size_t references;

	/* protected by space->lock */
	struct tree_node node;                /* in space->pins, or when abandoned ... */
	struct pinned_range *next, *previous; /* ... in space->abandoned */
	enum pin_state state;
	bool cleaned; /* cleanup has been called */
};

/* ---- by the holder ---- */

/* [start, end), whole pages, > 0; held once, for the caller.  From now on unmapping waits. */
void pinned_range_begin(struct pinned_range *range, struct address_space *space, uintptr_t start, uintptr_t end,
			const struct pinned_range_ops *ops);
/* It is pinned: unmapping calls cleanup now.  callback false: there is none for this range. */
void pinned_range_made(struct pinned_range *range, bool callback);
/*
 * The pin is to end.  true: what is bound to the address space is the caller's to end, before pinned_range_gone();
 * false: the process has died and abandon has ended it, or is about to.
 */
bool pinned_range_claim(struct pinned_range *range);
/* Threads that wait to unmap it go on. */
void pinned_range_gone(struct pinned_range *range);
/* It could not be made: the same, and the caller's reference is the only one; free is not called. */
void pinned_range_fail(struct pinned_range *range);
void pinned_range_release(struct pinned_range *range);

/* ---- by those who unmap: [addr, addr + len) of whole pages ---- */

bool pinned_range_overlaps(struct address_space *space, uintptr_t addr, size_t len);
/*
 * Calls the cleanups and waits until nothing in the range is pinned.  No layout change is held.  EINTR: a signal is
 * pending; cleanups that were called are not called again.
 */
int pinned_range_settle(struct address_space *space, uintptr_t addr, size_t len);
/* Is the page in a range whose device mappings are loaded and softlocked? */
bool pinned_range_pins(struct address_space *space, uintptr_t page);

/* fork(2): reports what is pinned. */
void pinned_range_fork(struct address_space *space);
/* exec, exit: calls the cleanups and abandons what is then still pinned.  The address space is dying. */
void pinned_range_exit(struct address_space *space);
/* ... when its mappings are gone: reports and forgets what its holder has not unpinned. */
void pinned_range_forget(struct address_space *space);

#endif
