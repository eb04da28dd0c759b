/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory of the current process locked as physio(9F) does it, for the host. */
#include <sys/errno.h>

#include "kernel/devmap/range_lock.h"
#include "kernel/sys/proc.h"

struct sys_lock {
	struct range_lock lock; /* first */
};

static void lock_free(struct range_lock *lock)
{
	host_free(lock, sizeof(struct sys_lock));
}

static const struct range_lock_ops lock_ops = {.free = lock_free};

int sys_lock(uintptr_t addr, size_t len, bool write, struct sys_lock **out)
{
	struct sys_lock *lock;
	int error;

	if ((addr & PAGE_OFFSET) != 0 || (len & PAGE_OFFSET) != 0 || len == 0)
		return EINVAL;
	lock = host_alloc(sizeof(*lock), true);
	error = range_lock_begin(&lock->lock, &proc_current()->space, addr, len, write ? RANGE_LOCK_WRITE : 0,
				 &lock_ops);
	if (error != 0) {
		host_free(lock, sizeof(*lock));
		return error;
	}
	*out = lock;
	return 0;
}

void sys_unlock(struct sys_lock *lock)
{
	range_lock_end(&lock->lock);
}
