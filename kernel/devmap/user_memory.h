/* SPDX-License-Identifier: BSD-2-Clause */
/* user_memory.h: memory of a process as a device moves it, see kernel/ddi/mem/io_memory.h. */
#ifndef KERNEL_DEVMAP_USER_MEMORY_H
#define KERNEL_DEVMAP_USER_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address_space;
struct ddi_umem_cookie;
struct io_memory;

/*
 * Bytes [addr, addr + len), len > 0, pinned until the last hold is released; write: the device will write them.  0, or an
 * errno of range_pin_begin(): ENOTSUP: only the process's own thread can copy them.  May block for as long as a driver
 * likes.
 */
int user_memory_pin(struct address_space *space, uintptr_t addr, size_t len, bool write, struct io_memory **out);
/* What a cookie of ddi_umem_lock(9F) names.  The cookie outlives it. */
struct io_memory *user_memory_of_cookie(struct ddi_umem_cookie *cookie);

#endif
