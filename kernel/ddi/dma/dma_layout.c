/* SPDX-License-Identifier: BSD-2-Clause */
/* How an object looks to its device: runs, cookies and windows within ddi_dma_attr(9S).  See dma.h. */
#include "kernel/ddi/dma/dma.h"
#include "kernel/host.h"
#include "kernel/vm/page_object.h"
#include <sys/int_limits.h>
#include <sys/string.h>

#define RUNS_MAX 16u /* pieces that an object is taken to be scattered into */

/* ---- runs ---- */

static uint_t cookies_most(const ddi_dma_attr_t *attr)
{
	return attr->dma_attr_sgllen < 0 ? UINT_MAX : (uint_t)attr->dma_attr_sgllen;
}

/*
 *	skew|-------------- len ---------------|
 *	|page|page|page|page|page|page|page|page|
 *	    |-- run --|-- run --|-- run --|-run|
 */
void dma_layout_runs(struct __ddi_dma_handle *handle, size_t skew, bool one_piece)
{
	size_t pages = (skew + handle->len + PAGE_OFFSET) / PAGE_SIZE, each, offset = 0;
	size_t most = cookies_most(&handle->attr) < RUNS_MAX ? cookies_most(&handle->attr) : RUNS_MAX;

	if (one_piece)
		most = 1;
	each = (pages + most - 1) / most;
	handle->nruns = (uint_t)((pages + each - 1) / each);
	handle->runs = host_alloc(handle->nruns * sizeof(*handle->runs), true);
	for (uint_t i = 0; i < handle->nruns; i++) {
		size_t end = (i + 1) * each * PAGE_SIZE - skew;

		if (end > handle->len)
			end = handle->len;
		handle->runs[i].handle = handle;
		handle->runs[i].offset = offset;
		handle->runs[i].len = end - offset;
		offset = end;
	}
}

/*
 * What the device asks, a page at least; and where its boundary could cut a run, so much that it cuts none that is
 * shorter, and a longer one as seldom as can be.
 */
uint64_t dma_layout_align(const struct __ddi_dma_handle *handle)
{
	const ddi_dma_attr_t *attr = &handle->attr;
	uint64_t align = PAGE_SIZE;

	if (attr->dma_attr_seg < attr->dma_attr_addr_hi) {
		while (align < handle->runs[0].len + PAGE_SIZE && align <= attr->dma_attr_seg)
			align *= 2;
	}
	return align > attr->dma_attr_align ? align : attr->dma_attr_align;
}

/* ---- cookies ---- */

/* One more element in an array that grows. */
static void *array_add(void *array, uint_t *count, uint_t *room, size_t element)
{
	if (*count == *room) {
		uint_t grown = *room == 0 ? 4 : *room * 2;
		char *copy = host_alloc(grown * element, true);

		if (*room > 0)
			memcpy(copy, array, *room * element);
		host_free(array, *room * element);
		array = copy;
		*room = grown;
	}
	++*count;
	return array;
}

static void cookie_add(struct __ddi_dma_handle *handle, struct dma_window *window, uint64_t address, size_t len)
{
	ddi_dma_cookie_t *cookie;

	handle->cookies = array_add(handle->cookies, &handle->ncookies, &handle->cookies_room, sizeof(*cookie));
	cookie = &handle->cookies[handle->ncookies - 1];
	cookie->dmac_laddress = address;
	cookie->dmac_size = len;
	window->count++;
	window->len += len;
}

/* What one cookie may take from address on: up to the device's count, and to its boundary. */
static uint64_t cookie_most(const ddi_dma_attr_t *attr, uint64_t address)
{
	uint64_t to_boundary = (address | attr->dma_attr_seg) - address;
	uint64_t most = to_boundary < attr->dma_attr_count_max ? to_boundary : attr->dma_attr_count_max;

	return most == UINT64_MAX ? most : most + 1;
}

static const struct dma_run *run_at(const struct __ddi_dma_handle *handle, size_t offset)
{
	const struct dma_run *run = handle->runs;

	while (offset - run->offset >= run->len)
		run++;
	return run;
}

/* ---- windows ---- */

/* What follows another window begins at a multiple of the granularity: cookies are cut back to it. */
static void window_trim(struct __ddi_dma_handle *handle, struct dma_window *window)
{
	size_t excess = window->len % handle->attr.dma_attr_granular;

	window->len -= excess;
	while (excess > 0) {
		ddi_dma_cookie_t *last = &handle->cookies[handle->ncookies - 1];

		if (last->dmac_size > excess) {
			last->dmac_size -= excess;
			return;
		}
		excess -= last->dmac_size;
		handle->ncookies--;
		window->count--;
	}
}

static size_t least(size_t a, uint64_t b)
{
	return b < a ? (size_t)b : a;
}

/*
 *	object   |........|----------- rest ---------------|
 *	window            |cookie|cookie|cookie|              at most sgllen of them, and maxxfer bytes
 */
static void window_fill(struct __ddi_dma_handle *handle, struct dma_window *window)
{
	const ddi_dma_attr_t *attr = &handle->attr;
	uint64_t most = attr->dma_attr_maxxfer - attr->dma_attr_maxxfer % attr->dma_attr_granular;

	while (window->offset + window->len < handle->len && window->count < cookies_most(attr) &&
	       window->len < most) {
		size_t offset = window->offset + window->len;
		const struct dma_run *run = run_at(handle, offset);
		uint64_t address = run->node.key + (offset - run->offset);
		size_t len = least(run->len - (offset - run->offset), cookie_most(attr, address));

		cookie_add(handle, window, address, least(len, most - window->len));
	}
}

bool dma_layout_cookies(struct __ddi_dma_handle *handle)
{
	size_t offset = 0;

	while (offset < handle->len) {
		struct dma_window window = {.offset = offset, .first = handle->ncookies};

		window_fill(handle, &window);
		if (offset + window.len < handle->len)
			window_trim(handle, &window);
		if (window.len == 0)
			return false;
		handle->windows =
			array_add(handle->windows, &handle->nwindows, &handle->windows_room, sizeof(window));
		handle->windows[handle->nwindows - 1] = window;
		offset += window.len;
	}
	return true;
}

void dma_layout_free(struct __ddi_dma_handle *handle)
{
	host_free(handle->runs, handle->nruns * sizeof(*handle->runs));
	host_free(handle->cookies, handle->cookies_room * sizeof(*handle->cookies));
	host_free(handle->windows, handle->windows_room * sizeof(*handle->windows));
	handle->runs = NULL;
	handle->cookies = NULL;
	handle->windows = NULL;
	handle->nruns = handle->ncookies = handle->cookies_room = 0;
	handle->nwindows = handle->windows_room = 0;
}
