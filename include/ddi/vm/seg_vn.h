/* SPDX-License-Identifier: BSD-2-Clause */
/* <vm/seg_vn.h>: segments of files. */
#ifndef _VM_SEG_VN_H
#define _VM_SEG_VN_H

#include <vm/seg.h>

/* What comes along with it. */
#include <sys/cpuvar.h>
#include <sys/zone.h>

#endif
