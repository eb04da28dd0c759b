/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dma.h: simulated DMA.  A bound object has addresses in one I/O address space of the whole system, through which the
 * device's hardware side reaches it.
 *
 *	object   |------ bytes [0, len) -------------------------------|
 *	runs     |--- run ---|------ run ------|---------- run --------|    consecutive I/O addresses each
 *	cookies  |-----|-----|--------|--------|---------|------|------|    cut as the device's attributes ask
 *	windows  |------ window ------|-------------- window ----------|    what the device may reach at one time
 *
 * Locks: the I/O space's (dma_space.c), a leaf, protects the tree of runs, and the fields of a handle that are marked so.  All else
 * of a handle is serialised by its driver.
 */
#ifndef KERNEL_DDI_DMA_DMA_H
#define KERNEL_DDI_DMA_DMA_H

#include "kernel/lib/tree.h"
#include "kernel/vm/page_object.h"
#include <stdbool.h>
#include <sys/ddidmareq.h>
#include <sys/types.h>

struct io_memory;

/* Consecutive I/O addresses. */
struct dma_run {
	struct tree_node node; /* in the space, by address: node.key */
	size_t len;
	size_t offset; /* of its first byte in the object */
	struct __ddi_dma_handle *handle;
	struct page_alias alias; /* its pages by the device's frame numbers, if they are the kernel's */
};

struct dma_window {
	size_t offset, len;  /* in the object */
	uint_t first, count; /* of cookies */
};

struct __ddi_dma_handle {
	dev_info_t *dip;
	ddi_dma_attr_t attr;

	/* while an object is bound */
	struct io_memory *memory; /* held; NULL: nothing is bound */
	size_t offset, len;       /* of the object in memory */
	uint_t flags;             /* DDI_DMA_* of the bind */
	struct dma_run *runs;
	uint_t nruns;
	ddi_dma_cookie_t *cookies;
	uint_t ncookies, cookies_room;
	struct dma_window *windows;
	uint_t nwindows, windows_room;
	uint_t next; /* cookie that ddi_dma_nextcookie(9F) gives, in the window */

	/* protected by the space's lock */
	bool open;       /* the device may come; nothing above changes then */
	uint_t window;   /* the active one */
	uint_t accesses; /* of the device, in progress */
};

/* ---- dma_space.c ---- */

enum dma_taken {
	DMA_TAKEN,
	DMA_NOT_NOW,
	DMA_NEVER, /* there are not so many addresses between lo and hi */
};
/*
 * Addresses for all runs of a handle (their lengths and offsets are filled in), within its attributes, each aligned to
 * align, a power of two; the first skew bytes, less than a page, behind that.
 */
enum dma_taken dma_space_take(struct __ddi_dma_handle *handle, uint64_t align, size_t skew);
/* Gives them back, when the device's accesses in progress have ended. */
void dma_space_give(struct __ddi_dma_handle *handle);
/* The device reaches this window now, and no other. */
void dma_space_open(struct __ddi_dma_handle *handle, uint_t window);

/*
 * For an access of the device from address on: the part of it, at most *len bytes, that one window of a handle has;
 * the access is in progress until dma_space_leave().  NULL: nothing of dip's is bound there.
 */
struct __ddi_dma_handle *dma_space_enter(const dev_info_t *dip, uint64_t address, size_t *len, size_t *offset);
void dma_space_leave(struct __ddi_dma_handle *handle);

/* ---- dma_wait.c: waiting for addresses or memory ---- */

/* Something was given back: wakes the waiters, and calls callbacks. */
void dma_freed(void);
/* Waits until something has been given back since dma_freed_count() returned seen. */
uint64_t dma_freed_count(void);
void dma_freed_wait(uint64_t seen);
/*
 * The driver's wish after a failure: waitfp is a function to be called when something is given back, again each time it
 * returns DDI_DMA_CALLBACK_RUNOUT; DDI_DMA_DONTWAIT and DDI_DMA_SLEEP: nothing.  false: something has been given back
 * since dma_freed_count() returned seen, before the failure; nothing was done, try again.
 */
bool dma_callback(int (*waitfp)(caddr_t), caddr_t arg, uint64_t seen, const void *caller);

/* ---- dma_stat.c: the kstat sundog:0:dma ---- */

enum dma_stat {
	DMA_STAT_BOUND,     /* objects that are bound now */
	DMA_STAT_READ,      /* bytes that devices have read ... */
	DMA_STAT_WRITTEN,   /* ... and written */
	DMA_STAT_REFUSED,   /* accesses outside of what is bound */
	DMA_STAT_DISCARDED, /* bytes for memory that is gone with its process */
	DMA_STATS,
};
void dma_stat_add(enum dma_stat stat, int64_t by);
void dma_stat_boot(void);
/* Before the leaks are reported. */
void dma_stat_halt(void);

/* ---- dma_layout.c ---- */

/*
 * Cuts an object of so many bytes into runs: one, or as many pages' as the device can take.  skew: bytes from the
 * begin of the first page.  dma_layout_align: what each begins at, but for skew.
 */
void dma_layout_runs(struct __ddi_dma_handle *handle, size_t skew, bool one_piece);
uint64_t dma_layout_align(const struct __ddi_dma_handle *handle);
/* Cookies and windows of runs that have their addresses.  false: a window of the device's granularity is not to be had. */
bool dma_layout_cookies(struct __ddi_dma_handle *handle);
/* Frees all three. */
void dma_layout_free(struct __ddi_dma_handle *handle);

#endif
