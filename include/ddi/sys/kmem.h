/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/kmem.h>: kernel memory, kmem_alloc(9F), kmem_cache_create(9F). */
#ifndef _SYS_KMEM_H
#define _SYS_KMEM_H

#include <sys/types.h>
#include <sys/vmem.h>

#define KM_SLEEP 0x0000   /* waits for memory */
#define KM_NOSLEEP 0x0001 /* NULL if there is none now */
#define KM_PANIC 0x0002
#define KM_PUSHPAGE 0x0004
#define KM_NORMALPRI 0x0008
#define KM_NOSLEEP_LAZY (KM_NOSLEEP | KM_NORMALPRI)
#define KM_VMFLAGS 0x00ff
#define KM_FLAGS 0xffff

#define KMC_NOTOUCH 0x00010000
#define KMC_NODEBUG 0x00020000
#define KMC_NOMAGAZINE 0x00040000
#define KMC_NOHASH 0x00080000
#define KMC_QCACHE 0x00100000

typedef struct kmem_cache kmem_cache_t;

/* size in bytes; KM_SLEEP (user or kernel context): never NULL; KM_NOSLEEP: any context.  size 0: NULL. */
void *kmem_alloc(size_t, int) SUNDOG_LINK(kmem_alloc);
void *kmem_zalloc(size_t, int) SUNDOG_LINK(kmem_zalloc);
/* The size is the one asked for. */
void kmem_free(void *, size_t) SUNDOG_LINK(kmem_free);
void *kmem_alloc_tryhard(size_t, size_t *, int) SUNDOG_ABSENT(kmem_alloc_tryhard);

/* name, size, alignment (0: any), constructor (0 or -1), destructor, reclaim, argument, NULL, KMC_*. */
kmem_cache_t *kmem_cache_create(char *, size_t, size_t, int (*)(void *, void *, int), void (*)(void *, void *),
				void (*)(void *), void *, vmem_t *, int) SUNDOG_LINK(kmem_cache_create);
void kmem_cache_destroy(kmem_cache_t *) SUNDOG_LINK(kmem_cache_destroy);
void *kmem_cache_alloc(kmem_cache_t *, int) SUNDOG_LINK(kmem_cache_alloc);
void kmem_cache_free(kmem_cache_t *, void *) SUNDOG_LINK(kmem_cache_free);
void kmem_cache_reap_now(kmem_cache_t *) SUNDOG_LINK(kmem_cache_reap_now);
size_t kmem_maxavail(void) SUNDOG_ABSENT(kmem_maxavail);
pgcnt_t kmem_avail(void) SUNDOG_ABSENT(kmem_avail);

#endif
