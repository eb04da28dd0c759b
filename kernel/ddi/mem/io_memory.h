/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * io_memory.h: memory that a device reads and writes without looking where it is: the kernel's own, or locked pages of
 * a process.  Bufs and DMA bindings hold it.
 */
#ifndef KERNEL_DDI_MEM_IO_MEMORY_H
#define KERNEL_DDI_MEM_IO_MEMORY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct io_memory;
struct page_object;

/* offset + len is within the memory.  They may block. */
struct io_memory_ops {
	/* As a device does.  0, or EFAULT: it is no longer there. */
	int (*read)(struct io_memory *, size_t offset, void *to, size_t len);
	int (*write)(struct io_memory *, size_t offset, const void *from, size_t len);
	/*
	 * A kernel address of the same bytes, and what the caller releases when it needs it no longer (page_object_release(),
	 * NULL too).  0, or an errno: they have none.
	 */
	int (*map)(struct io_memory *, size_t offset, size_t len, char **address, struct page_object **object);
	/* Nobody holds it any more. */
	void (*free)(struct io_memory *);
};

/* Embedded in its kind's struct. */
struct io_memory {
	const struct io_memory_ops *ops;
	size_t size;    /* bytes */
	size_t skew;    /* of the first byte from the begin of its page */
	bool one_piece; /* one piece for a device too: made by ddi_dma_mem_alloc(9F) */
	atomic_size_t references;
};

/* One reference, for the caller.  address: of the first byte, in whatever address space; for skew. */
void io_memory_init(struct io_memory *memory, const struct io_memory_ops *ops, uintptr_t address, size_t size);
void io_memory_hold(struct io_memory *memory);
/* memory may be NULL. */
void io_memory_release(struct io_memory *memory);

/* [offset, offset + len) must be within the memory. */
int io_memory_read(struct io_memory *memory, size_t offset, void *to, size_t len);
int io_memory_write(struct io_memory *memory, size_t offset, const void *from, size_t len);

/* Kernel memory; whole pages stay while it is held.  Never NULL; may block. */
struct io_memory *io_memory_kernel(void *address, size_t size);
char *io_memory_kernel_address(const struct io_memory *kernel);
bool io_memory_is_kernel(const struct io_memory *memory);

#endif
