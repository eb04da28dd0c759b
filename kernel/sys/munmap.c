/* SPDX-License-Identifier: BSD-2-Clause */
/* munmap(2), mprotect(2) of ranges that may hold device mappings, or be locked for a device. */
#include <sys/errno.h>
#include <sys/mman.h>

#include "kernel/ddi/core/kthread.h"
#include "kernel/devmap/devmap.h"
#include "kernel/sys/proc.h"
#include "kernel/vm/pinned_range.h"

/* As Linux has it: an aligned address, and a length that does not wrap; *len is rounded up. */
static int
range_check(uintptr_t addr, size_t *len)
{
	if ((addr & PAGE_OFFSET) != 0)
		return EINVAL;
	if (*len > UINTPTR_MAX - PAGE_OFFSET || page_ceil(*len) > UINTPTR_MAX - addr)
		return ENOMEM;
	*len = page_ceil(*len);
	return 0;
}

int sys_munmap(uintptr_t addr, size_t len)
{
	if (len == 0 || range_check(addr, &len) != 0)
		return EINVAL;
	kthread_refresh();
	return devmap_unmap(&proc_current()->space, addr, len);
}

int sys_mprotect(uintptr_t addr, size_t len, int prot)
{
	int error = range_check(addr, &len);

	if (error == 0 && ((unsigned)prot & ~(unsigned)(PROT_READ | PROT_WRITE | PROT_EXEC)) != 0)
		error = EINVAL;
	if (error != 0 || len == 0)
		return error;
	kthread_refresh();
	return devmap_protect(&proc_current()->space, addr, len, (unsigned)prot);
}

int sys_unpin_wait(uintptr_t addr, size_t len)
{
	if (len == 0 || range_check(addr, &len) != 0)
		return 0;
	kthread_refresh();
	return pinned_range_settle(&proc_current()->space, addr, len);
}

bool sys_pinned(uintptr_t addr, size_t len)
{
	return len > 0 && pinned_range_overlaps(&proc_current()->space, addr, len);
}

bool sys_mapped(uintptr_t addr, size_t len)
{
	return len > 0 && address_space_overlaps(&proc_current()->space, addr, len);
}
