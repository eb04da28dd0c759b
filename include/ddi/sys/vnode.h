/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/vnode.h>: only the kinds of a file. */
#ifndef _SYS_VNODE_H
#define _SYS_VNODE_H

#include <sys/types.h>

typedef enum vtype { VNON, VREG, VDIR, VBLK, VCHR, VLNK, VFIFO, VDOOR, VPROC, VSOCK, VPORT, VBAD } vtype_t;
typedef struct vnode vnode_t;

/* What comes along with it. */
#include <sys/buf.h>
#include <sys/cred.h>
#include <sys/kmem.h>
#include <sys/list_impl.h>
#include <sys/model.h>
#include <sys/stdint.h>
#include <vm/seg_enum.h>

#endif
