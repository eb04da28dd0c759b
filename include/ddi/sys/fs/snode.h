/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/fs/snode.h>: file nodes of devices. */
#ifndef _SYS_FS_SNODE_H
#define _SYS_FS_SNODE_H

#include <sys/types.h>
#include <sys/vnode.h>

/* Not provided: what they are about is not simulated. */
struct vnodeops *spec_getvnodeops(void) SUNDOG_ABSENT(spec_getvnodeops);
dev_info_t *spec_hold_devi_by_vp(struct vnode *) SUNDOG_ABSENT(spec_hold_devi_by_vp);
struct vnode *specfind(dev_t, vtype_t) SUNDOG_ABSENT(specfind);

#endif
