/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors of pages, page_numtopp_nolock(9F).  A page that can be mapped has one from the moment when a driver first asks;
 * it lives as long as its page object.
 */
#include <sys/types.h>
#include <sys/vmsystm.h>
#include <vm/hat.h>
#include <vm/page.h>

#include "kernel/vm/page_object.h"

static page_t *
descriptors_create(const struct page_object *object)
{
	size_t pages = object->size / PAGE_SIZE;
	page_t *page = host_alloc(pages * sizeof(*page), true);

	for (size_t i = 0; i < pages; i++) {
		page[i].p_pagenum = object->frame + i;
		page[i].p_offset = i * PAGE_SIZE;
		page[i].p_state = object->resident ? P_NORELOC : 0;
		page[i].p_lckcnt = object->resident;
	}
	return page;
}

static void
descriptors_destroy(const struct page_object *object, page_t *page)
{
	host_free(page, object->size / PAGE_SIZE * sizeof(*page));
}

void page_descriptors_free(struct page_object *object)
{
	descriptors_destroy(object, atomic_load(&object->descriptors));
}

static page_t *
descriptors_of(struct page_object *object)
{
	page_t *page = atomic_load(&object->descriptors), *first = NULL;

	if (page != NULL)
		return page;
	page = descriptors_create(object);
	if (atomic_compare_exchange_strong(&object->descriptors, &first, page))
		return page;
	descriptors_destroy(object, page); /* another thread was first */
	return first;
}

/* The page of that frame number, not locked; NULL: there is none. */
page_t *
page_numtopp_nolock(pfn_t frame)
{
	struct page_object *object;
	page_t *page = NULL;
	size_t offset;

	object = frame <= UINT32_MAX ? page_object_find_frame((unsigned)frame, &offset) : NULL;
	if (object == NULL)
		return NULL;
	page = descriptors_of(object) + offset / PAGE_SIZE;
	page_object_release(object);
	return page;
}

pfn_t page_pptonum(page_t *page)
{
	return page->p_pagenum;
}

/* Of memory, as the kernel or as a device knows it; not of a register set. */
int pf_is_memory(pfn_t frame)
{
	size_t offset;
	struct page_object *object;
	int is;

	object = frame <= UINT32_MAX ? page_object_find_frame((unsigned)frame, &offset) : NULL;
	is = object != NULL && !object->registers;
	page_object_release(object);
	return is;
}

/* p_selock: -1 exclusive, > 0 so many sharers.  1: locked. */
int page_trylock(page_t *page, se_t se)
{
	int lock = __atomic_load_n(&page->p_selock, __ATOMIC_RELAXED);

	do {
		if (lock < 0 || (se == SE_EXCL && lock > 0))
			return 0;
	} while (!__atomic_compare_exchange_n(&page->p_selock, &lock, se == SE_EXCL ? -1 : lock + 1, false,
					      __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
	return 1;
}

void page_unlock(page_t *page)
{
	if (__atomic_load_n(&page->p_selock, __ATOMIC_RELAXED) < 0)
		__atomic_store_n(&page->p_selock, 0, __ATOMIC_RELEASE);
	else
		(void)__atomic_sub_fetch(&page->p_selock, 1, __ATOMIC_RELEASE);
}
