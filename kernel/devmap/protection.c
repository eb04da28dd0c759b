/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *	handle   |-------------------------------------|
 *	         dh_prot      |run: key, prot |run     |
 *
 * A run reaches from its key to the next run, the last one to the handle's end.  dh_prot holds for what is
 * before the first.
 */
#include "kernel/devmap/protection.h"

#include <sys/mman.h>

#include "kernel/devmap/handle.h"

struct run {
	struct tree_node node; /* key: address of its first page */
	unsigned prot;
};

static struct run *
run_of(struct tree_node *node)
{
	return tree_entry(node, struct run, node);
}

static void
run_insert(struct handle *handle, uintptr_t start, unsigned prot)
{
	struct run *run = host_alloc(sizeof(*run), true);

	run->prot = prot;
	tree_insert(&handle->protections, &run->node, start);
}

static void
run_remove(struct handle *handle, struct run *run)
{
	tree_remove(&handle->protections, &run->node);
	host_free(run, sizeof(*run));
}

/* Removes the runs that begin in [start, end). */
static void
runs_remove(struct handle *handle, uintptr_t start, uintptr_t end)
{
	struct tree_node *node;

	while ((node = tree_find_above(&handle->protections, start)) != NULL && node->key < end)
		run_remove(handle, run_of(node));
}

unsigned
protection_at(const struct handle *handle, uintptr_t addr, uintptr_t *end)
{
	const struct run *run = run_of(tree_find_below(&handle->protections, addr));
	const struct tree_node *next = tree_find_above(&handle->protections, addr + 1);

	*end = next != NULL ? next->key : handle_end(handle);
	return run != NULL ? run->prot : handle->public.dh_prot;
}

bool protection_allows(unsigned prot, unsigned rw)
{
	switch (rw) {
	case DEVMAP_READ:
		return (prot & PROT_READ) != 0;
	case DEVMAP_WRITE:
		return (prot & PROT_WRITE) != 0;
	case DEVMAP_EXEC:
		return (prot & PROT_EXEC) != 0;
	default:
		return (prot & (PROT_READ | PROT_WRITE | PROT_EXEC)) != 0;
	}
}

/*
 *	          start      end
 *	 before    |  prot    |  after: what was there
 */
void protection_set(struct handle *handle, uintptr_t start, uintptr_t end, unsigned prot)
{
	uintptr_t run_end;
	unsigned after = end < handle_end(handle) ? protection_at(handle, end, &run_end) : prot;

	runs_remove(handle, start, end + 1);
	if (start == handle_base(handle))
		handle->public.dh_prot = prot;
	else if (protection_at(handle, start, &run_end) != prot)
		run_insert(handle, start, prot);
	if (after != prot)
		run_insert(handle, end, after);
}

void protection_copy(struct handle *to, const struct handle *from)
{
	uintptr_t addr = handle_base(to), end;

	to->public.dh_prot = protection_at(from, addr, &end);
	while (end < handle_end(to)) {
		addr = end;
		run_insert(to, addr, protection_at(from, addr, &end));
	}
}

void protection_trim(struct handle *handle, uintptr_t start, uintptr_t end)
{
	uintptr_t run_end;

	handle->public.dh_prot = protection_at(handle, start, &run_end);
	runs_remove(handle, 0, start + 1);
	runs_remove(handle, end, UINTPTR_MAX);
}

void protection_clear(struct handle *handle)
{
	runs_remove(handle, 0, UINTPTR_MAX);
}
