/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/devmap/user_memory.h"

#include <sys/errno.h>

#include "kernel/ddi/mem/io_memory.h"
#include "kernel/devmap/range_pin.h"
#include "kernel/devmap/umem_lock.h"
#include "kernel/vm/address_space.h"

/* ---- pinned for one transfer ---- */

struct pinned_memory {
	struct range_pin pin; /* first; whole pages */
	struct io_memory memory;
};

static struct pinned_memory *
pinned_of(struct io_memory *memory)
{
	return (struct pinned_memory *)((char *)memory - offsetof(struct pinned_memory, memory));
}

/* The pin's pages begin before the memory's first byte. */
static int
pinned_read(struct io_memory *memory, size_t offset, void *to, size_t len)
{
	return range_pin_read(&pinned_of(memory)->pin, memory->skew + offset, to, len);
}

static int
pinned_write(struct io_memory *memory, size_t offset, const void *from, size_t len)
{
	return range_pin_write(&pinned_of(memory)->pin, memory->skew + offset, from, len);
}

/*
 * Sharing would be dearer than a copy, and would take whole pages: what else the process has in the first and last
 * one (a thread's stack, a futex that somebody waits on) has nothing to do with the transfer.
 */
static int
pinned_map(struct io_memory *memory, size_t offset, size_t len, char **address, struct page_object **object)
{
	return ENOTSUP;
}

static void
pinned_release(struct io_memory *memory)
{
	range_pin_end(&pinned_of(memory)->pin);
}

static const struct io_memory_ops pinned_ops = {pinned_read, pinned_write, pinned_map, pinned_release};

static void
pinned_free(struct range_pin *pin)
{
	host_free(pin, sizeof(struct pinned_memory));
}

static const struct range_pin_ops pin_ops = {.free = pinned_free};

/*
 *	           addr|---------- len ----------|
 *	|page|page|page|page|page|page|page|page|page|
 *	     skew |--------- pinned ------------|
 */
int user_memory_pin(struct address_space *space, uintptr_t addr, size_t len, bool write, struct io_memory **out)
{
	struct pinned_memory *pinned;
	uintptr_t start = page_floor(addr), last;
	int error;

	if (__builtin_add_overflow(addr, len - 1, &last) || page_floor(last) + PAGE_SIZE == 0)
		return EFAULT;
	pinned = host_alloc(sizeof(*pinned), true);
	io_memory_init(&pinned->memory, &pinned_ops, addr, len);
	error = range_pin_begin(&pinned->pin, space, start, page_floor(last) + PAGE_SIZE - start,
				RANGE_PIN_TRANSFER | (write ? RANGE_PIN_WRITE : 0), &pin_ops);
	if (error != 0) {
		host_free(pinned, sizeof(*pinned));
		return error;
	}
	*out = &pinned->memory;
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
