/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/devmap/user_memory.h"

#include <sys/errno.h>

#include "kernel/ddi/mem/io_memory.h"
#include "kernel/devmap/range_lock.h"
#include "kernel/devmap/umem_lock.h"
#include "kernel/vm/address_space.h"

/* ---- locked for one transfer ---- */

struct locked_memory {
	struct range_lock lock; /* first; whole pages */
	struct io_memory memory;
};

static struct locked_memory *
locked_of(struct io_memory *memory)
{
	return (struct locked_memory *)((char *)memory - offsetof(struct locked_memory, memory));
}

/* The lock's pages begin before the memory's first byte. */
static int
locked_read(struct io_memory *memory, size_t offset, void *to, size_t len)
{
	return range_lock_read(&locked_of(memory)->lock, memory->skew + offset, to, len);
}

static int
locked_write(struct io_memory *memory, size_t offset, const void *from, size_t len)
{
	return range_lock_write(&locked_of(memory)->lock, memory->skew + offset, from, len);
}

/*
 * Sharing would be dearer than a copy, and would take whole pages: what else the process has in the first and last
 * one (a thread's stack, a futex that somebody waits on) has nothing to do with the transfer.
 */
static int
locked_map(struct io_memory *memory, size_t offset, size_t len, char **address, struct page_object **object)
{
	return ENOTSUP;
}

static void
locked_release(struct io_memory *memory)
{
	range_lock_end(&locked_of(memory)->lock);
}

static const struct io_memory_ops locked_ops = {locked_read, locked_write, locked_map, locked_release};

static void
locked_free(struct range_lock *lock)
{
	host_free(lock, sizeof(struct locked_memory));
}

static const struct range_lock_ops lock_ops = {.free = locked_free};

/*
 *	           addr|---------- len ----------|
 *	|page|page|page|page|page|page|page|page|page|
 *	     skew |--------- locked ------------|
 */
int user_memory_lock(struct address_space *space, uintptr_t addr, size_t len, bool write, struct io_memory **out)
{
	struct locked_memory *locked;
	uintptr_t start = page_floor(addr), last;
	int error;

	if (__builtin_add_overflow(addr, len - 1, &last) || page_floor(last) + PAGE_SIZE == 0)
		return EFAULT;
	locked = host_alloc(sizeof(*locked), true);
	io_memory_init(&locked->memory, &locked_ops, addr, len);
	error = range_lock_begin(&locked->lock, space, start, page_floor(last) + PAGE_SIZE - start,
				 RANGE_LOCK_TRANSFER | (write ? RANGE_LOCK_WRITE : 0), &lock_ops);
	if (error != 0) {
		host_free(locked, sizeof(*locked));
		return error;
	}
	*out = &locked->memory;
	return 0;
}

/* ---- locked by the driver ---- */

struct cookie_memory {
	struct io_memory memory; /* first */
	struct ddi_umem_cookie *cookie;
};

static struct ddi_umem_cookie *
cookie_of(struct io_memory *memory)
{
	return ((struct cookie_memory *)memory)->cookie;
}

static int
cookie_read(struct io_memory *memory, size_t offset, void *to, size_t len)
{
	return umem_lock_read(cookie_of(memory), offset, to, len);
}

static int
cookie_write(struct io_memory *memory, size_t offset, const void *from, size_t len)
{
	return umem_lock_write(cookie_of(memory), offset, from, len);
}

static int
cookie_map(struct io_memory *memory, size_t offset, size_t len, char **address, struct page_object **object)
{
	size_t in_object;
	int error = umem_lock_pages(cookie_of(memory), offset, len, object, &in_object);

	if (error == 0)
		*address = (*object)->address + in_object;
	return error;
}

static void
cookie_release(struct io_memory *memory)
{
	host_free(memory, sizeof(struct cookie_memory));
}

static const struct io_memory_ops cookie_ops = {cookie_read, cookie_write, cookie_map, cookie_release};

struct io_memory *
user_memory_of_cookie(struct ddi_umem_cookie *cookie)
{
	struct cookie_memory *memory = host_alloc(sizeof(*memory), true);

	io_memory_init(&memory->memory, &cookie_ops, (uintptr_t)cookie->cvaddr, cookie->size);
	memory->cookie = cookie;
	return &memory->memory;
}
