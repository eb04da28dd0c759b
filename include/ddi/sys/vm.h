/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/vm.h>: paging of the original. */
#ifndef _SYS_VM_H
#define _SYS_VM_H

#include <sys/types.h>

/* What comes along with it. */
#include <sys/sysmacros.h>
#include <sys/vmsystm.h>
#include <sys/vnode.h>

#endif
