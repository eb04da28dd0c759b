/* SPDX-License-Identifier: BSD-2-Clause */
/* lockdrv.h: what lockdrv.c and its applications agree on; the includer has fixed-size types. */
#ifndef LOCKDRV_H
#define LOCKDRV_H

#define LOCKDRV_SLOTS 4096 /* locks at a time */

#define LOCKDRV_IOC(n) (('L' << 8) | (n))
#define LOCKDRV_LOCK LOCKDRV_IOC(1)    /* ddi_umem_lock(addr, len, flags) -> slot */
#define LOCKDRV_LOCKMEM LOCKDRV_IOC(2) /* umem_lockmemory, with a callback that unlocks -> slot */
#define LOCKDRV_UNLOCK LOCKDRV_IOC(3)  /* slot */
#define LOCKDRV_XOR LOCKDRV_IOC(4)     /* the driver: ^= value for each step'th word of [offset, offset + len) of the slot */
#define LOCKDRV_CLEANUPS LOCKDRV_IOC(5) /* returns how often the callback was called */
#define LOCKDRV_LOCKS LOCKDRV_IOC(6)   /* returns how many slots are locked */
#define LOCKDRV_STAY LOCKDRV_IOC(7)    /* arg 1: closes do not unlock, 0: they do again, and everything is unlocked */

#define LOCKDRV_READ 1 /* flags */
#define LOCKDRV_WRITE 2
#define LOCKDRV_LONGTERM 4
#define LOCKDRV_LATE 0x100 /* of LOCKMEM: the callback does not unlock, LOCKDRV_UNLOCK is to */

/* The slot's memory can be mapped here. */
#define LOCKDRV_AT(slot) ((uint64_t)(slot) << 32)

struct lockdrv {
	uint64_t addr, len, offset, value;
	int32_t flags, slot, step, pad;
};

#endif
