/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * registry.h: things that mapping handles share: one for each device, or instance, and its devmap_access.  Counted; made when
 * the first handle asks and freed with the last.  Used when handles are made and freed, not by faults.
 */
#ifndef KERNEL_DEVMAP_REGISTRY_H
#define KERNEL_DEVMAP_REGISTRY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/ddidevmap.h>

#include "kernel/host.h"

typedef int access_fn(devmap_cookie_t, void *, offset_t, size_t, uint_t, uint_t);

/* First in the thing's struct. */
struct registered {
	/* constant */
	uint64_t key; /* of the device or instance */
	access_fn *access;

	/* protected by the registry's lock */
	struct registered *next;
	size_t references;
};

struct registry {
	/* constant */
	size_t size; /* of a thing, all-zero before init */
	void (*init)(struct registered *);
	void (*fini)(struct registered *);

	struct host_mutex lock; /* protects the field below, and those of things that are marked so; a leaf */
	struct registered *first;
};

/* Held once more, for the caller. */
struct registered *registry_find(struct registry *registry, uint64_t key, access_fn *access);
/* thing may be NULL. */
void registry_hold(struct registry *registry, struct registered *thing);
void registry_release(struct registry *registry, struct registered *thing);

#endif
