/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/vm/usercopy.h"

#include <sys/errno.h>
#include <sys/proc.h>

#include "kernel/vm/address_space.h"

/*
 *	addr                            addr + len
 *	|---- ordinary ----|== segment ==|
 *
 * Bytes from addr on up to the next segment, at most len.
 */
static size_t
ordinary_length(struct address_space *space, uintptr_t addr, size_t len)
{
	size_t gap = len;
	const struct segment *segment;

	host_mutex_lock(&space->lock);
	segment = tree_entry(tree_find_below(&space->segments, addr), struct segment, node);
	if (segment != NULL && segment_end(segment) > addr) {
		gap = 0;
	} else {
		segment = tree_entry(tree_find_above(&space->segments, addr), struct segment, node);
		if (segment != NULL && segment_base(segment) - addr < len)
			gap = segment_base(segment) - addr;
	}
	host_mutex_unlock(&space->lock);
	return gap;
}

/* The part of the range that lies in the page of addr. */
static size_t
page_length(uintptr_t addr, size_t len)
{
	size_t rest = PAGE_SIZE - (addr & PAGE_OFFSET);

	return len < rest ? len : rest;
}

static int
copy_device_page(struct address_space *space, uintptr_t addr, void *buffer, size_t len, bool write)
{
	struct segment *segment;
	struct access access;
	int error = address_space_access_begin(space, &access);

	if (error != 0)
		return error == EINTR ? EINTR : EFAULT;
	segment = address_space_find(space, addr);
	if (segment == NULL || segment_base(segment) > addr)
		error = EFAULT; /* unmapped meanwhile */
	else
		error = segment->ops->copy(segment, &access, addr, buffer, len, write);
	address_space_access_end(&access);
	return error;
}

static int
copy_ordinary(struct address_space *space, uintptr_t addr, void *buffer, size_t len, bool write)
{
	return write ? host_copyout(space->host, addr, buffer, len) : host_copyin(space->host, buffer, addr, len);
}

static int
copy_range(struct address_space *space, uintptr_t addr, char *buffer, size_t len, bool write)
{
	int error = 0;

	if (len > UINTPTR_MAX - addr)
		return EFAULT;
	while (len > 0 && error == 0) {
		size_t part = ordinary_length(space, addr, len);

		if (part > 0) {
			error = copy_ordinary(space, addr, buffer, part, write);
		} else {
			part = page_length(addr, len);
			error = copy_device_page(space, addr, buffer, part, write);
		}
		addr += part;
		buffer += part;
		len -= part;
	}
	return error;
}

static struct address_space *
space_of(struct sys_proc *p)
{
	return address_space_of(((proc_t *)p)->p_as);
}

int user_copyin(struct sys_proc *p, void *to, uintptr_t from, size_t len)
{
	return copy_range(space_of(p), from, to, len, false);
}

int user_copyout(struct sys_proc *p, uintptr_t to, const void *from, size_t len)
{
	return copy_range(space_of(p), to, (char *)(uintptr_t)from, len, true);
}
