/* SPDX-License-Identifier: BSD-2-Clause */
/* <vm/seg_dev.h>: segments of devices: everything of it is in <sys/ddidevmap.h>. */
#ifndef _VM_SEG_DEV_H
#define _VM_SEG_DEV_H

#include <sys/ddidevmap.h>
#include <vm/seg.h>

#endif
