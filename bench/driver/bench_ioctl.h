/* SPDX-License-Identifier: BSD-2-Clause */
/* bench_ioctl.h: what bench.c and its application agree on. */
#ifndef BENCH_IOCTL_H
#define BENCH_IOCTL_H

#define BENCH_EMPTY (('B' << 8) | 0)
#define BENCH_COPY (('B' << 8) | 1) /* arg: BENCH_COPY_BYTES, copied in and out */
#define BENCH_COPY_BYTES 4096
#define BENCH_BYTES (64 << 20) /* of memory, mapped from offset 0 */

#endif
