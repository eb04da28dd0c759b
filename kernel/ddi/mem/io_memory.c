/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/mem/io_memory.h"
#include "kernel/host.h"
#include "kernel/vm/page_object.h"
#include <sys/string.h>

void io_memory_init(struct io_memory *memory, const struct io_memory_ops *ops, uintptr_t address, size_t size)
{
	memory->ops = ops;
	memory->size = size;
	memory->skew = address & PAGE_OFFSET;
	memory->one_piece = false;
	atomic_init(&memory->references, 1);
}

void io_memory_hold(struct io_memory *memory)
{
	atomic_fetch_add_explicit(&memory->references, 1, memory_order_relaxed);
}

void io_memory_release(struct io_memory *memory)
{
	if (memory != NULL && atomic_fetch_sub_explicit(&memory->references, 1, memory_order_acq_rel) == 1)
		memory->ops->free(memory);
}

int io_memory_read(struct io_memory *memory, size_t offset, void *to, size_t len)
{
	return memory->ops->read(memory, offset, to, len);
}

int io_memory_write(struct io_memory *memory, size_t offset, const void *from, size_t len)
{
	return memory->ops->write(memory, offset, from, len);
}

/* ---- kernel memory ---- */

struct kernel_memory {
	struct io_memory memory;
	char *address;
	struct page_object *object; /* held; NULL: the address is in none */
};

static struct kernel_memory *kernel_of(struct io_memory *memory)
{
	return (struct kernel_memory *)memory;
}

static int kernel_read(struct io_memory *memory, size_t offset, void *to, size_t len)
{
	memcpy(to, kernel_of(memory)->address + offset, len);
	return 0;
}

static int kernel_write(struct io_memory *memory, size_t offset, const void *from, size_t len)
{
	memcpy(kernel_of(memory)->address + offset, from, len);
	return 0;
}

static int kernel_map(struct io_memory *memory, size_t offset, size_t len, char **address,
		      struct page_object **object)
{
	struct kernel_memory *kernel = kernel_of(memory);

	if (kernel->object != NULL)
		page_object_hold(kernel->object);
	*object = kernel->object;
	*address = kernel->address + offset;
	return 0;
}

static void kernel_free(struct io_memory *memory)
{
	struct kernel_memory *kernel = kernel_of(memory);

	page_object_release(kernel->object);
	host_free(kernel, sizeof(*kernel));
}

static const struct io_memory_ops kernel_ops = {kernel_read, kernel_write, kernel_map, kernel_free};

bool io_memory_is_kernel(const struct io_memory *memory)
{
	return memory->ops == &kernel_ops;
}

char *io_memory_kernel_address(const struct io_memory *kernel)
{
	return ((const struct kernel_memory *)kernel)->address;
}

struct io_memory *io_memory_kernel(void *address, size_t size)
{
	struct kernel_memory *kernel = host_alloc(sizeof(*kernel), true);
	size_t offset;

	io_memory_init(&kernel->memory, &kernel_ops, (uintptr_t)address, size);
	kernel->address = address;
	kernel->object = page_object_find(address, &offset);
	kernel->memory.one_piece = kernel->object != NULL && kernel->object->one_piece;
	return &kernel->memory;
}
