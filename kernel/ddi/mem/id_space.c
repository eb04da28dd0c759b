/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Identifier spaces are arenas of numbers.  An arena returns NULL for "nothing", so that identifier n is its address n + 1:
 *
 *	identifiers    low ......... high - 1
 *	addresses    low + 1 ......... high
 */
#include <sys/id_space.h>

#define FIRST_FIT VM_FIRSTFIT
#define NEXT_FIT VM_NEXTFIT

static void *address_of(id_t id)
{
	return (void *)(uintptr_t)((uint64_t)id + 1);
}

static id_t id_of(const void *address)
{
	return (id_t)((uintptr_t)address - 1);
}

id_space_t *id_space_create(const char *name, id_t low, id_t high)
{
	if (low < 0 || low >= high)
		return NULL;
	return vmem_create(name, address_of(low), (size_t)(high - low), 1, NULL, NULL, NULL, 0, VM_SLEEP | VMC_IDENTIFIER);
}

void id_space_destroy(id_space_t *space)
{
	vmem_destroy(space);
}

void id_space_extend(id_space_t *space, id_t low, id_t high)
{
	if (low >= 0 && low < high)
		(void)vmem_add(space, address_of(low), (size_t)(high - low), VM_SLEEP);
}

/* An arena's address is never NULL here: id_of(NULL) is the -1 of those that do not wait. */
static id_t id_take(id_space_t *space, int flags)
{
	return id_of(vmem_alloc(space, 1, flags));
}

id_t id_alloc(id_space_t *space)
{
	return id_take(space, VM_SLEEP | NEXT_FIT);
}

id_t id_alloc_nosleep(id_space_t *space)
{
	return id_take(space, VM_NOSLEEP | NEXT_FIT);
}

id_t id_allocff(id_space_t *space)
{
	return id_take(space, VM_SLEEP | FIRST_FIT);
}

id_t id_allocff_nosleep(id_space_t *space)
{
	return id_take(space, VM_NOSLEEP | FIRST_FIT);
}

id_t id_alloc_specific_nosleep(id_space_t *space, id_t id)
{
	if (id < 0)
		return -1;
	return id_of(vmem_xalloc(space, 1, 1, 0, 0, address_of(id), (char *)address_of(id) + 1, VM_NOSLEEP));
}

void id_free(id_space_t *space, id_t id)
{
	vmem_free(space, address_of(id), 1);
}
