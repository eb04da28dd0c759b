/* SPDX-License-Identifier: BSD-2-Clause */
/* <vm/seg_enum.h>: kinds and directions of faults. */
#ifndef _VM_SEG_ENUM_H
#define _VM_SEG_ENUM_H

enum fault_type { F_INVAL, F_PROT, F_SOFTLOCK, F_SOFTUNLOCK };
enum seg_rw { S_OTHER, S_READ, S_WRITE, S_EXEC, S_CREATE, S_READ_NOCOW };
enum lock_type { L_PAGELOCK, L_PAGEUNLOCK, L_PAGERECLAIM };

#endif
