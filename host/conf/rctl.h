/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rctl.h: resource controls as people write them:
 *
 *	project.max-locked-memory=(privileged,128K,deny),(privileged,1M,deny,signal=TERM)
 *
 * Sizes are bytes, with the suffixes K M G T P E (also KB MB ..., in either case; powers of 1024), and may
 * have a decimal point before one ("1.5G").
 */
#ifndef HOST_CONF_RCTL_H
#define HOST_CONF_RCTL_H

#include <stdbool.h>

#include "kernel/sys/sys.h"

struct rctl_setting {
	enum sys_rctl control;
	unsigned nvalues; /* >= 1 */
	struct sys_rctl_value values[SYS_RCTL_VALUES_MAX];
};

/* The control of that name (len bytes); false: there is none, or not here. */
bool rctl_find(const char *name, size_t len, enum sys_rctl *control);
const char *rctl_name(enum sys_rctl control);
/* NAME=VALUE[,VALUE]....  EINVAL: message (of size bytes) is what is wrong with which part, in one line. */
int rctl_parse(const char *text, struct rctl_setting *out, char *message, size_t size);
/* The same for the part after NAME=. */
int rctl_parse_values(enum sys_rctl control, const char *text, struct rctl_setting *out, char *message,
		      size_t size);

/* "128K": false when it is no size, or beyond 2^64 - 1. */
bool rctl_parse_size(const char *text, size_t len, uint64_t *bytes);
/* "deny", "signal=TERM", "signal=15"; adds to *v.  false: no such action. */
bool rctl_parse_action(const char *text, size_t len, struct sys_rctl_value *v);
bool rctl_parse_privilege(const char *text, size_t len, enum sys_rctl_privilege *privilege);
const char *rctl_privilege_name(enum sys_rctl_privilege privilege);
/* "TERM", or NULL for a number that has no name. */
const char *rctl_signal_name(int signo);
/* The shortest exact form: "128K", "1025"; size >= 24. */
void rctl_format_size(uint64_t bytes, char *text, size_t size);

#endif
