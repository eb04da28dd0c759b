/* SPDX-License-Identifier: BSD-2-Clause */
/* resident.c: may these pages be pinned, and are they in memory? */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "host/server/pin/pins.h"

static int populate_by_agent(struct pins *pins, uint64_t addr, uint64_t len, bool write)
{
	struct wire_agent_command c = {.op = WIRE_AGENT_POPULATE, .prot = write ? HOST_PROT_WRITE : 0};
	int error = 0;

	for (uint64_t n; len > 0 && error == 0; addr += n, len -= n) {
		n = len < AGENT_CHUNK ? len : AGENT_CHUNK;
		c.addr = addr;
		c.len = n;
		error = agent_run(pins->process, &c, -1);
	}
	return error;
}

#define STEP_CHUNK (UINT64_C(1) << 30) /* of one step */

static int populate_by_thread(struct thread *t, uint64_t addr, uint64_t len, bool write)
{
	int error = 0;

	for (uint64_t n; len > 0 && error == 0; addr += n, len -= n) {
		n = len < STEP_CHUNK ? len : STEP_CHUNK;
		struct wire_message m = {.op = WIRE_STEP_POPULATE, .a = addr, .b = n, .c = write};
		error = thread_step(t, &m, NULL);
	}
	return error;
}

static int populate(struct pins *pins, uint64_t addr, uint64_t len, bool write)
{
	struct thread *t = thread_waiting(pins->process);

	return t != NULL ? populate_by_thread(t, addr, len, write) : populate_by_agent(pins, addr, len, write);
}

/* EFAULT: a hole, EACCES: a protection is in the way.  pins.lock is held, and we may look. */
static int range_check(const struct pins *pins, uint64_t addr, uint64_t end, unsigned need)
{
	bool denied = false;
	struct vma v;

	for (uint64_t at = addr; at < end; at = v.end) {
		if (!maps_find(pins->maps, at, &v) || v.start > at)
			return EFAULT;
		denied |= (v.prot & need) != need;
	}
	return denied ? EACCES : 0;
}

/* What Linux could not make resident, in the words of host.h. */
static int refusal(struct pins *pins, uint64_t addr, uint64_t end, unsigned need, int error)
{
	int reason;

	if (pins->maps < 0)
		return error == EINVAL ? EACCES : error == EAGAIN || error == EINTR ? EAGAIN
										    : EFAULT;
	reason = range_check(pins, addr, end, need);
	if (reason != 0)
		return reason;
	return error == ENOMEM || error == EAGAIN || error == EINTR ? (error == ENOMEM ? ENOMEM : EAGAIN) : EFAULT;
}

/* Linux's names of shared memory that is not a file's. */
static bool is_anonymous(const struct vma *v)
{
	return v->inode == 0 || strncmp(v->name, "/dev/zero", 9) == 0 || strncmp(v->name, "/SYSV", 5) == 0;
}

/* EFAULT: a shared mapping of a regular file, which no long-term pin may have. */
static int longterm_check(const struct pins *pins, uint64_t addr, uint64_t end)
{
	struct vma v;

	for (uint64_t at = addr; at < end; at = v.end) {
		if (pins->maps < 0 || !maps_find(pins->maps, at, &v) || v.start > at)
			return EFAULT;
		if (v.shared && !is_anonymous(&v) && !vma_is_ours(pins, &v))
			return EFAULT;
	}
	return 0;
}

/* Memory that was pinned before is there, mostly, and nobody need be asked to bring it in. */
static bool is_resident(struct pins *pins, uint64_t addr, uint64_t len, unsigned need)
{
	bool resident;

	pthread_mutex_lock(&pins->lock);
	resident = pins->maps >= 0 && pins->pagemap >= 0 && range_check(pins, addr, addr + len, need) == 0 &&
		   pagemap_resident(pins->pagemap, addr, len);
	pthread_mutex_unlock(&pins->lock);
	return resident;
}

static int make_resident(struct pins *pins, uint64_t addr, uint64_t len, unsigned flags)
{
	bool write = flags & HOST_PIN_WRITE;
	bool resident = is_resident(pins, addr, len, write ? HOST_PROT_WRITE : HOST_PROT_READ);
	int error = resident ? 0 : populate(pins, addr, len, write);

	if (error == EPIPE || error == ESRCH)
		return EFAULT;
	pthread_mutex_lock(&pins->lock);
	if (error != 0)
		error = refusal(pins, addr, addr + len, write ? HOST_PROT_WRITE : HOST_PROT_READ, error);
	if (error == 0 && (flags & HOST_PIN_LONGTERM))
		error = longterm_check(pins, addr, addr + len);
	pthread_mutex_unlock(&pins->lock);
	return error;
}

/* ENOTSUP: Linux does not let other threads than those that wait for us at its memory, see usercopy.c. */
static int reach_check(const struct host_pin *pin)
{
	char byte;

	(void)host_copyin(pin->process->as, &byte, pin->addr, 1); /* it looks */
	return atomic_load(&pin->process->vm_refused) ? ENOTSUP : 0;
}

/* For one transfer the pages need not be there yet: it brings them in. */
static int transfer_check(struct pins *pins, const struct host_pin *pin)
{
	unsigned need = pin->flags & HOST_PIN_WRITE ? HOST_PROT_WRITE : HOST_PROT_READ;
	int error = ENOTSUP;

	pthread_mutex_lock(&pins->lock);
	if (pins->maps >= 0)
		error = range_check(pins, pin->addr, pin->addr + pin->len, need);
	pthread_mutex_unlock(&pins->lock);
	return error == 0 ? reach_check(pin) : error;
}

/*
 * EFAULT: neither can the pages be shared, for Linux does not tell what is mapped, nor does it let a device's
 * thread at them: what a device wrote would be lost.
 */
static int hidden_check(struct pins *pins, const struct host_pin *pin)
{
	bool hidden;

	pthread_mutex_lock(&pins->lock);
	hidden = pins->maps < 0 && !pins->gone;
	pthread_mutex_unlock(&pins->lock);
	if (!hidden || reach_check(pin) == 0)
		return 0;
	if (process_is_ending(pin->process))
		return EFAULT;
	posix_log(HOST_LOG_WARN, "process %d: %llu bytes at %llx cannot be locked: Linux hides them (the program is not dumpable)",
		  (int)pin->process->pid, (unsigned long long)pin->len, (unsigned long long)pin->addr);
	return EFAULT;
}

int pin_make_resident(struct host_pin *pin)
{
	int error = pin->resident ? 0 : make_resident(pin->pins, pin->addr, pin->len, pin->flags);

	pin->resident = error == 0;
	return error;
}

int pin_pages_check(struct host_pin *pin)
{
	struct pins *pins = pin->pins;
	int error;

	if (pin->flags & HOST_PIN_TRANSFER)
		return transfer_check(pins, pin);
	error = hidden_check(pins, pin);
	return error == 0 ? pin_make_resident(pin) : error;
}
