/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * address_space.h: the device mappings of one process: segments by address, and who may look at them or
 * change them when.
 *
 * Two kinds of work exclude each other here:
 *
 *   an access   looks a segment up and calls the driver's devmap_access, which may sleep for as long as it
 *               likes.  Any number at once.
 *   a layout    change takes segments away or copies them (munmap, mprotect, fork, exit): devmap_unmap and
 *               devmap_dup run in it.  One at a time, with no access in progress; new accesses wait for one
 *               that waits.
 *
 * A new mapping needs neither: only the mapping thread knows its segment until address_space_insert()
 * publishes it whole.  So a driver may call devmap_setup(9F) with a mutex held that a sleeping devmap_access
 * or devmap_unmap of the same process waits for.  (A MAP_FIXED that replaces device mappings is a layout
 * change from the replacement on; of two that map over each other at once one fails with ENOMEM.)  Nothing
 * ever waits for the layout of another process.
 *
 * LOCK ORDER of the kernel part's memory side; a driver's own locks come before all but the first:
 *
 *   1. layout change, then access    (address_space_layout_begin, address_space_access_begin: no locks are
 *                                     held across callbacks but these two)
 *   2. handle->lock                  one mapping handle; held across the host's load, unload and window
 *   3. space->host_lock              the host's view of one address space
 *   4. a pin's lock                  held across host_pin_pages()
 *      the windows of hat_devload    held across host_pages_show()
 *   5. space->lock, context groups, access orders and their registry, runs of DMA, the page index: leaves
 *
 * A message under a lock takes that of the modules, for the driver's name: a leaf, too.
 */
#ifndef KERNEL_VM_ADDRESS_SPACE_H
#define KERNEL_VM_ADDRESS_SPACE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <vm/as.h>
#include <vm/seg.h>

#include "kernel/host.h"
#include "kernel/vm/page_object.h"
#include "kernel/lib/tree.h"

struct _kthread;
struct access;
struct address_space;
struct pinned_range;
struct segment;

struct segment_ops {
	/*
	 * Copies between a buffer and [addr, addr + len), which lies in one page of the segment, as the
	 * kernel's access on behalf of the process.  0, or an errno as uiomove(9F) gives it.
	 */
	int (*copy)(struct segment *, struct access *, uintptr_t addr, void *buffer, size_t len, bool write);
};

struct segment {
	struct seg public; /* first: what dh_seg points to.  Written in a layout change only */
	struct address_space *space;
	const struct segment_ops *ops;
	struct tree_node node; /* by address; protected by space->lock */
};

struct address_space {
	struct as public; /* first: what p_as points to; drivers compare it */
	struct host_as *host;

	struct host_mutex host_lock; /* serialises the host calls that change the layout */

	struct host_mutex lock;   /* protects the fields below */
	struct host_cond changed; /* of accesses, layout_owner, layout_waiters and dying */
	struct tree segments;
	struct claim *claims;
	struct tree accesses; /* outermost access of each thread, by thread */
	unsigned accesses_waiting;
	const struct _kthread *layout_owner;
	unsigned layout_depth;
	unsigned layout_waiters;
	uintptr_t layout_start, layout_end; /* what the change in progress is about; equal: nothing that can be locked */
	bool dying;
	struct tree pins;               /* ranges locked for a device: pinned_range.h */
	size_t pins_softlocked;         /* in force, with device mappings in them */
	size_t pins_moving;             /* being made or ended */
	size_t pins_made;               /* how often one has been made that has a cleanup */
	struct pinned_range *abandoned; /* of a process that is dead: a list */
	struct host_cond unpinned;      /* pins lost a range, or one changed its state */

	atomic_size_t nsegments; /* as many as in segments */
	atomic_bool unshown;     /* once one has been published that the host could not show */
	atomic_size_t references;
	void (*free)(struct address_space *); /* with the last one */
};

/* Held once, for the caller.  host stays the caller's.  proc: of the public part. */
void address_space_init(struct address_space *space, struct host_as *host, struct proc *proc,
			void (*free)(struct address_space *));
/* Called by free: no segment is left, and no thread is inside. */
void address_space_fini(struct address_space *space);
/* Holds keep the struct and its process's, not its mappings or its host. */
void address_space_hold(struct address_space *space);
void address_space_release(struct address_space *space);

static inline struct address_space *
address_space_of(struct as *as)
{
	return (struct address_space *)as;
}

/* ---- accesses ---- */

/* One access in progress: on its thread's stack. */
struct access {
	struct tree_node node; /* an outermost one is in space->accesses; protected by space->lock */
	struct address_space *space;
	struct access *outer;
	struct access *innermost; /* of the thread; kept in the outermost one */

	/* the fault that is being served; its thread's own */
	uintptr_t page;        /* user address of the page that is asked for */
	bool kernel;           /* the kernel itself wants the page */
	bool denied;           /* a load met a protection that forbids it */
	bool loaded;           /* kernel: a load covered the page ... */
	unsigned long unloads; /* ... when the handle's count of unloads was this */
	unsigned type;         /* DEVMAP_LOCK, DEVMAP_UNLOCK: of ... */
	uintptr_t start, end;  /* ... this part of a handle; page is its first */
};

/*
 * May block, interruptibly.  EINTR: a signal is pending, ESRCH: the process is dying.  The access of a thread
 * inside another one, or inside a layout change of its own, begins at once.
 */
int address_space_access_begin(struct address_space *space, struct access *access);
/*
 * For the end of a pin: waits for a layout change in progress only, not interruptibly, and begins in a dying process
 * too.  (One that waits for a layout change waits, perhaps, for an access that waits for the end of this pin.)
 */
void address_space_access_begin_unlock(struct address_space *space, struct access *access);
void address_space_access_end(struct access *access);
/* The calling thread's innermost access in this address space, or NULL. */
struct access *address_space_access(struct address_space *space);

/* ---- layout changes ---- */

/* May block until the last access has returned.  Nests. */
void address_space_layout_begin(struct address_space *space);
void address_space_layout_end(struct address_space *space);
/* The change in progress, the caller's, is about [addr, addr + len), too. */
void address_space_layout_covers(struct address_space *space, uintptr_t addr, size_t len);
/*
 * Is [addr, addr + len) without segments, and is no change in progress about any of it?  With a pinned range over it, made
 * before, it stays so: replacing or unmapping it waits.
 */
bool address_space_is_ordinary(struct address_space *space, uintptr_t addr, size_t len);
/* From now on no access begins except the layout owner's; those that wait give up. */
void address_space_kill(struct address_space *space);
bool address_space_is_dying(struct address_space *space);
bool address_space_layout_held(struct address_space *space);

/* ---- segments ---- */

/* A range that a segment will be published in: on the stack of the thread that makes it. */
struct claim {
	uintptr_t start, end;
	struct claim *next;
};
/* false: another segment is being made there just now.  Until address_space_unclaim(). */
bool address_space_claim(struct address_space *space, struct claim *claim, uintptr_t addr, size_t len);
void address_space_unclaim(struct address_space *space, struct claim *claim);

/* Publishes a segment that is ready for accesses. */
void address_space_insert(struct segment *segment);
/* In a layout change. */
void address_space_remove(struct segment *segment);
/* In a layout change: the segment is [base, base + size) now. */
void address_space_resize(struct segment *segment, uintptr_t base, size_t size);
/*
 * The first segment that ends above addr; it may begin above it too.  NULL: none.  In an access or a layout
 * change, which keep it; from elsewhere the result may only be compared.
 */
struct segment *address_space_find(struct address_space *space, uintptr_t addr);
/* Does a segment overlap [addr, addr + len)? */
bool address_space_overlaps(struct address_space *space, uintptr_t addr, size_t len);

static inline uintptr_t
segment_base(const struct segment *segment)
{
	return (uintptr_t)segment->public.s_base;
}

static inline uintptr_t
segment_end(const struct segment *segment)
{
	return segment_base(segment) + segment->public.s_size;
}

#endif
