/* SPDX-License-Identifier: BSD-2-Clause */
/* memory.h: the ordinary memory behind ranges of a simulated process; counted. */
#ifndef HOST_EMBED_MEMORY_H
#define HOST_EMBED_MEMORY_H

#include "host/posix/posix.h"
#include <pthread.h>
#include <stdatomic.h>

struct as_memory {
	atomic_uint refs; /* ranges that lie in it, and locks */
	size_t size;

	/* Protects the fields below against those that reach it without its address space: locks. */
	pthread_rwlock_t lock;
	char *data;
	char *lender;            /* the buffer of the test that it stands for during one call; NULL: none */
	struct posix_file *file; /* that data maps, whole pages; NULL: not shared */
};

/* Zero-filled; NULL: no memory. */
struct as_memory *memory_create(size_t size);
/* data of the caller's, until memory_return(). */
struct as_memory *memory_lend(void *data, size_t size);
void memory_hold(struct as_memory *memory);
void memory_drop(struct as_memory *memory); /* may be NULL */
/*
 * The caller's buffer has what was written, and is not used any more: a lock that is left goes on with a copy.  No
 * address space has it any more.
 */
void memory_return(struct as_memory *memory);
/* Moves it to a file, unless it is in one.  No address space accesses it meanwhile.  ENOMEM, EAGAIN. */
int memory_share(struct as_memory *memory);

/* As a device.  What lies beyond size reads as zero. */
void memory_read(struct as_memory *memory, uint64_t offset, void *to, size_t len);
void memory_write(struct as_memory *memory, uint64_t offset, const void *from, size_t len);

#endif
