/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/devmap/range_lock.h"

#include <sys/ddidevmap.h>
#include <sys/errno.h>
#include <sys/string.h>

#include "kernel/ddi/core/kthread.h"
#include "kernel/devmap/order.h"
#include "kernel/devmap/softlock.h"

static struct range_lock *
lock_of(struct locked_range *range)
{
	return (struct range_lock *)range;
}

/* ---- what lies in the range ---- */

/* More room than there is now. */
static void
parts_grow(struct range_lock *lock)
{
	size_t room = lock->room == 0 ? 4 : lock->room * 2;
	struct range_part *parts = host_alloc(room * sizeof(*parts), true);

	memcpy(parts, lock->parts, lock->nparts * sizeof(*parts));
	host_free(lock->room > 0 ? lock->parts : NULL, lock->room * sizeof(*parts));
	lock->parts = parts;
	lock->room = room;
}

static struct range_part *
part_add(struct range_lock *lock, uintptr_t start, uintptr_t end)
{
	if (lock->nparts == (lock->room > 0 ? lock->room : 1))
		parts_grow(lock);
	lock->parts[lock->nparts] = (struct range_part){.start = start, .end = end};
	return &lock->parts[lock->nparts++];
}

/* Old mmap(9E) names each page by itself: a part for each. */
static int
parts_add_handle(struct range_lock *lock, struct handle *handle, uintptr_t start, uintptr_t end)
{
	size_t step = handle->backing == BACKING_OLD_MMAP ? PAGE_SIZE : end - start;
	int error = softlock_check(handle, start, end, lock->rw);

	if (error != 0)
		return error;
	for (; start < end; start += step) {
		struct range_part *part = part_add(lock, start, start + step);

		part->device = true;
		part->order = handle->order;
		access_order_hold(part->order);
	}
	lock->range.pinned = true;
	return 0;
}

/*
 *	at              base        stop                     end
 *	|-- ordinary ---|== handle ==|-- ... ----------------|
 */
static int
parts_collect(struct range_lock *lock, struct address_space *space)
{
	uintptr_t at = lock->range.start, end = lock->range.end;
	int error = 0;

	while (at < end && error == 0) {
		struct handle *handle = handle_from(space, at);
		uintptr_t base = handle == NULL || handle_base(handle) > end ? end : handle_base(handle);
		uintptr_t stop;

		if (base > at) {
			(void)part_add(lock, at, base);
			at = base;
			continue;
		}
		stop = handle_end(handle) < end ? handle_end(handle) : end;
		error = parts_add_handle(lock, handle, at, stop);
		at = stop;
	}
	return error;
}

static void
parts_free(struct range_lock *lock)
{
	for (size_t i = 0; i < lock->nparts; i++)
		access_order_release(lock->parts[i].order);
	host_free(lock->room > 0 ? lock->parts : NULL, lock->room * sizeof(*lock->parts));
	host_mutex_destroy(&lock->lock);
}

/* ---- the exclusions ---- */

/* Two locks over the same devices take them in the same order. */
static struct range_part *
exclusion_next(struct range_lock *lock, const struct access_order *last)
{
	struct range_part *next = NULL;

	for (size_t i = 0; i < lock->nparts; i++) {
		struct range_part *part = &lock->parts[i];
		uintptr_t order = (uintptr_t)part->order;

		if (order > (uintptr_t)last && (next == NULL || order < (uintptr_t)next->order))
			next = part;
	}
	return next;
}

static void
exclusions_end(struct range_lock *lock)
{
	for (size_t i = 0; i < lock->nparts; i++) {
		if (lock->parts[i].excludes)
			access_order_unlock(lock->parts[i].order);
		lock->parts[i].excludes = false;
	}
}

static int
exclusions_begin(struct range_lock *lock)
{
	struct range_part *part;
	int error = 0;

	for (part = exclusion_next(lock, NULL); part != NULL && error == 0; part = exclusion_next(lock, part->order)) {
		error = access_order_lock(part->order);
		part->excludes = error == 0;
	}
	if (error != 0)
		exclusions_end(lock);
	return error;
}

/* ---- the parts ---- */

static int
parts_lock_host(struct range_lock *lock, unsigned flags)
{
	struct host_as *as = lock->range.space->host;
	int error = 0;

	for (size_t i = 0; i < lock->nparts && error == 0; i++) {
		struct range_part *part = &lock->parts[i];

		if (!part->device)
			error = host_lock_create(as, part->start, part->end - part->start, flags, &part->host);
	}
	return error;
}

static void
parts_unlock_host(struct range_lock *lock)
{
	for (size_t i = 0; i < lock->nparts; i++) {
		struct range_part *part = &lock->parts[i];

		page_object_release(part->object);
		part->object = NULL;
		if (part->host != NULL)
			host_lock_destroy(part->host);
		part->host = NULL;
	}
}

/* DEVMAP_UNLOCK for those that DEVMAP_LOCK succeeded for, and the end of the exclusions. */
static void
parts_unlock_device(struct range_lock *lock, struct access *access, unsigned rw)
{
	for (size_t i = 0; i < lock->nparts; i++) {
		if (lock->parts[i].done)
			softlock_end(access, &lock->parts[i], rw);
		lock->parts[i].done = false;
	}
	exclusions_end(lock);
}

static int
parts_lock_device(struct range_lock *lock, struct access *access)
{
	int error = exclusions_begin(lock);

	if (error != 0)
		return error;
	for (size_t i = 0; i < lock->nparts && error == 0; i++) {
		struct range_part *part = &lock->parts[i];

		if (!part->device)
			continue;
		error = softlock_begin(access, part, lock->rw);
		part->done = error == 0;
	}
	if (error != 0)
		parts_unlock_device(lock, access, DEVMAP_OTHER);
	return error;
}

static int
parts_lock(struct range_lock *lock, struct access *access, unsigned flags)
{
	int error = parts_collect(lock, access->space);

	if (error == 0)
		error = parts_lock_host(lock, flags);
	if (error == 0 && lock->range.pinned)
		error = parts_lock_device(lock, access);
	if (error != 0)
		parts_unlock_host(lock);
	return error;
}

/*
 * A layout change elsewhere has nothing to do with ordinary memory, and its devmap_unmap or devmap_dup may wait for a
 * mutex that the driver holds while it locks.
 */
static int
range_lock_ordinary(struct range_lock *lock, struct address_space *space, unsigned flags)
{
	if (address_space_is_dying(space))
		return EFAULT;
	(void)part_add(lock, lock->range.start, lock->range.end);
	return parts_lock_host(lock, flags);
}

/* Device mappings stay where they are meanwhile. */
static int
range_lock_mixed(struct range_lock *lock, struct address_space *space, unsigned flags)
{
	struct access access;
	int error = address_space_access_begin(space, &access);

	if (error != 0)
		return error == ESRCH ? EFAULT : error;
	error = parts_lock(lock, &access, flags);
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

/* Does a devmap_access see the lock? */
static bool
parts_have_order(const struct range_lock *lock)
{
	for (size_t i = 0; i < lock->nparts; i++) {
		if (lock->parts[i].order != NULL)
			return true;
	}
	return false;
}

/* What is bound to the address space ends.  By the one who took the range out of "locked". */
static void
lock_detach(struct range_lock *lock)
{
	struct access access;
	bool other;

	if (!lock->range.pinned || !parts_have_order(lock))
		return;
	other = process_enter(lock->range.space);
	address_space_access_begin_unlock(lock->range.space, &access);
	parts_unlock_device(lock, &access, lock->rw);
	address_space_access_end(&access);
	process_leave(other);
}

static void
range_cleanup(struct locked_range *range)
{
	lock_of(range)->ops->cleanup(lock_of(range));
}

static void
range_abandon(struct locked_range *range)
{
	lock_detach(lock_of(range));
}

static void
range_report(struct locked_range *range, enum locked_report what)
{
	if (lock_of(range)->ops->report != NULL)
		lock_of(range)->ops->report(lock_of(range), what);
}

static void
range_free(struct locked_range *range)
{
	struct range_lock *lock = lock_of(range);

	parts_free(lock);
	if (lock->ops->free != NULL)
		lock->ops->free(lock);
}

static const struct locked_range_ops range_ops = {
	.cleanup = range_cleanup,
	.abandon = range_abandon,
	.report = range_report,
	.free = range_free,
};

int range_lock_begin(struct range_lock *lock, struct address_space *space, uintptr_t addr, size_t len, unsigned flags,
		     const struct range_lock_ops *ops)
{
	bool other;
	int error;

	if (len > UINTPTR_MAX - addr)
		return EFAULT;
	lock->ops = ops;
	lock->rw = (flags & RANGE_LOCK_WRITE) ? DEVMAP_WRITE : DEVMAP_READ;
	lock->parts = &lock->one;
	host_mutex_init(&lock->lock);
	locked_range_begin(&lock->range, space, addr, addr + len, &range_ops);
	other = process_enter(space);
	if (address_space_is_ordinary(space, addr, len))
		error = range_lock_ordinary(lock, space, flags);
	else
		error = range_lock_mixed(lock, space, flags);
	process_leave(other);
	if (error != 0) {
		locked_range_fail(&lock->range);
		parts_free(lock);
		return error;
	}
	locked_range_made(&lock->range, ops->cleanup != NULL);
	return 0;
}

void range_lock_end(struct range_lock *lock)
{
	/* Without devices, and nobody to call, there is nothing that could be done twice. */
	if ((lock->range.pinned || lock->ops->cleanup != NULL) && locked_range_claim(&lock->range))
		lock_detach(lock);
	parts_unlock_host(lock);
	locked_range_gone(&lock->range);
	locked_range_release(&lock->range);
}

/* ---- the pages ---- */

static struct range_part *
part_at(struct range_lock *lock, uintptr_t addr)
{
	size_t low = 0, high = lock->nparts;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (lock->parts[middle].start <= addr)
			low = middle;
		else
			high = middle;
	}
	return &lock->parts[low];
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static int
part_copy(const struct range_part *part, uintptr_t addr, char *buffer, size_t len, bool write)
{
	size_t at = addr - part->start;
	char *kernel;

	if (part->host != NULL)
		return write ? host_lock_write(part->host, at, buffer, len) : host_lock_read(part->host, at, buffer, len);
	kernel = part->object->address + part->offset + (part->single ? at & PAGE_OFFSET : at);
	if (write)
		memcpy(kernel, buffer, len);
	else
		memcpy(buffer, kernel, len);
	return 0;
}

static int
lock_copy(struct range_lock *lock, size_t offset, char *buffer, size_t len, bool write)
{
	uintptr_t addr = lock->range.start + offset;
	int error = 0;

	while (len > 0 && error == 0) {
		const struct range_part *part = part_at(lock, addr);
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

int range_lock_read(struct range_lock *lock, size_t offset, void *to, size_t len)
{
	return lock_copy(lock, offset, to, len, false);
}

int range_lock_write(struct range_lock *lock, size_t offset, const void *from, size_t len)
{
	return lock_copy(lock, offset, (char *)(uintptr_t)from, len, true);
}

/* Sees to it that the part has its object; under the lock's mutex. */
static int
part_share(struct range_part *part)
{
	struct host_pages *pages;
	int error;

	if (part->object != NULL)
		return 0;
	error = host_lock_pages(part->host, &pages);
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
parts_follow(struct range_lock *lock, const struct range_part *first, uintptr_t addr, uintptr_t end)
{
	const struct range_part *last = &lock->parts[lock->nparts - 1];

	if (first->single)
		return end - page_floor(addr) <= PAGE_SIZE ? 0 : ENOTSUP;
	for (const struct range_part *part = first; part->end < end; part++) {
		if (part == last || part[1].object != first->object || part[1].single ||
		    part[1].offset != part->offset + (part->end - part->start))
			return ENOTSUP;
	}
	return 0;
}

int range_lock_pages(struct range_lock *lock, size_t offset, size_t len, struct page_object **object, size_t *in_object)
{
	uintptr_t addr = lock->range.start + offset;
	struct range_part *part = part_at(lock, addr);
	int error;

	host_mutex_lock(&lock->lock);
	error = part_share(part);
	if (error == 0)
		error = parts_follow(lock, part, addr, addr + len);
	if (error == 0) {
		*object = part->object;
		*in_object = part->offset + (part->single ? addr & PAGE_OFFSET : addr - part->start);
		page_object_hold(part->object);
	}
	host_mutex_unlock(&lock->lock);
	return error;
}

bool range_lock_exported(const struct range_lock *lock)
{
	for (size_t i = 0; i < lock->nparts; i++) {
		const struct range_part *part = &lock->parts[i];

		if (!part->device && part->object != NULL && atomic_load(&part->object->exports) > 0)
			return true;
	}
	return false;
}
