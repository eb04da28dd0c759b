/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/devmap/umem.h"

#include <sys/ddidevmap.h>

#include "kernel/ddi/core/leak.h"
#include "kernel/ddi/mem/hat.h"
#include "kernel/lib/message.h"
#include "kernel/devmap/umem_lock.h"
#include "kernel/vm/page_object.h"

/* Our own cookies hold their pages here; a driver's hand-made one has whatever it has. */
static struct page_object *
cookie_object(const struct ddi_umem_cookie *cookie)
{
	return cookie->pages_;
}

static void
cookie_destroy(void *key, size_t bytes)
{
	struct ddi_umem_cookie *cookie = key;

	page_object_release(cookie_object(cookie));
	host_free(cookie, sizeof(*cookie));
}

static const struct leak_kind cookie_leak = {.name = "umem cookie", .free = cookie_destroy};

/* ---- alloc ---- */

static unsigned
pages_flags(int flags)
{
	unsigned host = 0;

	if (!(flags & DDI_UMEM_PAGEABLE))
		host |= HOST_PAGES_LOCKED;
	if (flags & DDI_UMEM_NOSLEEP)
		host |= HOST_PAGES_NOWAIT;
	return host;
}

static unsigned
cookie_type(int flags)
{
	if (flags & DDI_UMEM_TRASH)
		return UMEM_TRASH;
	return (flags & DDI_UMEM_PAGEABLE) ? KMEM_PAGEABLE : KMEM_NON_PAGEABLE;
}

/* NULL: no memory now. */
static struct ddi_umem_cookie *
cookie_create(size_t size, int flags)
{
	struct ddi_umem_cookie *cookie = host_alloc(sizeof(*cookie), !(flags & DDI_UMEM_NOSLEEP));
	struct page_object *object;

	if (cookie == NULL)
		return NULL;
	cookie->size = size;
	cookie->type = cookie_type(flags);
	if (cookie->type == UMEM_TRASH)
		return cookie;
	if (page_object_create(size, pages_flags(flags), &object) != 0) {
		host_free(cookie, sizeof(*cookie));
		return NULL;
	}
	cookie->pages_ = object;
	cookie->cvaddr = object->address;
	return cookie;
}

void *
ddi_umem_alloc(size_t size, int flags, ddi_umem_cookie_t *cookiep)
{
	struct ddi_umem_cookie *cookie;

	*cookiep = NULL;
	if (size == 0)
		return NULL;
	if ((flags & DDI_UMEM_PAGEABLE) && (flags & DDI_UMEM_TRASH))
		driver_bug(CALLER(), "ddi_umem_alloc: DDI_UMEM_PAGEABLE and DDI_UMEM_TRASH exclude each other");
	if (size > SIZE_MAX - PAGE_OFFSET)
		return NULL;
	cookie = cookie_create(page_ceil(size), flags);
	if (cookie == NULL)
		return NULL;
	cookie->caller_ = (void *)(uintptr_t)CALLER();
	leak_add(&cookie_leak, cookie, cookie->type == UMEM_TRASH ? 0 : cookie->size, CALLER());
	*cookiep = cookie;
	return cookie->cvaddr;
}

/* ---- free ---- */

void ddi_umem_free(ddi_umem_cookie_t umem)
{
	struct ddi_umem_cookie *cookie = umem;
	const struct page_object *object;

	if (cookie == NULL)
		return;
	if (umem_is_locked(cookie)) {
		umem_unlock(cookie, CALLER(), "ddi_umem_free");
		return;
	}
	if (!leak_remove(&cookie_leak, cookie, NULL))
		driver_bug(CALLER(), "ddi_umem_free: %p is no cookie, or has been freed before", umem);
	switch (cookie->type) {
	case KMEM_PAGEABLE:
	case KMEM_NON_PAGEABLE:
	case UMEM_TRASH:
		break;
	default:
		driver_bug(CALLER(), "ddi_umem_free: cookie %p has the unknown type 0x%x", umem, cookie->type);
	}
	object = cookie_object(cookie);
	if (object != NULL && atomic_load(&object->exports) > 0)
		driver_warning(CALLER(),
			       "ddi_umem_free: cookie %p of %lu bytes is still exported by %lu mappings; its pages "
			       "stay until they are gone",
			       umem, cookie->size, (unsigned long)atomic_load(&object->exports));
	cookie_destroy(cookie, 0);
}

/* ---- for mappings ---- */

static struct page_object *
locked_pages(const struct ddi_umem_cookie *cookie, size_t offset, size_t len, size_t *in_object)
{
	struct page_object *object;

	if (!umem_is_locked(cookie) ||
	    umem_lock_pages((struct ddi_umem_cookie *)(uintptr_t)cookie, offset, len, &object, in_object) != 0)
		return NULL;
	return object;
}

struct page_object *
umem_pages(const struct ddi_umem_cookie *cookie, size_t offset, size_t len, size_t *in_object)
{
	struct page_object *object;

	if (cookie->type == UMEM_LOCKED)
		return locked_pages(cookie, offset, len, in_object);
	if (cookie->type != KMEM_PAGEABLE && cookie->type != KMEM_NON_PAGEABLE)
		return NULL;
	object = hat_pages(cookie->cvaddr + offset, len, in_object);
	if (object != NULL && (*in_object & PAGE_OFFSET) != 0) {
		page_object_release(object);
		object = NULL;
	}
	return object;
}
