/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The I/O address space: one tree of runs by address.
 *
 *	0  |page|  low, below 4 GiB                  | high, up to 2^42              |
 *	        |=run=|    |=run=|                   |=run=|   |==run==|
 *
 * Devices that reach 64 bits get high addresses, so that a driver that cuts them off is found out.  At least a page is
 * free between two runs, so that a device that goes too far is.
 */
#include "kernel/ddi/dma/dma.h"
#include "kernel/ddi/mem/hat.h"
#include "kernel/ddi/mem/io_memory.h"
#include "kernel/host.h"
#include "kernel/vm/page_object.h"

#define SPACE_FIRST PAGE_SIZE
#define SPACE_HIGH ((uint64_t)1 << 32)
#define SPACE_END ((uint64_t)PAGE_FRAME_OBJECTS * PAGE_SIZE) /* 2^42: frame numbers from there on are the kernel's own */

static struct {
	struct host_mutex lock; /* protects the fields below, and those of handles; a leaf */
	struct host_cond idle;  /* a handle has no accesses any more */
	struct tree runs;
	uint64_t next_low, next_high; /* where to look for free addresses */
} space;

static struct dma_run *run_of(struct tree_node *node)
{
	return tree_entry(node, struct dma_run, node);
}

static uint64_t run_end(const struct dma_run *run)
{
	return run->node.key + run->len;
}

/* ---- finding addresses: all under the lock ---- */

static uint64_t aligned(uint64_t at, uint64_t align, size_t skew)
{
	return ((at - skew + align - 1) & ~(align - 1)) + skew;
}

/*
 *	|==before==|page|  at |align|    skew |--- len ---|page|==after==|
 *
 * The first free place in [from, end), which is at most SPACE_END; 0: none.
 */
static uint64_t place_find(uint64_t from, uint64_t end, size_t len, uint64_t align, size_t skew)
{
	uint64_t at = from;

	for (;;) {
		const struct dma_run *run;

		at = aligned(at, align, skew);
		if (at < from || at >= end || len > end - at)
			return 0;
		run = run_of(tree_find_below(&space.runs, at + len + PAGE_SIZE - 1));
		if (run == NULL || run_end(run) + PAGE_SIZE <= at)
			return at;
		at = run_end(run) + PAGE_SIZE;
	}
}

/* From *next on, then from the begin. */
static uint64_t place_take(uint64_t *next, uint64_t lo, uint64_t end, size_t len, uint64_t align, size_t skew)
{
	uint64_t at = 0;

	if (*next > lo && *next < end)
		at = place_find(*next, end, len, align, skew);
	if (at == 0)
		at = place_find(lo, end, len, align, skew);
	if (at != 0)
		*next = at + len;
	return at;
}

/* [*lo, *end) is what the device reaches of the space: the high part if there is any. */
static uint64_t *reach(const ddi_dma_attr_t *attr, uint64_t *lo, uint64_t *end)
{
	*lo = attr->dma_attr_addr_lo > SPACE_FIRST ? attr->dma_attr_addr_lo : SPACE_FIRST;
	*end = attr->dma_attr_addr_hi < SPACE_END ? attr->dma_attr_addr_hi + 1 : SPACE_END;
	if (*end <= SPACE_HIGH * 2)
		return &space.next_low;
	if (*lo < SPACE_HIGH)
		*lo = SPACE_HIGH;
	return &space.next_high;
}

/* Would they all have a place if there were no others? */
static bool runs_fit(const struct __ddi_dma_handle *handle, uint64_t lo, uint64_t end, uint64_t align, size_t skew)
{
	uint64_t at = lo;

	for (uint_t i = 0; i < handle->nruns; i++) {
		uint64_t place = aligned(at, align, i == 0 ? skew : 0);

		if (place < at || place >= end || handle->runs[i].len > end - place)
			return false;
		at = place + handle->runs[i].len + PAGE_SIZE;
	}
	return true;
}

static void runs_remove(struct __ddi_dma_handle *handle, uint_t count)
{
	for (uint_t i = 0; i < count; i++)
		tree_remove(&space.runs, &handle->runs[i].node);
}

/* ---- frame numbers: a driver may show, or map, what it has bound by the address that its device knows ---- */

/*
 *	run     address = frame * PAGE_SIZE + skew
 *	memory  |skew|----- run->len -----|        of whole pages, as the kernel has them
 */
static void run_name(struct __ddi_dma_handle *handle, struct dma_run *run)
{
	size_t skew = run->node.key & PAGE_OFFSET, pages = (skew + run->len + PAGE_OFFSET) / PAGE_SIZE, offset;
	char *address = io_memory_kernel_address(handle->memory) + handle->offset + run->offset - skew;
	struct page_object *object = hat_pages(address, pages * PAGE_SIZE, &offset);

	if (object != NULL && (offset & PAGE_OFFSET) == 0)
		page_alias_add(&run->alias, run->node.key / PAGE_SIZE, pages, object, offset);
	page_object_release(object);
}

static void runs_name(struct __ddi_dma_handle *handle)
{
	for (uint_t i = 0; io_memory_is_kernel(handle->memory) && i < handle->nruns; i++)
		run_name(handle, &handle->runs[i]);
}

/* ---- taking ---- */

enum dma_taken dma_space_take(struct __ddi_dma_handle *handle, uint64_t align, size_t skew)
{
	uint64_t lo, end, *next = reach(&handle->attr, &lo, &end);
	uint_t i;

	if (!runs_fit(handle, lo, end, align, skew))
		return DMA_NEVER;
	host_mutex_lock(&space.lock);
	for (i = 0; i < handle->nruns; i++) {
		struct dma_run *run = &handle->runs[i];
		uint64_t at = place_take(next, lo, end, run->len, align, i == 0 ? skew : 0);

		if (at == 0)
			break;
		tree_insert(&space.runs, &run->node, at);
	}
	if (i < handle->nruns)
		runs_remove(handle, i);
	host_mutex_unlock(&space.lock);
	if (i < handle->nruns)
		return DMA_NOT_NOW;
	runs_name(handle);
	return DMA_TAKEN;
}

/* ---- giving back ---- */

void dma_space_give(struct __ddi_dma_handle *handle)
{
	for (uint_t i = 0; i < handle->nruns; i++)
		page_alias_remove(&handle->runs[i].alias);
	host_mutex_lock(&space.lock);
	runs_remove(handle, handle->nruns);
	handle->open = false;
	while (handle->accesses > 0)
		(void)host_cond_wait(&space.idle, &space.lock, HOST_FOREVER, false);
	host_mutex_unlock(&space.lock);
}

/* ---- the device's accesses ---- */

void dma_space_open(struct __ddi_dma_handle *handle, uint_t window)
{
	host_mutex_lock(&space.lock);
	handle->window = window;
	handle->open = true;
	host_mutex_unlock(&space.lock);
}

/*
 *	run      |------------------------------|
 *	window         |-----------------------------|      in bytes of the object
 *	access              |------ *len ------|
 *
 * Under the lock.
 */
static bool part_in_window(const struct dma_run *run, uint64_t address, size_t *len, size_t *offset)
{
	const struct dma_window *window = &run->handle->windows[run->handle->window];
	size_t left = (size_t)(run_end(run) - address);

	*offset = run->offset + (size_t)(address - run->node.key);
	if (*offset < window->offset || *offset - window->offset >= window->len)
		return false;
	if (left > window->offset + window->len - *offset)
		left = window->offset + window->len - *offset;
	if (*len > left)
		*len = left;
	return true;
}

struct __ddi_dma_handle *dma_space_enter(const dev_info_t *dip, uint64_t address, size_t *len, size_t *offset)
{
	struct __ddi_dma_handle *handle = NULL;
	const struct dma_run *run;

	host_mutex_lock(&space.lock);
	run = run_of(tree_find_below(&space.runs, address));
	if (run != NULL && address - run->node.key < run->len && run->handle->dip == dip &&
	    run->handle->open && part_in_window(run, address, len, offset)) {
		handle = run->handle;
		handle->accesses++;
	}
	host_mutex_unlock(&space.lock);
	return handle;
}

void dma_space_leave(struct __ddi_dma_handle *handle)
{
	host_mutex_lock(&space.lock);
	handle->accesses--;
	if (handle->accesses == 0)
		host_cond_broadcast(&space.idle);
	host_mutex_unlock(&space.lock);
}
