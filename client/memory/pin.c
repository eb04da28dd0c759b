/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pin.c: locked memory of this process.  A driver has asked for it (ddi_umem_lock), in a call of one of our threads; from
 * then on changes of the address space that meet it go by the server, which may have to wait until it is unlocked.
 */
#define _GNU_SOURCE
#include "client/client.h"

#include <string.h>
#include <sys/mman.h>

#include "client/agent/promote.h"
#include "client/core/quiet.h"

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

#define PAGE ((uintptr_t)4096)

static const struct wire_locks *locks; /* the server's; NULL: nothing was ever locked */

/* ---- steps ---- */

int lock_step_begin(struct call *c)
{
	int fd = call_take_fd(c, 0), error = EINVAL;

	if (fd < 0)
		return EBADF;
	void *p = REAL(mmap)(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		error = errno;
	else
		error = fault_prepare();
	quiet_close(fd);
	if (p == MAP_FAILED)
		return error;
	if (error)
		(void)REAL(munmap)(p, 4096);
	else /* the last one counts: the server has begun anew after a failure.  Others may be reading the one before. */
		__atomic_store_n(&locks, p, __ATOMIC_RELEASE);
	return error;
}

/* EINVAL: the protection, or the kind of memory; ENOMEM: a hole, or no memory; EFAULT: a page that cannot be had. */
int lock_step_populate(uintptr_t addr, size_t len, bool write)
{
	int result;

	do /* a handler may run in between */
		result = REAL(madvise)((void *)addr, len, write ? MADV_POPULATE_WRITE : MADV_POPULATE_READ);
	while (result < 0 && errno == EINTR);
	return result < 0 ? errno : 0;
}

/* ---- what meets locked memory ---- */

bool lock_meets(uintptr_t start, uintptr_t end)
{
	const struct wire_locks *l = __atomic_load_n(&locks, __ATOMIC_ACQUIRE);

	if (likely(l == NULL))
		return false;
	return l->low < end && start < l->high;
}

bool lock_holds(uintptr_t start, uintptr_t end)
{
	return unlikely(lock_meets(start, end)) && locks->locks != 0;
}

bool lock_leaves(uintptr_t start, uintptr_t end)
{
	return unlikely(lock_meets(start, end)) && (locks->locks != 0 || locks->shared != 0);
}

bool lock_any(void)
{
	return lock_meets(0, UINTPTR_MAX);
}

bool lock_ever(void)
{
	return __atomic_load_n(&locks, __ATOMIC_ACQUIRE) != NULL;
}

/* ---- calls that would lose or reveal what is shared ---- */

static int tell(uint32_t op, uintptr_t start, uintptr_t end)
{
	int error;

	do {
		struct wire_message m = {.op = op, .a = start, .b = end - start};
		error = call_simple(&m);
	} while (error == EINTR);        /* a handler has run; to the program these calls are not interruptible */
	return error == EIO ? 0 : error; /* without a server there are no locks */
}

int lock_before_remap(uintptr_t start, uintptr_t end)
{
	return likely(!lock_meets(start, end)) || start % PAGE || end <= start ? 0 : tell(WIRE_PRIVATE, start, end);
}

void lock_left(uintptr_t start, uintptr_t end)
{
	int error = errno;

	(void)tell(WIRE_UNMAPPED, start, end);
	errno = error;
}

/* Every page of the range is mapped. */
static bool is_mapped(uintptr_t start, size_t len)
{
	unsigned char there[64];

	for (size_t at = 0; at < len; at += sizeof(there) * PAGE) {
		size_t n = len - at < sizeof(there) * PAGE ? len - at : sizeof(there) * PAGE;
		if (mincore((void *)(start + at), n, there) < 0)
			return false;
	}
	return true;
}

/*	old: | private | was shared | private |      to: | private ................... | zero |   */
void *lock_remap(void *old, size_t old_len, size_t new_len, int flags, void *wish)
{
	bool fixed = flags & MREMAP_FIXED;
	size_t keep = old_len < new_len ? old_len : new_len;
	void *to = MAP_FAILED;

	if ((flags & MREMAP_MAYMOVE) && old_len && new_len && is_mapped((uintptr_t)old, old_len))
		to = REAL(mmap)(fixed ? wish : NULL, new_len, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | (fixed ? MAP_FIXED : 0), -1, 0);
	if (to == MAP_FAILED) {
		errno = EFAULT;
		return MAP_FAILED;
	}
	memcpy(to, old, keep);
	if (!(flags & MREMAP_DONTUNMAP))
		(void)REAL(munmap)(old, old_len);
	return to;
}

int lock_discard(void *addr, size_t len, int advice)
{
	uintptr_t start = (uintptr_t)addr, end = start + ((len + PAGE - 1) & ~(PAGE - 1));
	int error = lock_meets(start, end) && start % PAGE == 0 ? tell(WIRE_ADVISE, start, end) : 0;

	if (error)
		return fail(error);
	int result = memory_advise(addr, len, advice);
	if (result < 0 && errno == EINVAL && advice == MADV_FREE) /* it was shared once: a file of zeros is behind it */
		result = memory_advise(addr, len, MADV_DONTNEED);
	return result;
}

/* ---- fork ---- */

bool lock_shared(void)
{
	return lock_ever() && (locks->shared || locks->held);
}

bool lock_fork_child(bool shared)
{
	bool own = true;

	if (locks == NULL)
		return true;
	promote_thaw_child();
	if (shared || lock_shared())
		own = promote_fork_copy(memory_is_device);
	(void)REAL(munmap)((void *)locks, 4096);
	locks = NULL;
	return own;
}
