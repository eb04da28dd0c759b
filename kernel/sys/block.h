/* SPDX-License-Identifier: BSD-2-Clause */
/* block.h: read(2) and write(2) of a block node. */
#ifndef KERNEL_SYS_BLOCK_H
#define KERNEL_SYS_BLOCK_H

#include <sys/uio.h>

struct sys_file;

/*
 * Bytes from and to a device that moves whole blocks of DEV_BSIZE, by the driver's strategy(9E).  uio advances over what
 * was moved.  0; ENXIO: no strategy(9E); ENOSPC: writing, and nothing could be moved at the device's end; EFAULT; EINTR;
 * the buf's errno.
 */
int block_transfer(struct sys_file *f, enum uio_rw rw, uio_t *uio);

#endif
