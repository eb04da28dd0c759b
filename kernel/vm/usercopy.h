/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usercopy.h: the kernel's own accesses to a process's memory: ddi_copyin(9F), uiomove(9F).  Parts of a range
 * that lie in device mappings pass through the driver's devmap_access like the process's own accesses.
 *
 * May block for as long as a driver likes.  What was copied before an error stays copied.
 */
#ifndef KERNEL_VM_USERCOPY_H
#define KERNEL_VM_USERCOPY_H

#include <stddef.h>
#include <stdint.h>

struct sys_proc; /* begins with its proc_t */

/*
 * 0; EFAULT: not readable (writable) memory; for a part in a device mapping the errno of its fault, as
 * uiomove(9F) returns it: EINTR when a signal is pending.
 */
int user_copyin(struct sys_proc *p, void *to, uintptr_t from, size_t len);
int user_copyout(struct sys_proc *p, uintptr_t to, const void *from, size_t len);

#endif
