/* SPDX-License-Identifier: BSD-2-Clause */
/* as_memory.c: the ordinary memory of a simulated address space, and what locks hold of it. */
#include "host/embed/as_internal.h"
#include <errno.h>
#include <string.h>

static int as_insert_memory(struct host_as *as, struct as_memory *memory, uintptr_t *addr, size_t len,
			    unsigned prot)
{
	struct range range = {.len = len, .kind = RANGE_MEMORY, .prot = prot, .memory = memory};
	int error = 0;

	pthread_rwlock_wrlock(&as->lock);
	if (*addr == 0)
		error = as_find(as, 0, len, addr);
	else if (!as_valid(as, *addr, len))
		error = ENOMEM;
	if (error == 0) {
		ranges_cut(&as->map, *addr, len);
		range.addr = *addr;
		ranges_insert(&as->map, &range);
	}
	pthread_rwlock_unlock(&as->lock);
	return error;
}

int as_map_memory(struct host_as *as, uintptr_t *addr, size_t len, unsigned prot)
{
	struct as_memory *memory;
	int error;

	if (__builtin_add_overflow(len, AS_PAGE - 1, &len))
		return ENOMEM;
	len &= AS_PAGE_MASK;
	memory = memory_create(len);
	if (memory == NULL)
		return ENOMEM;
	error = as_insert_memory(as, memory, addr, len, prot);
	if (error != 0)
		memory_drop(memory);
	return error;
}

int as_lend_memory(struct host_as *as, void *data, size_t len, uintptr_t *addr)
{
	struct as_memory *memory = memory_lend(data, len);
	int error;

	*addr = 0;
	error = as_insert_memory(as, memory, addr, len, HOST_PROT_READ | HOST_PROT_WRITE);
	if (error != 0)
		memory_drop(memory);
	return error;
}

/* The first range of ordinary memory that reaches into [addr, addr + len); its index or -1. */
static ptrdiff_t as_next_memory(const struct host_as *as, uintptr_t addr, size_t len)
{
	for (size_t i = ranges_from(&as->map, addr); i < as->map.n && as->map.v[i].addr < addr + len; i++) {
		if (as->map.v[i].kind == RANGE_MEMORY)
			return (ptrdiff_t)i;
	}
	return -1;
}

void as_unmap_memory(struct host_as *as, uintptr_t addr, size_t len)
{
	ptrdiff_t i;

	pthread_rwlock_wrlock(&as->lock);
	ranges_split(&as->map, addr);
	ranges_split(&as->map, addr + len);
	while ((i = as_next_memory(as, addr, len)) >= 0)
		ranges_cut(&as->map, as->map.v[i].addr, as->map.v[i].len);
	pthread_rwlock_unlock(&as->lock);
}

void as_return_memory(struct host_as *as, uintptr_t addr)
{
	struct as_memory *memory;
	size_t size;

	pthread_rwlock_wrlock(&as->lock);
	memory = ranges_at(&as->map, addr)->memory;
	size = memory->size;
	memory_return(memory);
	pthread_rwlock_unlock(&as->lock);
	as_unmap_memory(as, addr, size);
}

void as_protect_memory(struct host_as *as, uintptr_t addr, size_t len, unsigned prot)
{
	pthread_rwlock_wrlock(&as->lock);
	ranges_protect(&as->map, addr, len, RANGE_MEMORY, prot);
	pthread_rwlock_unlock(&as->lock);
}

bool as_has_memory(struct host_as *as, uintptr_t addr, size_t len)
{
	bool has;

	pthread_rwlock_rdlock(&as->lock);
	has = as_next_memory(as, addr, len) >= 0;
	pthread_rwlock_unlock(&as->lock);
	return has;
}

/* ---- locks ---- */

/*
 *	addr                          addr + len
 *	|-- range --|------- range -------|             a lent one may end within its last page
 *
 * Where the memory of one goes on in the next they are one piece.  Never more pieces than ranges.
 */
static int as_collect(const struct host_as *as, uintptr_t addr, size_t len, unsigned prot, struct as_piece *pieces,
		      size_t *n)
{
	uintptr_t end = addr + len, stop;

	for (*n = 0; addr < end; addr = stop) {
		const struct range *range = ranges_at(&as->map, addr);
		struct as_piece *last = *n > 0 ? &pieces[*n - 1] : NULL;
		uint64_t offset;

		if (range == NULL || range->kind != RANGE_MEMORY)
			return EFAULT;
		if ((range->prot & prot) != prot)
			return EACCES;
		stop = (range->addr + range->len + AS_PAGE - 1) & AS_PAGE_MASK;
		if (stop > end)
			stop = end;
		offset = range->offset + (addr - range->addr);
		if (last != NULL && last->memory == range->memory && last->offset + last->len == offset)
			last->len += stop - addr;
		else
			pieces[(*n)++] = (struct as_piece){range->memory, offset, stop - addr};
	}
	return 0;
}

int as_hold_memory(struct host_as *as, uintptr_t addr, size_t len, unsigned prot, struct as_pieces *out)
{
	int error = EFAULT;

	pthread_rwlock_rdlock(&as->lock);
	if (as_valid(as, addr, len)) {
		out->room = ranges_from(&as->map, addr + len - 1) - ranges_from(&as->map, addr) + 1;
		out->v = host_alloc(out->room * sizeof(*out->v), true);
		error = as_collect(as, addr, len, prot, out->v, &out->n);
		for (size_t i = 0; i < out->n && error == 0; i++)
			memory_hold(out->v[i].memory);
		if (error != 0)
			host_free(out->v, out->room * sizeof(*out->v));
	}
	pthread_rwlock_unlock(&as->lock);
	return error;
}

int as_share_memory(struct host_as *as, struct as_memory *memory)
{
	int error;

	pthread_rwlock_wrlock(&as->lock);
	error = memory_share(memory);
	pthread_rwlock_unlock(&as->lock);
	return error;
}

int as_copy_memory(struct host_as *from, struct host_as *to)
{
	int error = 0;

	/* to is not known to anybody yet: no need to lock it. */
	pthread_rwlock_rdlock(&from->lock);
	for (size_t i = 0; i < from->map.n && error == 0; i++) {
		struct range copy = from->map.v[i];
		const char *data;

		if (copy.kind != RANGE_MEMORY || copy.memory->lender != NULL)
			continue;
		data = copy.memory->data + copy.offset;
		copy.offset = 0;
		copy.memory = memory_create(copy.len);
		if (copy.memory == NULL) {
			error = ENOMEM;
		} else {
			memcpy(copy.memory->data, data, copy.len);
			ranges_insert(&to->map, &copy);
		}
	}
	pthread_rwlock_unlock(&from->lock);
	return error;
}
