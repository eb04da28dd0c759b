/* SPDX-License-Identifier: BSD-2-Clause */
/* An access of a process that found no translation: served, or turned into a signal. */
#include "kernel/devmap/fault.h"

#include <sys/ddidevmap.h>
#include <sys/errno.h>

#include "kernel/ddi/core/kthread.h"
#include "kernel/sys/proc.h"

/* Linux's numbers: the applications are Linux programs. */
#define SIGBUS 7
#define SIGSEGV 11
#define SEGV_MAPERR 1
#define SEGV_ACCERR 2
#define BUS_ADRERR 2
#define BUS_OBJERR 3

static const struct sys_fault go_on = {0};

/* From the driver's devmap_access. */
static struct sys_fault
signal_by_driver(const struct fault *fault)
{
	if (fault_interrupted(fault))
		return go_on;
	if (fault->code == EINTR) /* and a load was denied: 4 is FC_PROT */
		return (struct sys_fault){SIGSEGV, SEGV_ACCERR, 0};
	return (struct sys_fault){SIGBUS, BUS_OBJERR, fault_driver_error(fault->code)};
}

static struct sys_fault
signal_of(const struct fault *fault)
{
	if (fault->code == 0)
		return go_on;
	if (fault->by_driver)
		return signal_by_driver(fault);
	switch (FC_CODE(fault->code)) {
	case FC_NOMAP:
		return (struct sys_fault){SIGSEGV, SEGV_MAPERR, 0};
	case FC_PROT:
		return (struct sys_fault){SIGSEGV, SEGV_ACCERR, 0};
	case FC_OBJERR:
		return (struct sys_fault){SIGBUS, BUS_OBJERR, (int)FC_ERRNO(fault->code)};
	default:
		return (struct sys_fault){SIGBUS, BUS_ADRERR, 0};
	}
}

/*
 *	addr          addr + len
 *	  |--page--|--page--|          one after the other, until one does not go on
 */
static struct sys_fault
serve_range(struct access *access, uintptr_t addr, size_t len, unsigned rw)
{
	struct sys_fault result;
	uintptr_t page = page_floor(addr);

	do {
		struct fault fault = fault_serve(access, page, rw);

		result = signal_of(&fault);
		if (result.signo != 0 || fault.code != 0)
			break;
		page += PAGE_SIZE;
	} while (page > addr && page - addr < len);
	return result;
}

struct sys_fault
sys_fault(uintptr_t addr, size_t len, enum sys_rw rw)
{
	static const unsigned directions[] = {
		[SYS_RW_OTHER] = DEVMAP_OTHER,
		[SYS_RW_READ] = DEVMAP_READ,
		[SYS_RW_WRITE] = DEVMAP_WRITE,
		[SYS_RW_EXEC] = DEVMAP_EXEC,
	};
	struct access access;
	struct sys_fault result;
	int error;

	kthread_refresh();
	error = address_space_access_begin(&proc_current()->space, &access);
	if (error == EINTR)
		return go_on;
	if (error != 0)
		return (struct sys_fault){SIGSEGV, SEGV_MAPERR, 0};
	result = serve_range(&access, addr, len, directions[rw]);
	address_space_access_end(&access);
	return result;
}
