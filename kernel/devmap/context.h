/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * context.h: context groups.  All mappings of one device instance with the same devmap_access callback share one
 * slot: the one that passes devmap_do_ctxmgt(9F) with a timeout has it, and keeps it for that many ticks.
 */
#ifndef KERNEL_DEVMAP_CONTEXT_H
#define KERNEL_DEVMAP_CONTEXT_H

#include <sys/ddidevmap.h>
#include <sys/types.h>

struct context_group;

/* The group of dev's instance and this callback, held; made if there is none. */
struct context_group *context_group_find(dev_t dev, int (*access)(devmap_cookie_t, void *, offset_t, size_t, uint_t,
								  uint_t));
void context_group_hold(struct context_group *group);
/* group may be NULL.  With its last mapping goes the timeout too. */
void context_group_release(struct context_group *group);

#endif
