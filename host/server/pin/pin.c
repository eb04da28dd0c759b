/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pin.c: host_pin_*: pinned memory of real processes (pin.h).
 *
 * A pin begins with the waiting thread of the call, which makes the pages resident; a device's accesses go by
 * process_vm_readv(2) until an address is asked for, and to the file from then on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/server/pin/pins.h"

static void pin_record(struct host_pin *pin, int by)
{
	struct pins *pins = pin->pins;

	pthread_mutex_lock(&pins->lock);
	pins->npins += (unsigned)by;
	pins_publish(pins, pin->addr, pin->addr + pin->len);
	if (by < 0 && pin->hold != NULL)
		hold_destroy(pin->hold);
	if (pins->npins == 0 && pins->used.count == 0)
		pins->page->low = pins->page->high = 0;
	atomic_store(&pins->page->held, !LIST_EMPTY(&pins->holds));
	pthread_mutex_unlock(&pins->lock);
}

int host_pin_create(struct host_as *as, uintptr_t addr, size_t len, unsigned flags, struct host_pin **out)
{
	struct process *p = as->process;
	struct host_pin *pin;
	bool recorded = false;
	struct pins *pins;
	int error;

	if (!pins_range_is_good(p, addr, len) || as->forking || atomic_load(&p->dying))
		return EFAULT;
	pins = pins_need(as);
	pin = pins != NULL ? calloc(1, sizeof(*pin)) : NULL;
	if (pin == NULL)
		return ENOMEM;
	*pin = (struct host_pin){.pins = pins, .process = process_get(p), .addr = addr, .len = len, .flags = flags};
	error = pins_begin(pins);
	if (error == 0) {
		pin_record(pin, 1); /* first: a change of the range from now on waits, or is seen */
		recorded = true;
		error = pin_pages_check(pin);
	}
	if (error == 0) {
		*out = pin;
		return 0;
	}
	if (recorded) /* not pins->begun: another thread may have begun since we failed to */
		pin_record(pin, -1);
	process_put(p);
	free(pin);
	return error;
}

void host_pin_destroy(struct host_pin *pin)
{
	pin_record(pin, -1);
	process_put(pin->process);
	free(pin);
}

/* ---- promotion ---- */

/* pins.lock is held. */
static int pin_promote(struct host_pin *pin)
{
	struct pins *pins = pin->pins;
	struct posix_file *file;
	uint64_t offset;
	int error;

	if (pin->hold != NULL)
		return 0;
	split_wait(pins);
	if (pin->hold != NULL)
		return 0;
	if (pins->gone || atomic_load(&pins->process->dying))
		return EFAULT;
	error = promote_range(pins, pin->addr, pin->len, &file, &offset);
	if (error != 0 && !atomic_load(&pins->process->dying))
		posix_log(HOST_LOG_DEBUG, "process %d: %llu locked bytes at %llx cannot be shared: %s", (int)pins->process->pid,
			  (unsigned long long)pin->len, (unsigned long long)pin->addr, strerror(error));
	if (error != 0)
		return error;
	pin->hold = hold_create(pins, file, offset, pin->len);
	if (pin->hold == NULL)
		return ENOMEM;
	pin->hold->pinned = true;
	return 0;
}

static void view_released(void *arg)
{
	struct hold *h = arg;
	struct process *p = h->pins->process;

	if (h->guard != NULL)
		bus_unguard(h->guard);
	pthread_mutex_lock(&h->pins->lock);
	hold_destroy(h);
	pthread_mutex_unlock(&p->as->pins->lock);
	process_put(p);
}

static int view_create(struct host_pin *pin, struct host_pages **pages)
{
	const struct hold *held = pin->hold;
	struct posix_view view = {.file = held->file, .offset = held->offset, .size = pin->len, .released = view_released};
	struct hold *h = hold_create(pin->pins, posix_file_get(held->file), held->offset, pin->len);
	int error;

	if (h == NULL)
		return ENOMEM;
	view.arg = h;
	error = posix_pages_view(&view, pages);
	if (error != 0) {
		hold_destroy(h);
		return error;
	}
	process_get(pin->process);
	if (held->file == pin->pins->file)
		return 0;
	h->guard = bus_guard(host_pages_address(*pages), pin->len);
	return h->guard != NULL ? 0 : ENOMEM;
}

int host_pin_pages(struct host_pin *pin, struct host_pages **pages)
{
	struct pins *pins = pin->pins;
	struct host_pages *view = NULL;
	int error = pin_make_resident(pin);

	if (error != 0)
		return EFAULT;
	pthread_mutex_lock(&pins->lock);
	error = pin_promote(pin);
	if (error == 0)
		error = view_create(pin, &view);
	pthread_mutex_unlock(&pins->lock);
	if (error == 0)
		*pages = view;
	else if (view != NULL)
		host_pages_destroy(view);
	return error;
}

/* ---- a device's accesses ---- */

/* The file that has the pages, with a reference; NULL: they are the process's alone. */
static struct posix_file *pin_file(struct host_pin *pin, uint64_t *offset)
{
	struct posix_file *file = NULL;

	pthread_mutex_lock(&pin->pins->lock);
	if (pin->hold != NULL) {
		file = posix_file_get(pin->hold->file);
		*offset += pin->hold->offset;
	}
	pthread_mutex_unlock(&pin->pins->lock);
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

static int process_copy(struct host_pin *pin, uint64_t offset, void *ours, size_t len, bool write)
{
	struct host_as *as = pin->process->as;
	uintptr_t theirs = pin->addr + offset;

	return write ? host_copyout(as, theirs, ours, len) : host_copyin(as, ours, theirs, len);
}

/* Linux does not let us reach the process, and none of its threads waits for us: shared pages need neither. */
static struct posix_file *pin_file_by_force(struct host_pin *pin, uint64_t *offset)
{
	int error;

	if (!atomic_load(&pin->process->vm_refused) || pin_make_resident(pin) != 0)
		return NULL;
	pthread_mutex_lock(&pin->pins->lock);
	error = pin_promote(pin);
	pthread_mutex_unlock(&pin->pins->lock);
	return error == 0 ? pin_file(pin, offset) : NULL;
}

static int pin_copy(struct host_pin *pin, uint64_t offset, void *ours, size_t len, bool write)
{
	uint64_t at = offset;
	struct posix_file *file = pin_file(pin, &at);
	int error;

	if (file == NULL) {
		error = process_copy(pin, offset, ours, len, write);
		if (error != EFAULT)
			return error;
		file = pin_file_by_force(pin, &at);
		if (file == NULL)
			return EFAULT;
	}
	error = file_copy(file, at, ours, len, write);
	posix_file_put(file);
	return error;
}

int host_pin_read(struct host_pin *pin, uint64_t offset, void *to, size_t len)
{
	return pin_copy(pin, offset, to, len, false);
}

int host_pin_write(struct host_pin *pin, uint64_t offset, const void *from, size_t len)
{
	return pin_copy(pin, offset, (void *)(uintptr_t)from, len, true);
}
