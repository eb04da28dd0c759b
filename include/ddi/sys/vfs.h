/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/vfs.h>: file systems. */
#ifndef _SYS_VFS_H
#define _SYS_VFS_H

#include <sys/types.h>
#include <sys/vnode.h>

/* What comes along with it. */
#include <sys/avl_impl.h>
#include <sys/zone.h>

#endif
