/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pin.c: host_pin_*: locked memory of real processes (pin.h).
 *
 * A lock begins with the waiting thread of the call, which makes the pages resident; a device's accesses go by
 * process_vm_readv(2) until an address is asked for, and to the file from then on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/server/pin/pins.h"

static void lock_record(struct host_pin *lock, int by)
{
	struct locks *l = lock->locks;

	pthread_mutex_lock(&l->lock);
	l->nlocks += (unsigned)by;
	locks_publish(l, lock->addr, lock->addr + lock->len);
	if (by < 0 && lock->hold != NULL)
		hold_destroy(lock->hold);
	if (l->nlocks == 0 && l->used.count == 0)
		l->page->low = l->page->high = 0;
	atomic_store(&l->page->held, !LIST_EMPTY(&l->holds));
	pthread_mutex_unlock(&l->lock);
}

int host_pin_create(struct host_as *as, uintptr_t addr, size_t len, unsigned flags, struct host_pin **out)
{
	struct process *p = as->process;
	struct host_pin *lock;
	bool recorded = false;
	struct locks *l;
	int error;

	if (!locks_range_is_good(p, addr, len) || as->forking || atomic_load(&p->dying))
		return EFAULT;
	l = locks_need(as);
	lock = l != NULL ? calloc(1, sizeof(*lock)) : NULL;
	if (lock == NULL)
		return ENOMEM;
	*lock = (struct host_pin){.locks = l, .process = process_get(p), .addr = addr, .len = len, .flags = flags};
	error = locks_begin(l);
	if (error == 0) {
		lock_record(lock, 1); /* first: a change of the range from now on waits, or is seen */
		recorded = true;
		error = lock_pages_check(lock);
	}
	if (error == 0) {
		*out = lock;
		return 0;
	}
	if (recorded) /* not l->begun: another thread may have begun since we failed to */
		lock_record(lock, -1);
	process_put(p);
	free(lock);
	return error;
}

void host_pin_destroy(struct host_pin *lock)
{
	lock_record(lock, -1);
	process_put(lock->process);
	free(lock);
}

/* ---- promotion ---- */

/* lock is held. */
static int lock_promote(struct host_pin *lock)
{
	struct locks *l = lock->locks;
	struct posix_file *file;
	uint64_t offset;
	int error;

	if (lock->hold != NULL)
		return 0;
	split_wait(l);
	if (lock->hold != NULL)
		return 0;
	if (l->gone || atomic_load(&l->process->dying))
		return EFAULT;
	error = promote_range(l, lock->addr, lock->len, &file, &offset);
	if (error != 0 && !atomic_load(&l->process->dying))
		posix_log(HOST_LOG_DEBUG, "process %d: %llu locked bytes at %llx cannot be shared: %s", (int)l->process->pid,
			  (unsigned long long)lock->len, (unsigned long long)lock->addr, strerror(error));
	if (error != 0)
		return error;
	lock->hold = hold_create(l, file, offset, lock->len);
	if (lock->hold == NULL)
		return ENOMEM;
	lock->hold->locked = true;
	return 0;
}

static void view_released(void *arg)
{
	struct hold *h = arg;
	struct process *p = h->locks->process;

	if (h->guard != NULL)
		bus_unguard(h->guard);
	pthread_mutex_lock(&h->locks->lock);
	hold_destroy(h);
	pthread_mutex_unlock(&p->as->locks->lock);
	process_put(p);
}

static int view_create(struct host_pin *lock, struct host_pages **pages)
{
	const struct hold *held = lock->hold;
	struct posix_view view = {.file = held->file, .offset = held->offset, .size = lock->len, .released = view_released};
	struct hold *h = hold_create(lock->locks, posix_file_get(held->file), held->offset, lock->len);
	int error;

	if (h == NULL)
		return ENOMEM;
	view.arg = h;
	error = posix_pages_view(&view, pages);
	if (error != 0) {
		hold_destroy(h);
		return error;
	}
	process_get(lock->process);
	if (held->file == lock->locks->file)
		return 0;
	h->guard = bus_guard(host_pages_address(*pages), lock->len);
	return h->guard != NULL ? 0 : ENOMEM;
}

int host_pin_pages(struct host_pin *lock, struct host_pages **pages)
{
	struct locks *l = lock->locks;
	struct host_pages *view = NULL;
	int error = lock_make_resident(lock);

	if (error != 0)
		return EFAULT;
	pthread_mutex_lock(&l->lock);
	error = lock_promote(lock);
	if (error == 0)
		error = view_create(lock, &view);
	pthread_mutex_unlock(&l->lock);
	if (error == 0)
		*pages = view;
	else if (view != NULL)
		host_pages_destroy(view);
	return error;
}

/* ---- a device's accesses ---- */

/* The file that has the pages, with a reference; NULL: they are the process's alone. */
static struct posix_file *lock_file(struct host_pin *lock, uint64_t *offset)
{
	struct posix_file *file = NULL;

	pthread_mutex_lock(&lock->locks->lock);
	if (lock->hold != NULL) {
		file = posix_file_get(lock->hold->file);
		*offset += lock->hold->offset;
	}
	pthread_mutex_unlock(&lock->locks->lock);
	return file;
}

static int file_copy(const struct posix_file *file, uint64_t offset, char *ours, size_t len, bool write)
{
	int fd = posix_file_fd(file);

	while (len > 0) {
		ssize_t n = write ? pwrite(fd, ours, len, (off_t)offset) : pread(fd, ours, len, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return EFAULT; /* the file was cut */
		ours += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

static int process_copy(struct host_pin *lock, uint64_t offset, void *ours, size_t len, bool write)
{
	struct host_as *as = lock->process->as;
	uintptr_t theirs = lock->addr + offset;

	return write ? host_copyout(as, theirs, ours, len) : host_copyin(as, ours, theirs, len);
}

/* Linux does not let us reach the process, and none of its threads waits for us: shared pages need neither. */
static struct posix_file *lock_file_by_force(struct host_pin *lock, uint64_t *offset)
{
	int error;

	if (!atomic_load(&lock->process->vm_refused) || lock_make_resident(lock) != 0)
		return NULL;
	pthread_mutex_lock(&lock->locks->lock);
	error = lock_promote(lock);
	pthread_mutex_unlock(&lock->locks->lock);
	return error == 0 ? lock_file(lock, offset) : NULL;
}

static int lock_copy(struct host_pin *lock, uint64_t offset, void *ours, size_t len, bool write)
{
	uint64_t at = offset;
	struct posix_file *file = lock_file(lock, &at);
	int error;

	if (file == NULL) {
		error = process_copy(lock, offset, ours, len, write);
		if (error != EFAULT)
			return error;
		file = lock_file_by_force(lock, &at);
		if (file == NULL)
			return EFAULT;
	}
	error = file_copy(file, at, ours, len, write);
	posix_file_put(file);
	return error;
}

int host_pin_read(struct host_pin *lock, uint64_t offset, void *to, size_t len)
{
	return lock_copy(lock, offset, to, len, false);
}

int host_pin_write(struct host_pin *lock, uint64_t offset, const void *from, size_t len)
{
	return lock_copy(lock, offset, (void *)(uintptr_t)from, len, true);
}
