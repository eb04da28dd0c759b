/* SPDX-License-Identifier: BSD-2-Clause */
/* ranges.h: an ordered set of address ranges that do not overlap.  The caller locks. */
#ifndef HOST_EMBED_RANGES_H
#define HOST_EMBED_RANGES_H

#include "host/embed/memory.h"

enum range_kind {
	RANGE_CLAIMED, /* host_as_reserve(), no window yet */
	RANGE_WINDOW,
	RANGE_MEMORY,
	RANGE_TRANSLATION, /* in the set of translations: prot is what it allows */
};

struct range {
	uintptr_t addr;
	size_t len;
	enum range_kind kind;
	unsigned prot; /* HOST_PROT_* */
	bool intercept;
	struct host_pages *pages; /* RANGE_WINDOW; may be NULL */
	struct as_memory *memory; /* RANGE_MEMORY: a reference of the range's own */
	uint64_t offset;          /* of addr, in pages or memory */
};

struct ranges {
	struct range *v; /* ascending */
	size_t n, room;
};

void ranges_destroy(struct ranges *r);
/* The range that holds addr, or NULL.  Valid until the set changes. */
struct range *ranges_at(const struct ranges *r, uintptr_t addr);
/* The index of the first range that ends beyond addr; r->n if none does. */
size_t ranges_from(const struct ranges *r, uintptr_t addr);
/* True if nothing lies in [addr, addr + len). */
bool ranges_free(const struct ranges *r, uintptr_t addr, size_t len);
/* True if every byte of it lies in ranges of that kind. */
bool ranges_cover(const struct ranges *r, uintptr_t addr, size_t len, enum range_kind kind);
/* Cuts the range that crosses addr, if one does. */
void ranges_split(struct ranges *r, uintptr_t addr);
/* Takes [addr, addr + len) out, cutting ranges that reach into it. */
void ranges_cut(struct ranges *r, uintptr_t addr, size_t len);
/* Puts one in; its place is free.  It takes the memory's reference over. */
void ranges_insert(struct ranges *r, const struct range *range);
/* Joins neighbours of equal protection around [addr, addr + len): for translations. */
void ranges_join(struct ranges *r, uintptr_t addr, size_t len);
/* Gives those parts of [addr, addr + len) that are of that kind another protection. */
void ranges_protect(struct ranges *r, uintptr_t addr, size_t len, enum range_kind kind, unsigned prot);

#endif
