/* SPDX-License-Identifier: BSD-2-Clause */
/* host.h's locked user memory, between processes: no memory of an application can be locked yet. */
#include "kernel/host.h"
#include <errno.h>

int host_lock_create(struct host_as *as, uintptr_t addr, size_t len, unsigned flags, struct host_lock **out)
{
	return EFAULT;
}

void host_lock_destroy(struct host_lock *lock)
{
}

int host_lock_read(struct host_lock *lock, uint64_t offset, void *to, size_t len)
{
	return EFAULT;
}

int host_lock_write(struct host_lock *lock, uint64_t offset, const void *from, size_t len)
{
	return EFAULT;
}

int host_lock_pages(struct host_lock *lock, struct host_pages **pages)
{
	return EFAULT;
}
