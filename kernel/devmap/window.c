/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One window lies over the whole handle:
 *
 *	user address  |------------- handle --------------|
 *	host          |============ shown ================|    object from shown_offset on, or nothing
 *	                  |patch|        |patch|
 *
 * Patches are smaller windows over it where pages do not follow each other in one object: the single page of
 * trash, and what mmap(9E) names.  They are laid when they are needed, since a trash mapping may be of any size.
 *
 * A remap only takes translations away and changes what is behind the handle; the new window is laid by the process
 * itself at its next fault.  So a remap of another process's handle never waits for that process.
 */
#include "kernel/devmap/window.h"

#include <sys/mman.h>

#include "kernel/devmap/handle.h"
#include "kernel/devmap/protection.h"
#include "kernel/devmap/trash.h"

struct patch {
	struct tree_node node; /* key: user address */
	size_t len;
	struct page_object *object; /* held */
	size_t offset;
	struct patch *next; /* dropped ones */
};

static int
host_window(struct handle *handle, uintptr_t addr, size_t len, struct page_object *object, size_t offset)
{
	struct address_space *space = handle->space;
	struct host_window window = {
		.addr = addr,
		.len = len,
		.pages = object == NULL ? NULL : object->pages,
		.offset = offset,
		.prot = protection_host(handle->public.dh_prot),
		.intercept = handle_intercepts(handle),
		.resident = object != NULL && object->resident,
		.lend_writable = (handle->public.dh_maxprot & PROT_WRITE) != 0,
	};
	int error;

	host_mutex_lock(&space->host_lock);
	error = host_as_window(space->host, &window);
	host_mutex_unlock(&space->host_lock);
	return error;
}

/* ---- patches ---- */

static struct patch *
patch_of(struct tree_node *node)
{
	return tree_entry(node, struct patch, node);
}

static struct patch *
patch_find(const struct handle *handle, uintptr_t addr)
{
	struct patch *patch = patch_of(tree_find_below(&handle->patches, addr));

	return patch != NULL && addr - patch->node.key < patch->len ? patch : NULL;
}

static void
patch_free(struct patch *patch)
{
	page_object_release(patch->object);
	host_free(patch, sizeof(*patch));
}

/* Their windows are covered or gone. */
static void
patches_free(struct handle *handle)
{
	struct tree_node *node;

	while ((node = tree_first(&handle->patches)) != NULL) {
		tree_remove(&handle->patches, node);
		patch_free(patch_of(node));
	}
}

/* Lays a new one, or changes what the one at addr shows.  Takes the hold of object over. */
static int
patch_lay(struct handle *handle, uintptr_t addr, size_t len, struct page_object *object, size_t offset)
{
	struct patch *patch = patch_find(handle, addr);
	int error = host_window(handle, addr, len, object, offset);

	if (error != 0) {
		page_object_release(object);
		return error;
	}
	if (patch == NULL) {
		patch = host_alloc(sizeof(*patch), true);
		patch->len = len;
		tree_insert(&handle->patches, &patch->node, addr);
	} else {
		page_object_release(patch->object);
	}
	patch->object = object;
	patch->offset = offset;
	return 0;
}

int window_patch(struct handle *handle, uintptr_t addr, struct page_object *object, size_t offset)
{
	const struct patch *patch = patch_find(handle, addr);

	if (patch != NULL && patch->object == object && patch->offset == offset) {
		page_object_release(object);
		return 0;
	}
	return patch_lay(handle, addr, PAGE_SIZE, object, offset);
}

char *
window_patch_address(const struct handle *handle, uintptr_t addr)
{
	const struct patch *patch = patch_find(handle, addr);

	return patch == NULL ? NULL : patch->object->address + patch->offset + (addr - patch->node.key);
}

/* ---- the whole ---- */

static int
window_lay(struct handle *handle, struct page_object *object, size_t offset)
{
	int error = host_window(handle, handle_base(handle), handle->public.dh_len, object, offset);

	if (error != 0)
		return error;
	patches_free(handle);
	if (object != NULL)
		page_object_hold(object);
	page_object_release(handle->shown);
	handle->shown = object;
	handle->shown_offset = offset;
	return 0;
}

/* A window has one protection, that of the handle's first pages: a fork child's other pages get theirs afterwards. */
static int
window_protect(const struct handle *handle)
{
	struct address_space *space = handle->space;
	uintptr_t addr, end;
	int error = 0;

	(void)protection_at(handle, handle_base(handle), &addr);
	host_mutex_lock(&space->host_lock);
	for (; addr < handle_end(handle) && error == 0; addr = end) {
		unsigned prot = protection_host(protection_at(handle, addr, &end));

		error = host_as_protect(space->host, addr, end - addr, prot);
	}
	host_mutex_unlock(&space->host_lock);
	return error;
}

int window_show(struct handle *handle)
{
	bool pages = handle->backing == BACKING_PAGES;
	int error = window_lay(handle, pages ? handle->object : NULL, pages ? handle->offset : 0);

	return error != 0 || handle_intercepts(handle) ? error : window_protect(handle);
}

/*
 *	start                       end
 *	  |  patch  |  patch  |  pa|        each of trash_chunk() bytes but for the handle's last
 */
static int
reveal_trash(struct handle *handle, uintptr_t start, uintptr_t end)
{
	size_t chunk = trash_chunk(handle->public.dh_len);
	int error = 0;

	if (handle->shown != NULL)
		error = window_lay(handle, NULL, 0);
	for (uintptr_t addr = start; addr < end && error == 0;) {
		const struct patch *patch = patch_find(handle, addr);
		uintptr_t from = addr & ~(chunk - 1), to = from + chunk;

		if (patch != NULL) {
			addr = patch->node.key + patch->len;
			continue;
		}
		if (from < handle_base(handle))
			from = handle_base(handle);
		if (to > handle_end(handle))
			to = handle_end(handle);
		page_object_hold(handle->object);
		error = patch_lay(handle, from, to - from, handle->object, 0);
		addr = to;
	}
	return error;
}

int window_inherit(struct handle *handle, const struct handle *parent)
{
	return window_lay(handle, parent->shown, parent->shown_offset);
}

int window_reveal(struct handle *handle, uintptr_t start, uintptr_t end)
{
	switch (handle->backing) {
	case BACKING_PAGES:
		if (handle->shown == handle->object && handle->shown_offset == handle->offset)
			return 0;
		return window_lay(handle, handle->object, handle->offset);
	case BACKING_TRASH:
		return reveal_trash(handle, start, end);
	default:
		return 0;
	}
}

#define TRASH_CHUNKS_AT_ONCE 64

void window_clamp(const struct handle *handle, uintptr_t addr, uintptr_t *start, uintptr_t *end)
{
	size_t chunk = trash_chunk(handle->public.dh_len), most = TRASH_CHUNKS_AT_ONCE * chunk;

	if (handle->backing != BACKING_TRASH || *end - *start <= most)
		return;
	if (addr < *start || addr >= *end)
		addr = *start;
	if (addr - *start > most)
		*start = addr & ~(chunk - 1);
	if (*end - *start > most)
		*end = *start + most;
}

/* ---- cuts ---- */

static void
patches_drop(struct handle *handle, uintptr_t start, uintptr_t end, struct patch **dropped)
{
	struct tree_node *node;

	while ((node = tree_find_above(&handle->patches, start)) != NULL && node->key < end) {
		struct patch *patch = patch_of(node);

		tree_remove(&handle->patches, node);
		patch->next = *dropped;
		*dropped = patch;
	}
}

void window_trim(struct handle *handle, uintptr_t old_base, uintptr_t start, uintptr_t end, struct patch **dropped)
{
	struct patch *last;

	patches_drop(handle, 0, start, dropped);
	patches_drop(handle, end, UINTPTR_MAX, dropped);
	last = patch_of(tree_find_below(&handle->patches, end));
	if (last != NULL && last->len > end - last->node.key)
		last->len = end - last->node.key;
	handle->shown_offset += start - old_base;
}

void window_split(struct handle *part, struct handle *whole)
{
	struct tree_node *node;

	part->shown = whole->shown;
	part->shown_offset = whole->shown_offset + (handle_base(part) - handle_base(whole));
	if (part->shown != NULL)
		page_object_hold(part->shown);
	while ((node = tree_find_above(&whole->patches, handle_base(part))) != NULL) {
		tree_remove(&whole->patches, node);
		tree_insert(&part->patches, node, node->key);
	}
}

void window_drop(struct patch *dropped)
{
	while (dropped != NULL) {
		struct patch *next = dropped->next;

		patch_free(dropped);
		dropped = next;
	}
}

void window_forget(struct handle *handle)
{
	patches_free(handle);
	page_object_release(handle->shown);
	handle->shown = NULL;
}
