/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/devmap/trash.h"

#include "kernel/host.h"
#include "kernel/vm/page_object.h"

/* All trash there is. */
static struct {
	struct host_mutex lock; /* protects the field below */
	struct page_object *object;
} trash;

struct page_object *
trash_hold(void)
{
	struct page_object *object;

	host_mutex_lock(&trash.lock);
	if (trash.object == NULL && page_object_create(TRASH_SIZE, 0, &trash.object) != 0)
		host_panic("no memory for the trash page");
	object = trash.object;
	page_object_hold(object);
	host_mutex_unlock(&trash.lock);
	return object;
}

void trash_halt(void)
{
	page_object_release(trash.object);
	trash.object = NULL;
}

size_t
trash_chunk(size_t len)
{
	return len <= TRASH_SINGLE_MAX ? PAGE_SIZE : TRASH_SIZE;
}
