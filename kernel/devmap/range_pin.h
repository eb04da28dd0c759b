/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * range_pin.h: a range of a process's memory pinned: locked for a device, whatever lies in it.  Nothing is charged here:
 * ddi_umem_lock(9F) does that; physio(9F) pins for the time of one transfer.
 *
 *	user address  |-- ordinary --|== handle ==|== handle ==|-- ordinary --|
 *	parts         |   host pin   |  softlock  |  softlock  |   host pin   |
 *
 * munmap, mprotect and MAP_FIXED of a pinned range wait until its pin has ended.  Exit and exec do not: what is bound to
 * the address space ends then, the pages stay until range_pin_end().
 */
#ifndef KERNEL_DEVMAP_RANGE_PIN_H
#define KERNEL_DEVMAP_RANGE_PIN_H

#include "kernel/host.h"
#include "kernel/vm/pinned_range.h"
#include "kernel/vm/page_object.h"

struct access_order;
struct address_space;
struct range_pin;

struct range_pin_ops {
	/* See struct pinned_range_ops; either may be NULL. */
	void (*cleanup)(struct range_pin *);
	void (*report)(struct range_pin *, enum pin_report what);
	/* It has ended, and nobody is in a callback of it any more. */
	void (*free)(struct range_pin *);
};

struct pin_part {
	uintptr_t start, end;
	bool device;                /* of a mapping of this framework */
	struct access_order *order; /* of a device mapping with devmap_access; held */
	bool excludes;              /* this part holds the order's exclusion */
	bool done;                  /* LOCK has succeeded */

	struct host_pin *host;      /* ordinary memory */
	struct page_object *object; /* held; ordinary memory: made when it is needed.  Protected by the pin's lock */
	size_t offset;              /* of start in object */
	bool single;                /* every page is the one at offset: trash */
};

/* Embedded in its holder's struct, which is all-zero before. */
struct range_pin {
	struct pinned_range range; /* first */
	const struct range_pin_ops *ops;
	unsigned rw; /* DEVMAP_READ, DEVMAP_WRITE: what the device will do */

	/* constant when pinned, except as noted in pin_part */
	struct pin_part *parts; /* ascending, without gaps */
	size_t nparts, room;    /* room 0: for one, which is ... */
	struct pin_part one;
	struct host_mutex lock; /* held across host_pin_pages() */
};

#define RANGE_PIN_WRITE HOST_PIN_WRITE /* the device will write */
#define RANGE_PIN_LONGTERM HOST_PIN_LONGTERM
#define RANGE_PIN_TRANSFER HOST_PIN_TRANSFER

/*
 * [addr, addr + len), whole pages, > 0, of any process.  0, or with nothing pinned and free not called
 * EFAULT  not mapped, wraps, or cannot be pinned; a mapping with DEVMAP_ALLOW_REMAP; the process is dying
 * EACCES  its protection                          ENOMEM, EAGAIN  resources
 * EINTR   a signal is pending                     another errno of the driver's devmap_access
 * ENOTSUP with RANGE_PIN_TRANSFER: see host_pin_create()
 * May block for as long as a driver likes.  The driver of a device mapping in the range sees DEVMAP_LOCK for each
 * handle, in the context of the process.
 */
int range_pin_begin(struct range_pin *pin, struct address_space *space, uintptr_t addr, size_t len, unsigned flags,
		    const struct range_pin_ops *ops);
/* Once.  DEVMAP_UNLOCK for each handle, unless the process has died.  free is called, now or later. */
void range_pin_end(struct range_pin *pin);

/*
 * Copies from and to the pinned pages, as a device does: no driver sees it.  offset + len is within the range.  0, or
 * EFAULT: the process is dead and its pages are gone with it.  May block.
 */
int range_pin_read(struct range_pin *pin, size_t offset, void *to, size_t len);
int range_pin_write(struct range_pin *pin, size_t offset, const void *from, size_t len);
/*
 * The pages of [offset, offset + len) as an object with a kernel address, held for the caller: the process and the
 * object share them from now on.  EFAULT: they cannot be shared; ENOTSUP: they are not one after the other in one
 * object (parts of different kinds).
 */
int range_pin_pages(struct range_pin *pin, size_t offset, size_t len, struct page_object **object, size_t *in_object);
/* Does a mapping of some process show its ordinary pages now? */
bool range_pin_exported(const struct range_pin *pin);

#endif
