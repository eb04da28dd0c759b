/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/id_space.h>: numbers that are handed out once each.  A space has the numbers from low up to, not including,
 * high; low is 0 or more.
 *
 * Errors: -1 from those that do not wait.  Freeing what is not allocated is a driver's bug: panic.  A space that is left
 * when its driver is unloaded is reported.
 * Context: user and kernel; those with "nosleep" and id_free() any.
 */
#ifndef _SYS_ID_SPACE_H
#define _SYS_ID_SPACE_H

#include <sys/param.h>
#include <sys/types.h>
#include <sys/vmem.h>

typedef vmem_t id_space_t;

/* name, low, high.  differs: NULL, not a panic, unless 0 <= low < high.  Waits for memory. */
id_space_t *id_space_create(const char *, id_t, id_t) SUNDOG_LINK(id_space_create);
/* What is still allocated is reported with a warning. */
void id_space_destroy(id_space_t *) SUNDOG_LINK(id_space_destroy);
/* More numbers, [low, high); none that the space has already. */
void id_space_extend(id_space_t *, id_t, id_t) SUNDOG_LINK(id_space_extend);

/* The next free number behind the one of the last call, from the lowest again at the end; waits until one is freed. */
id_t id_alloc(id_space_t *) SUNDOG_LINK(id_alloc);
id_t id_alloc_nosleep(id_space_t *) SUNDOG_LINK(id_alloc_nosleep);
/* The lowest free number. */
id_t id_allocff(id_space_t *) SUNDOG_LINK(id_allocff);
id_t id_allocff_nosleep(id_space_t *) SUNDOG_LINK(id_allocff_nosleep);
/* This number; -1: it is allocated, or not in the space. */
id_t id_alloc_specific_nosleep(id_space_t *, id_t) SUNDOG_LINK(id_alloc_specific_nosleep);
void id_free(id_space_t *, id_t) SUNDOG_LINK(id_free);

/* What comes along with it. */
#include <sys/mutex.h>

#endif
