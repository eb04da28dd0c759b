/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * interrupt.h: one source of interrupts and its handler, below ddi_intr_alloc(9F), ddi_add_intr(9F) and the soft
 * interrupts.
 *
 * Each has a thread of its own, so that a handler that waits for a mutex holds no other one up.  Raising is like an edge:
 * what is raised while the handler has not begun yet is one interrupt.
 */
#ifndef KERNEL_DDI_DEVICE_INTERRUPT_H
#define KERNEL_DDI_DEVICE_INTERRUPT_H

#include <stdbool.h>
#include <sys/ddi_intr.h>
#include <sys/dditypes.h>
#include <sys/types.h>

struct interrupt;

/* One of these two: what the driver gave. */
struct interrupt_handler {
	uint_t (*fn)(caddr_t, caddr_t);
	uint_t (*old_fn)(caddr_t); /* of ddi_add_intr(9F) */
	void *arg1, *arg2;
	uint_t pri;
};

/*
 * Disabled at first.  caller: of the driver's call, for the report of what was left behind.  NULL: no thread can be had.
 */
struct interrupt *interrupt_create(const struct interrupt_handler *handler, const void *caller);
/*
 * Withdraws it, waits until the handler has returned, frees it.  False, and nothing is done: it is none (any more), or
 * the handler itself asks.
 */
bool interrupt_destroy(struct interrupt *intr);
/* A disabled interrupt that is raised is lost; a masked one stays pending. */
void interrupt_enable(struct interrupt *intr, bool enabled);
void interrupt_mask(struct interrupt *intr, bool masked);
bool interrupt_pending(struct interrupt *intr);
uint_t interrupt_pri(const struct interrupt *intr);
enum interrupt_raised {
	INTERRUPT_RAISED,
	INTERRUPT_WAS_PENDING,
	INTERRUPT_DISABLED,
};
/* From any context; does not block. */
enum interrupt_raised interrupt_raise(struct interrupt *intr);
/* The same, and arg2 becomes the handler's second argument from now on if it is raised. */
enum interrupt_raised interrupt_trigger(struct interrupt *intr, void *arg2);

/* ---- sources that can be raised from outside of their driver, see <sundog/sim.h> ---- */

/* Interrupt number inum of a device has a handler from now on, until that is destroyed. */
void interrupt_publish(struct interrupt *intr, dev_info_t *dip, int inum);
/* The first published one of that number; NULL: none. */
struct interrupt *interrupt_find(dev_info_t *dip, int inum);
/* Interrupts that a device has: the elements of its "interrupts" property. */
int interrupt_count(dev_info_t *dip);

#endif
