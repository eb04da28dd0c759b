/* SPDX-License-Identifier: BSD-2-Clause */
/* rec.h: what the files of the driver share. */
#ifndef REC_H
#define REC_H

#include <sys/types.h>
#include <sys/param.h>
#include <sys/conf.h>
#include <sys/cred.h>
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/kmem.h>
#include <sys/mman.h>
#include <sys/modctl.h>
#include <sys/open.h>
#include <sys/proc.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <vm/as.h>
#include <vm/seg.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>
#include <sys/ddi_impldefs.h>

#include "rec_ioctl.h"

extern kmutex_t rec_lock;       /* protects everything of the driver but what is constant after attach */
extern dev_info_t *rec_dip;
extern dev_t rec_dev;

/* ---- rec_log.c: events, rules, the gate ---- */

void rec_log_init(void);
void rec_log_fini(void);
void rec_log_reset(void);       /* with rec_lock, as all that follow unless they say otherwise */
void rec_log_kinds(uint_t bits);
void rec_log(const struct rec_event *);
/* 1: *event is the oldest, which is forgotten. */
int rec_log_take(struct rec_event *event);
int rec_rule_add(const struct rec_rule *);
void rec_rules_clear(void);
/* The rule for a callback now; REC_PLAIN if there is none. */
struct rec_rule rec_rule_find(int kind, offset_t off);
/* Waits at the gate if the rule says so.  Nonzero: a signal came, the callback returns rule's value. */
int rec_gate_wait(const struct rec_rule *);
void rec_gate_set(int open);
int rec_gate_await(int waiters, int came); /* EINTR */

/* ---- rec_map.c: handles and the devmap callbacks ---- */

struct rec_own;                 /* memory of one mapping */
struct rec_data {               /* what pvtp points to */
	int number;
	struct rec_own *own;
	struct rec_data *next;
};
struct rec_handle {
	devmap_cookie_t dhp;
	int number;
	struct rec_handle *next;
};

int rec_map_init(void);
void rec_map_fini(void);
void rec_map_reset(void);
int rec_layout_set(const struct rec_layout *);
struct rec_handle *rec_handles(void);
int rec_handle_count(void);
devmap_cookie_t rec_handle_find(int number); /* NULL */
int rec_own_left(void);
int *rec_word(int page);        /* first of a page of A or B; NULL */
int rec_remap(devmap_cookie_t dhp, uint_t source, uint_t first, uint_t pages, uint_t maxprot, uint_t flags);
/* devmap(9E); without rec_lock. */
int rec_devmap(dev_t, devmap_cookie_t, offset_t, size_t, size_t *, uint_t);

/* ---- rec_access.c: devmap_access(9E), with all that a rule may ask of it ---- */

int rec_access(devmap_cookie_t, void *, offset_t, size_t, uint_t, uint_t);
int rec_access_other(devmap_cookie_t, void *, offset_t, size_t, uint_t, uint_t);

/* A new event about a handle. */
struct rec_event rec_event(int kind, devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len);
int rec_handle_number(devmap_cookie_t dhp); /* given now if it has none */

/* ---- rec_user.c: without rec_lock ---- */

int rec_user_lock(struct rec_user *);
int rec_user_unlock(int slot);  /* ENOENT */
void rec_user_unlock_all(void);

/* ---- rec_ioctl.c ---- */

int rec_ioctl(dev_t, int, intptr_t, int, cred_t *, int *);

#endif
