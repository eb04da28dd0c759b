/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/devmap/range_pin.h"

#include <sys/ddidevmap.h>
#include <sys/errno.h>
#include <sys/string.h>

#include "kernel/ddi/core/kthread.h"
#include "kernel/devmap/order.h"
#include "kernel/devmap/softlock.h"

static struct range_pin *
pin_of(struct pinned_range *range)
{
	return (struct range_pin *)range;
}

/* ---- what lies in the range ---- */

/* More room than there is now. */
static void
parts_grow(struct range_pin *pin)
{
	size_t room = pin->room == 0 ? 4 : pin->room * 2;
	struct pin_part *parts = host_alloc(room * sizeof(*parts), true);

	memcpy(parts, pin->parts, pin->nparts * sizeof(*parts));
	host_free(pin->room > 0 ? pin->parts : NULL, pin->room * sizeof(*parts));
	pin->parts = parts;
	pin->room = room;
}

static struct pin_part *
part_add(struct range_pin *pin, uintptr_t start, uintptr_t end)
{
	if (pin->nparts == (pin->room > 0 ? pin->room : 1))
		parts_grow(pin);
	pin->parts[pin->nparts] = (struct pin_part){.start = start, .end = end};
	return &pin->parts[pin->nparts++];
}

/* Old mmap(9E) names each page by itself: a part for each. */
static int
parts_add_handle(struct range_pin *pin, struct handle *handle, uintptr_t start, uintptr_t end)
{
	size_t step = handle->backing == BACKING_OLD_MMAP ? PAGE_SIZE : end - start;
	int error = softlock_check(handle, start, end, pin->rw);

	if (error != 0)
		return error;
	for (; start < end; start += step) {
		struct pin_part *part = part_add(pin, start, start + step);

		part->device = true;
		part->order = handle->order;
		access_order_hold(part->order);
	}
	pin->range.softlocked = true;
	return 0;
}

/*
 *	at              base        stop                     end
 *	|-- ordinary ---|== handle ==|-- ... ----------------|
 */
static int
parts_collect(struct range_pin *pin, struct address_space *space)
{
	uintptr_t at = pin->range.start, end = pin->range.end;
	int error = 0;

	while (at < end && error == 0) {
		struct handle *handle = handle_from(space, at);
		uintptr_t base = handle == NULL || handle_base(handle) > end ? end : handle_base(handle);
		uintptr_t stop;

		if (base > at) {
			(void)part_add(pin, at, base);
			at = base;
			continue;
		}
		stop = handle_end(handle) < end ? handle_end(handle) : end;
		error = parts_add_handle(pin, handle, at, stop);
		at = stop;
	}
	return error;
}

static void
parts_free(struct range_pin *pin)
{
	for (size_t i = 0; i < pin->nparts; i++)
		access_order_release(pin->parts[i].order);
	host_free(pin->room > 0 ? pin->parts : NULL, pin->room * sizeof(*pin->parts));
	host_mutex_destroy(&pin->lock);
}

/* ---- the exclusions ---- */

/* Two pins over the same devices take them in the same order. */
static struct pin_part *
exclusion_next(struct range_pin *pin, const struct access_order *last)
{
	struct pin_part *next = NULL;

	for (size_t i = 0; i < pin->nparts; i++) {
		struct pin_part *part = &pin->parts[i];
		uintptr_t order = (uintptr_t)part->order;

		if (order > (uintptr_t)last && (next == NULL || order < (uintptr_t)next->order))
			next = part;
	}
	return next;
}

static void
exclusions_end(struct range_pin *pin)
{
	for (size_t i = 0; i < pin->nparts; i++) {
		if (pin->parts[i].excludes)
			access_order_unlock(pin->parts[i].order);
		pin->parts[i].excludes = false;
	}
}

static int
exclusions_begin(struct range_pin *pin)
{
	struct pin_part *part;
	int error = 0;

	for (part = exclusion_next(pin, NULL); part != NULL && error == 0; part = exclusion_next(pin, part->order)) {
		error = access_order_lock(part->order);
		part->excludes = error == 0;
	}
	if (error != 0)
		exclusions_end(pin);
	return error;
}

/* ---- the parts ---- */

static int
parts_pin_host(struct range_pin *pin, unsigned flags)
{
	struct host_as *as = pin->range.space->host;
	int error = 0;

	for (size_t i = 0; i < pin->nparts && error == 0; i++) {
		struct pin_part *part = &pin->parts[i];

		if (!part->device)
			error = host_pin_create(as, part->start, part->end - part->start, flags, &part->host);
	}
	return error;
}

static void
parts_unpin_host(struct range_pin *pin)
{
	for (size_t i = 0; i < pin->nparts; i++) {
		struct pin_part *part = &pin->parts[i];

		page_object_release(part->object);
		part->object = NULL;
		if (part->host != NULL)
			host_pin_destroy(part->host);
		part->host = NULL;
	}
}

/* DEVMAP_UNLOCK for those that DEVMAP_LOCK succeeded for, and the end of the exclusions. */
static void
parts_unpin_device(struct range_pin *pin, struct access *access, unsigned rw)
{
	for (size_t i = 0; i < pin->nparts; i++) {
		if (pin->parts[i].done)
			softlock_end(access, &pin->parts[i], rw);
		pin->parts[i].done = false;
	}
	exclusions_end(pin);
}

static int
parts_pin_device(struct range_pin *pin, struct access *access)
{
	int error = exclusions_begin(pin);

	if (error != 0)
		return error;
	for (size_t i = 0; i < pin->nparts && error == 0; i++) {
		struct pin_part *part = &pin->parts[i];

		if (!part->device)
			continue;
		error = softlock_begin(access, part, pin->rw);
		part->done = error == 0;
	}
	if (error != 0)
		parts_unpin_device(pin, access, DEVMAP_OTHER);
	return error;
}

static int
parts_pin(struct range_pin *pin, struct access *access, unsigned flags)
{
	int error = parts_collect(pin, access->space);

	if (error == 0)
		error = parts_pin_host(pin, flags);
	if (error == 0 && pin->range.softlocked)
		error = parts_pin_device(pin, access);
	if (error != 0)
		parts_unpin_host(pin);
	return error;
}

/*
 * A layout change elsewhere has nothing to do with ordinary memory, and its devmap_unmap or devmap_dup may wait for a
 * mutex that the driver holds while it locks.
 */
static int
range_pin_ordinary(struct range_pin *pin, struct address_space *space, unsigned flags)
{
	if (address_space_is_dying(space))
		return EFAULT;
	(void)part_add(pin, pin->range.start, pin->range.end);
	return parts_pin_host(pin, flags);
}

/* Device mappings stay where they are meanwhile. */
static int
range_pin_mixed(struct range_pin *pin, struct address_space *space, unsigned flags)
{
	struct access access;
	int error = address_space_access_begin(space, &access);

	if (error != 0)
		return error == ESRCH ? EFAULT : error;
	error = parts_pin(pin, &access, flags);
	address_space_access_end(&access);
	return error;
}

/* ---- in the context of the process ---- */

static bool
process_enter(const struct address_space *space)
{
	bool other = curproc != space->public.a_proc;

	if (other)
		kthread_enter(space->public.a_proc);
	return other;
}

static void
process_leave(bool other)
{
	if (other)
		kthread_leave();
}

/* Does a devmap_access see the pin? */
static bool
parts_have_order(const struct range_pin *pin)
{
	for (size_t i = 0; i < pin->nparts; i++) {
		if (pin->parts[i].order != NULL)
			return true;
	}
	return false;
}

/* What is bound to the address space ends.  By the one who took the range out of "pinned". */
static void
pin_detach(struct range_pin *pin)
{
	struct access access;
	bool other;

	if (!pin->range.softlocked || !parts_have_order(pin))
		return;
	other = process_enter(pin->range.space);
	address_space_access_begin_unlock(pin->range.space, &access);
	parts_unpin_device(pin, &access, pin->rw);
	address_space_access_end(&access);
	process_leave(other);
}

static void
range_cleanup(struct pinned_range *range)
{
	pin_of(range)->ops->cleanup(pin_of(range));
}

static void
range_abandon(struct pinned_range *range)
{
	pin_detach(pin_of(range));
}

static void
range_report(struct pinned_range *range, enum pin_report what)
{
	if (pin_of(range)->ops->report != NULL)
		pin_of(range)->ops->report(pin_of(range), what);
}

static void
range_free(struct pinned_range *range)
{
	struct range_pin *pin = pin_of(range);

	parts_free(pin);
	if (pin->ops->free != NULL)
		pin->ops->free(pin);
}

static const struct pinned_range_ops range_ops = {
	.cleanup = range_cleanup,
	.abandon = range_abandon,
	.report = range_report,
	.free = range_free,
};

int range_pin_begin(struct range_pin *pin, struct address_space *space, uintptr_t addr, size_t len, unsigned flags,
		    const struct range_pin_ops *ops)
{
	bool other;
	int error;

	if (len > UINTPTR_MAX - addr)
		return EFAULT;
	pin->ops = ops;
	pin->rw = (flags & RANGE_PIN_WRITE) ? DEVMAP_WRITE : DEVMAP_READ;
	pin->parts = &pin->one;
	host_mutex_init(&pin->lock);
	pinned_range_begin(&pin->range, space, addr, addr + len, &range_ops);
	other = process_enter(space);
	if (address_space_is_ordinary(space, addr, len))
		error = range_pin_ordinary(pin, space, flags);
	else
		error = range_pin_mixed(pin, space, flags);
	process_leave(other);
	if (error != 0) {
		pinned_range_fail(&pin->range);
		parts_free(pin);
		return error;
	}
	pinned_range_made(&pin->range, ops->cleanup != NULL);
	return 0;
}

void range_pin_end(struct range_pin *pin)
{
	/* Without devices, and nobody to call, there is nothing that could be done twice. */
	if ((pin->range.softlocked || pin->ops->cleanup != NULL) && pinned_range_claim(&pin->range))
		pin_detach(pin);
	parts_unpin_host(pin);
	pinned_range_gone(&pin->range);
	pinned_range_release(&pin->range);
}

/* ---- the pages ---- */

static struct pin_part *
part_at(struct range_pin *pin, uintptr_t addr)
{
	size_t low = 0, high = pin->nparts;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (pin->parts[middle].start <= addr)
			low = middle;
		else
			high = middle;
	}
	return &pin->parts[low];
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static int
part_copy(const struct pin_part *part, uintptr_t addr, char *buffer, size_t len, bool write)
{
	size_t at = addr - part->start;
	char *kernel;

	if (part->host != NULL)
		return write ? host_pin_write(part->host, at, buffer, len) : host_pin_read(part->host, at, buffer, len);
	kernel = part->object->address + part->offset + (part->single ? at & PAGE_OFFSET : at);
	if (write)
		memcpy(kernel, buffer, len);
	else
		memcpy(buffer, kernel, len);
	return 0;
}

static int
pin_copy(struct range_pin *pin, size_t offset, char *buffer, size_t len, bool write)
{
	uintptr_t addr = pin->range.start + offset;
	int error = 0;

	while (len > 0 && error == 0) {
		const struct pin_part *part = part_at(pin, addr);
		size_t step = least(len, part->end - addr);

		if (part->single)
			step = least(step, PAGE_SIZE - (addr & PAGE_OFFSET));
		error = part_copy(part, addr, buffer, step, write);
		addr += step;
		buffer += step;
		len -= step;
	}
	return error;
}

int range_pin_read(struct range_pin *pin, size_t offset, void *to, size_t len)
{
	return pin_copy(pin, offset, to, len, false);
}

int range_pin_write(struct range_pin *pin, size_t offset, const void *from, size_t len)
{
	return pin_copy(pin, offset, (char *)(uintptr_t)from, len, true);
}

/* Makes the part's object, if it has none; under the pin's mutex. */
static int
part_share(struct pin_part *part)
{
	struct host_pages *pages;
	int error;

	if (part->object != NULL)
		return 0;
	error = host_pin_pages(part->host, &pages);
	if (error != 0)
		return error;
	error = page_object_adopt(pages, part->end - part->start, true, &part->object);
	if (error != 0)
		host_pages_destroy(pages);
	return error;
}

/*
 *	parts    |--- first ---|--- next ---|        next goes on in first's object where first ends
 *	              |addr      end|
 */
static int
parts_follow(struct range_pin *pin, const struct pin_part *first, uintptr_t addr, uintptr_t end)
{
	const struct pin_part *last = &pin->parts[pin->nparts - 1];

	if (first->single)
		return end - page_floor(addr) <= PAGE_SIZE ? 0 : ENOTSUP;
	for (const struct pin_part *part = first; part->end < end; part++) {
		if (part == last || part[1].object != first->object || part[1].single ||
		    part[1].offset != part->offset + (part->end - part->start))
			return ENOTSUP;
	}
	return 0;
}

int range_pin_pages(struct range_pin *pin, size_t offset, size_t len, struct page_object **object, size_t *in_object)
{
	uintptr_t addr = pin->range.start + offset;
	struct pin_part *part = part_at(pin, addr);
	int error;

	host_mutex_lock(&pin->lock);
	error = part_share(part);
	if (error == 0)
		error = parts_follow(pin, part, addr, addr + len);
	if (error == 0) {
		*object = part->object;
		*in_object = part->offset + (part->single ? addr & PAGE_OFFSET : addr - part->start);
		page_object_hold(part->object);
	}
	host_mutex_unlock(&pin->lock);
	return error;
}

bool range_pin_exported(const struct range_pin *pin)
{
	for (size_t i = 0; i < pin->nparts; i++) {
		const struct pin_part *part = &pin->parts[i];

		if (!part->device && part->object != NULL && atomic_load(&part->object->exports) > 0)
			return true;
	}
	return false;
}
