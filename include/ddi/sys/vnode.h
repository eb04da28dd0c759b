/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/vnode.h>: only the kinds of a file. */
#ifndef _SYS_VNODE_H
#define _SYS_VNODE_H

#include <sys/types.h>

typedef enum vtype { VNON, VREG, VDIR, VBLK, VCHR, VLNK, VFIFO, VDOOR, VPROC, VSOCK, VPORT, VBAD } vtype_t;
typedef struct vnode vnode_t;

#define XAT_AV_QUARANTINED 1024
#define XAT_AV_MODIFIED 2048
#define XAT_AV_SCANSTAMP 0x1000

#define AT_SIZE 0x80
#define AT_MTIME 0x200
#define AV_SCANSTAMP_SZ 32
#define CRCREAT 0
#define FOLLOW 1
#define NULLVPP 0
#define RMFILE 0
#define VISSWAP 0x40
#define VNOMAP 4
#define VWRITE 128

#define VOPNAME_ADDMAP "addmap"
#define VOPNAME_DELMAP "delmap"
#define VOPNAME_GETPAGE "getpage"
#define VOPNAME_INACTIVE "inactive"

/* What comes along with it. */
#include <sys/buf.h>
#include <sys/cred.h>
#include <sys/kmem.h>
#include <sys/list_impl.h>
#include <sys/model.h>
#include <sys/sdt.h>
#include <vm/seg_enum.h>

#endif
