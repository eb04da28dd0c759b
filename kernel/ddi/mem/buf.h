/* SPDX-License-Identifier: BSD-2-Clause */
/* buf.h: what a buf(9S) is about, for those that make bufs and those that give them to a device. */
#ifndef KERNEL_DDI_MEM_BUF_H
#define KERNEL_DDI_MEM_BUF_H

#include <stdbool.h>
#include <sys/buf.h>

struct io_memory;

/*
 * The buf is about [offset, offset + b_bcount) of memory from now on; takes over the caller's hold.  memory NULL: about
 * nothing of ours.  Not while it is mapped in.
 */
void buf_set_memory(struct buf *bp, struct io_memory *memory, size_t offset);
/*
 * The memory that a device would move for this buf, held for the caller, and the offset of the buf's first byte in
 * it.  A driver's own buf is about kernel memory at b_un.b_addr.
 */
struct io_memory *buf_memory(struct buf *bp, size_t *offset);
/* Mapped in as a copy of its memory. */
bool buf_in_copy(const struct buf *bp);
/* Ready for another transfer: not done, no error. */
void buf_restart(struct buf *bp);
/* getrbuf(9F), reported as caller's if it is left behind. */
struct buf *buf_create(bool wait, const void *caller);

#endif
