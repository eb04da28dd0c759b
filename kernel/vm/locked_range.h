/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * locked_range.h: the ranges of an address space that are locked for a device.  Whoever wants to take pages away
 * (munmap, mprotect, exec, exit) asks here first.
 *
 *	making  --->  locked  --->  unlocking  --->  gone
 *	                 |                             ^
 *	                 +-----------------------------+       nothing has to be done but once
 *	                 +--->  abandoned  ------------+       the process is dead; its holder still has the pages
 *
 * One who moves a range out of "locked" does the work that comes with it, so that it is done once.  Ranges may
 * overlap.  Locks: space->lock, a leaf.
 */
#ifndef KERNEL_VM_LOCKED_RANGE_H
#define KERNEL_VM_LOCKED_RANGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/lib/tree.h"

struct address_space;
struct locked_range;

enum locked_report {
	LOCKED_LEFT,    /* the process has died, and the range is still locked */
	LOCKED_FORK,    /* the process forks */
	LOCKED_AWAITED, /* an unmap or a change of protection waits for the unlock */
};

/* All are called without locks; the first three with the range held. */
struct locked_range_ops {
	/* The process wants the pages back: at most once, in the thread that unmaps.  NULL: nobody to tell. */
	void (*cleanup)(struct locked_range *range);
	/* The process is dying: what is bound to its address space ends now. */
	void (*abandon)(struct locked_range *range);
	/* For the log.  NULL: nothing to report. */
	void (*report)(struct locked_range *range, enum locked_report what);
	/* The last reference is gone. */
	void (*free)(struct locked_range *range);
};

enum locked_state {
	LOCKED_MAKING,
	LOCKED,
	LOCKED_UNLOCKING,
	LOCKED_ABANDONED,
	LOCKED_GONE,
};

struct locked_range {
	/* constant */
	uintptr_t start, end;
	struct address_space *space; /* held */
	const struct locked_range_ops *ops;
	bool pinned; /* device mappings in it are loaded and locked; constant when locked */

	atomic_size_t references;

	/* protected by space->lock */
	struct tree_node node;                /* in space->locked, or when abandoned ... */
	struct locked_range *next, *previous; /* ... in space->abandoned */
	enum locked_state state;
	bool cleaned; /* cleanup has been called */
};

/* ---- by the holder ---- */

/* [start, end), whole pages, > 0; held once, for the caller.  From now on unmapping waits. */
void locked_range_begin(struct locked_range *range, struct address_space *space, uintptr_t start, uintptr_t end,
			const struct locked_range_ops *ops);
/* It is locked: unmapping calls cleanup now.  callback false: there is none for this range. */
void locked_range_made(struct locked_range *range, bool callback);
/*
 * It is to be unlocked.  true: what is bound to the address space is the caller's to end, before locked_range_gone();
 * false: the process has died and abandon has ended it, or is about to.
 */
bool locked_range_claim(struct locked_range *range);
/* Those who wait to unmap it go on. */
void locked_range_gone(struct locked_range *range);
/* It could not be made: the same, and the caller's reference is the only one; free is not called. */
void locked_range_fail(struct locked_range *range);
void locked_range_hold(struct locked_range *range);
void locked_range_release(struct locked_range *range);

/* ---- by those who unmap: [addr, addr + len) of whole pages ---- */

bool locked_range_overlaps(struct address_space *space, uintptr_t addr, size_t len);
/*
 * Calls the cleanups and waits until nothing in the range is locked.  No layout change is held.  EINTR: a signal is
 * pending; cleanups that were called are not called again.
 */
int locked_range_settle(struct address_space *space, uintptr_t addr, size_t len);
/* Is the page in a range whose device mappings are loaded and locked? */
bool locked_range_pins(struct address_space *space, uintptr_t page);

/* fork(2): reports what is locked. */
void locked_range_fork(struct address_space *space);
/* exec, exit: calls the cleanups and abandons what is then still locked.  The address space is dying. */
void locked_range_exit(struct address_space *space);
/* ... when its mappings are gone: reports and forgets what its holder has not unlocked. */
void locked_range_forget(struct address_space *space);

#endif
