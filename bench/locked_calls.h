/* SPDX-License-Identifier: BSD-2-Clause */
/* locked_calls.h: what a driver does, for locked.c, which is no driver. */
#ifndef BENCH_LOCKED_CALLS_H
#define BENCH_LOCKED_CALLS_H

/* Locks len bytes at addr of the current process for a device that writes; NULL: refused. */
void *calls_lock(unsigned long addr, unsigned long len);
void calls_unlock(void *cookie);

#endif
