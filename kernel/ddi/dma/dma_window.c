/* SPDX-License-Identifier: BSD-2-Clause */
/* Cookies and windows of a bound object: ddi_dma_nextcookie(9F), ddi_dma_getwin(9F). */
#include "kernel/ddi/dma/dma.h"
#include "kernel/lib/message.h"
#include <sys/sunddi.h>

/* NULL: nothing is bound.  The active window changes in the driver's own calls only. */
static const struct dma_window *window_of(const struct __ddi_dma_handle *handle)
{
	return handle->memory == NULL ? NULL : &handle->windows[handle->window];
}

static const ddi_dma_cookie_t *cookie_at(const struct __ddi_dma_handle *handle, uint_t i)
{
	const struct dma_window *window = window_of(handle);

	return window != NULL && i < window->count ? &handle->cookies[window->first + i] : NULL;
}

/* Beyond the last cookie, where the usual loop over them ends, *cookie stays as it is. */
void ddi_dma_nextcookie(ddi_dma_handle_t handle, ddi_dma_cookie_t *cookie)
{
	const ddi_dma_cookie_t *next = cookie_at(handle, handle->next);

	if (window_of(handle) == NULL)
		driver_bug(CALLER(), "ddi_dma_nextcookie: nothing is bound to handle %p", (void *)handle);
	if (next == NULL) {
		driver_note(CALLER(), "ddi_dma_nextcookie: the window has no more than %u cookies", window_of(handle)->count);
		return;
	}
	*cookie = *next;
	handle->next++;
}

int ddi_dma_ncookies(ddi_dma_handle_t handle)
{
	return window_of(handle) == NULL ? 0 : window_of(handle)->count;
}

const ddi_dma_cookie_t *ddi_dma_cookie_get(ddi_dma_handle_t handle, uint_t i)
{
	return cookie_at(handle, i);
}

const ddi_dma_cookie_t *ddi_dma_cookie_iter(ddi_dma_handle_t handle, const ddi_dma_cookie_t *cookie)
{
	const ddi_dma_cookie_t *first = cookie_at(handle, 0);

	return cookie == NULL || first == NULL ? first : cookie_at(handle, (uint_t)(cookie - first) + 1);
}

const ddi_dma_cookie_t *ddi_dma_cookie_one(ddi_dma_handle_t handle)
{
	if (ddi_dma_ncookies(handle) != 1)
		driver_bug(CALLER(), "ddi_dma_cookie_one: there are %u cookies", ddi_dma_ncookies(handle));
	return cookie_at(handle, 0);
}

int ddi_dma_numwin(ddi_dma_handle_t handle, uint_t *count)
{
	if (handle->memory == NULL)
		return DDI_FAILURE;
	*count = handle->nwindows;
	return DDI_SUCCESS;
}

int ddi_dma_getwin(ddi_dma_handle_t handle, uint_t number, off_t *offset, size_t *len, ddi_dma_cookie_t *cookie,
		   uint_t *count)
{
	const struct dma_window *window;

	if (handle->memory == NULL || number >= handle->nwindows)
		return DDI_FAILURE;
	dma_space_open(handle, number);
	handle->next = 1;
	window = window_of(handle);
	*offset = (off_t)window->offset;
	*len = window->len;
	*cookie = *cookie_at(handle, 0);
	*count = window->count;
	return DDI_SUCCESS;
}
