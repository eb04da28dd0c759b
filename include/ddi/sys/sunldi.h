/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/sunldi.h>: devices of other drivers, opened by a driver.
 *
 * Each open has one open(9E) and one close(9E) of its own, with OTYP_LYR, and keeps the device attached; the handle is
 * good in any thread.  Opens and identities that are left when their driver is unloaded are reported.
 *
 * Errors: 0 or an errno; EINVAL for a handle or identity that is none (any more), and a NULL that is not allowed; ENOTSUP:
 * the device's driver has no such entry point; else what that returned.
 * Context: user and kernel.  Source: ldi_open_by_name(9F), ldi_close(9F), ldi_read(9F), ldi_ioctl(9F), ldi_get_size(9F).
 */
#ifndef _SYS_SUNLDI_H
#define _SYS_SUNLDI_H

#include <sys/buf.h>
#include <sys/cred.h>
#include <sys/dditypes.h>
#include <sys/ddipropdefs.h>
#include <sys/devops.h>
#include <sys/modctl.h>
#include <sys/open.h>
#include <sys/poll.h>
#include <sys/types.h>
#include <sys/uio.h>

typedef struct __ldi_handle *ldi_handle_t;
typedef struct __ldi_ident *ldi_ident_t;
typedef struct __ldi_callback_id *ldi_callback_id_t;
typedef struct __ldi_ev_cookie *ldi_ev_cookie_t;

/* ---- events of devices: not here ---- */

#define LDI_EV_SUCCESS 0
#define LDI_EV_FAILURE (-1)
#define LDI_EV_NONE (-2)
#define LDI_EV_OFFLINE "LDI:EVENT:OFFLINE"
#define LDI_EV_DEGRADE "LDI:EVENT:DEGRADE"
#define LDI_EV_DEVICE_REMOVE "LDI:EVENT:DEVICE_REMOVE"
#define LDI_EV_CB_VERS_1 1
#define LDI_EV_CB_VERS LDI_EV_CB_VERS_1

typedef struct ldi_ev_callback {
	uint_t cb_vers;
	int (*cb_notify)(ldi_handle_t, ldi_ev_cookie_t, void *, void *);
	void (*cb_finalize)(ldi_handle_t, ldi_ev_cookie_t, int, void *, void *);
} ldi_ev_callback_t;

/* ---- who opens ---- */

/* EINVAL: there is no such driver.  Opens go on when the identity is released. */
int ldi_ident_from_dip(dev_info_t *, ldi_ident_t *) SUNDOG_LINK(ldi_ident_from_dip);
int ldi_ident_from_dev(dev_t, ldi_ident_t *) SUNDOG_LINK(ldi_ident_from_dev);
int ldi_ident_from_major(major_t, ldi_ident_t *) SUNDOG_LINK(ldi_ident_from_major);
int ldi_ident_from_mod(struct modlinkage *, ldi_ident_t *) SUNDOG_LINK(ldi_ident_from_mod);
/* NULL is nothing; anything else that is no identity is a driver's bug: panic. */
void ldi_ident_release(ldi_ident_t) SUNDOG_LINK(ldi_ident_release);

/* ---- opens ---- */

/*
 * "/dev/NODE" or "/devices/pseudo/DRIVER@INSTANCE:NODE", FREAD and FWRITE (at least one) with FEXCL, FNDELAY, FNONBLOCK, whose
 * privilege, *handle, identity.  ENODEV: no such node; EACCES: its mode.
 */
int ldi_open_by_name(const char *, int, cred_t *, ldi_handle_t *, ldi_ident_t) SUNDOG_LINK(ldi_open_by_name);
/* By number and OTYP_CHR or OTYP_BLK; *dev becomes the number of the clone. */
int ldi_open_by_dev(dev_t *, int, int, cred_t *, ldi_handle_t *, ldi_ident_t) SUNDOG_LINK(ldi_open_by_dev);
/* handle, the flags of its open.  Waits for close(9E). */
int ldi_close(ldi_handle_t, int, cred_t *) SUNDOG_LINK(ldi_close);

/* ---- what they do ---- */

int ldi_read(ldi_handle_t, struct uio *, cred_t *) SUNDOG_LINK(ldi_read);
int ldi_write(ldi_handle_t, struct uio *, cred_t *) SUNDOG_LINK(ldi_write);
/* mode: FKIOCTL for an argument in the kernel, or what the caller's own ioctl(9E) was given. */
int ldi_ioctl(ldi_handle_t, int, intptr_t, int, cred_t *, int *) SUNDOG_LINK(ldi_ioctl);
int ldi_poll(ldi_handle_t, short, int, short *, struct pollhead **) SUNDOG_LINK(ldi_poll);
int ldi_strategy(ldi_handle_t, struct buf *) SUNDOG_LINK(ldi_strategy);

/* ---- what they are ---- */

int ldi_get_dev(ldi_handle_t, dev_t *) SUNDOG_LINK(ldi_get_dev);
int ldi_get_otyp(ldi_handle_t, int *) SUNDOG_LINK(ldi_get_otyp);
/* Bytes, from its properties Size, size, Nblocks or nblocks.  DDI_SUCCESS, or DDI_FAILURE: it has none of them. */
int ldi_get_size(ldi_handle_t, uint64_t *) SUNDOG_LINK(ldi_get_size);
/* As ddi_prop_op(9F), answered by the device's prop_op(9E). */
int ldi_prop_op(ldi_handle_t, ddi_prop_op_t, int, char *, caddr_t, int *) SUNDOG_LINK(ldi_prop_op);

/* What comes along with it. */
#include <sys/stream.h>

#endif
