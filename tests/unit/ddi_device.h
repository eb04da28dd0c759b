/* SPDX-License-Identifier: BSD-2-Clause */
/* ddi_device.h: a driver whose behaviour the test chooses, and what it saw.  No header behind it. */
#ifndef TESTS_UNIT_DDI_DEVICE_H
#define TESTS_UNIT_DDI_DEVICE_H

struct modinfo;
int dd_init(void);
int dd_info(struct modinfo *);
int dd_fini(void);

/* Set by the test before a call, and counted by the driver; accesses are atomic. */
struct dd {
	int init_error, skip_install, probe_result, attach_fails_at, fini_error, detach_fails;
	int attaches, detaches, finis;
	int open_error, opens, closes, last_close_flag, last_open_flag;
	int close_entered, close_held, open_entered, open_held, open_fails_after;
	int leak;
	int reads;      /* calls of read(9E) */
	int read_limit; /* bytes after which read(9E) says read_error */
	int read_error;
	int last_mode;
	int unmaps, closes_at_unmap;
};
extern struct dd dd;

/* ioctls */
#define DD_DOUBLE 1     /* *(int *)arg *= 2 */
#define DD_RVAL 2       /* *rvalp = 77 */
#define DD_ERROR 3      /* arg is the error */
#define DD_MINOR 4      /* *rvalp = the minor */
#define DD_IDENTITY 5   /* *rvalp = 1 if curproc, cred and lwp are the caller's, whose pid arg is */
#define DD_WAKE 6       /* readable from now on */
#define DD_RENAME 7     /* removes "extra" and creates "other" */
#define DD_COPY_WILD 8  /* copyin from arg: EFAULT expected */
#define DD_POLL_CLEAN 9 /* forgets who waits */

#endif
