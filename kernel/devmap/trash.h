/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trash.h: the memory behind trash cookies (DDI_UMEM_TRASH).
 *
 * Every page of a small mapping is one single page of the whole system.  A host cannot lay a window for each page of
 * a mapping of any size (Linux has 65,530 of them for a process), and a process whose mapping went to trash must not
 * get a signal: so in a large mapping the windows are larger, and pages repeat every 2 MiB.
 */
#ifndef KERNEL_DEVMAP_TRASH_H
#define KERNEL_DEVMAP_TRASH_H

#include <stddef.h>

struct page_object;

#define TRASH_SINGLE_MAX ((size_t)4 << 20) /* up to this length all pages are the same */
#define TRASH_SIZE ((size_t)2 << 20)

/* The trash object, held for the caller; made at the first call. */
struct page_object *trash_hold(void);
/* At the system's end: gives it back. */
void trash_halt(void);

/* Bytes of one window in a handle of len bytes; a power of two, at most TRASH_SIZE. */
size_t trash_chunk(size_t len);

#endif
