/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * leak.h: what drivers allocated and have not given back, by address.  Adding, finding and removing take
 * constant time.  Context: any; leaf locks.
 */
#ifndef KERNEL_DDI_CORE_LEAK_H
#define KERNEL_DDI_CORE_LEAK_H

#include <stdbool.h>
#include <stddef.h>

struct sys_leak;

struct leak_kind {
	const char *name; /* "kmem", "umem cookie", ... */
	/* Frees one that was left behind; it is out of the register already. */
	void (*free)(void *key, size_t bytes);
};

/* key: the thing's address, unique within its kind.  caller: return address of the driver's call. */
void leak_add(const struct leak_kind *kind, void *key, size_t bytes, const void *caller);
/* false: there is none.  bytes and caller may be NULL. */
bool leak_find(const struct leak_kind *kind, const void *key, size_t *bytes, const void **caller);
bool leak_remove(const struct leak_kind *kind, const void *key, size_t *bytes);
/*
 * Reports what is left, merged by kind and caller, and frees it.  No driver runs any more, modules are still
 * known by address.
 */
void leak_report(void (*report)(void *arg, const struct sys_leak *), void *arg);

#endif
