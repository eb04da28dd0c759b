/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver of test_ddi_intr.  No header behind it: both sides include it. */
#ifndef TESTS_UNIT_DRIVERS_INTR_H
#define TESTS_UNIT_DRIVERS_INTR_H

struct modinfo;
int intr_init(void);
int intr_info(struct modinfo *);
int intr_fini(void);

/* Each panics where something is not as it should be. */
#define INTR_CHECKS(X)           \
	X(what_there_is)         \
	X(alloc)                 \
	X(capabilities)          \
	X(delivery)              \
	X(raised_under_the_mutex) \
	X(pending)               \
	X(block_and_dup)         \
	X(old)                   \
	X(softints)              \
	X(pci)

#define INTR_DECLARE(name) void check_##name(void);
INTR_CHECKS(INTR_DECLARE)
void check_none(void); /* of a device without interrupts */
void say_reports(void);
void leave_interrupts(void);
void bug_remove_unknown(void);
void bug_remove_twice(void);
void bug_pci_beyond(void);

#endif
