/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pin.c: pinned memory of this process.  A driver has locked it (ddi_umem_lock), in a call of one of our threads; from
 * then on changes of the address space that meet it go by the server, which may have to wait until it is unlocked.
 */
#define _GNU_SOURCE
#include "client/memory/memory.h"

#include <string.h>
#include <sys/mman.h>

#include "client/core/tool.h"

static const struct wire_pins *pinned; /* the server's; NULL: nothing was ever pinned */

/* ---- steps ---- */

/* The last one counts: the server has begun anew after a failure.  Others may be reading the one before. */
int pin_begin(int file)
{
	void *p = REAL(mmap)(NULL, 4096, PROT_READ, MAP_SHARED, file, 0);

	if (p == MAP_FAILED)
		return errno;
	__atomic_store_n(&pinned, p, __ATOMIC_RELEASE);
	return 0;
}

/* EINVAL: the protection, or the kind of memory; ENOMEM: a hole, or no memory; EFAULT: a page that cannot be had. */
int pin_populate(uintptr_t addr, size_t len, bool write)
{
	int result;

	do /* a handler may run in between */
		result = REAL(madvise)((void *)addr, len, write ? MADV_POPULATE_WRITE : MADV_POPULATE_READ);
	while (result < 0 && errno == EINTR);
	if (write && result == 0)
		tool_written((void *)addr, len);
	return result < 0 ? errno : 0;
}

/* ---- what meets pinned memory ---- */

static bool pin_meets(uintptr_t start, uintptr_t end)
{
	const struct wire_pins *l = __atomic_load_n(&pinned, __ATOMIC_ACQUIRE);

	if (likely(l == NULL))
		return false;
	return l->low < end && start < l->high;
}

bool pin_holds(uintptr_t start, uintptr_t end)
{
	return unlikely(pin_meets(start, end)) && pinned->pins != 0;
}

bool pin_leaves(uintptr_t start, uintptr_t end)
{
	return unlikely(pin_meets(start, end)) && (pinned->pins != 0 || pinned->shared != 0);
}

bool pin_any(void)
{
	return pin_meets(0, UINTPTR_MAX);
}

bool pin_ever(void)
{
	return __atomic_load_n(&pinned, __ATOMIC_ACQUIRE) != NULL;
}

/* ---- calls that would lose or reveal what is shared ---- */

/* To the program these calls are not interruptible. */
static int tell(uint32_t op, uintptr_t start, uintptr_t end)
{
	struct wire_message m = {.op = op, .a = start, .b = end - start};
	int error = call_patient(&m);

	return error == EIO ? 0 : error; /* without a server there are no pins */
}

int pin_before_remap(uintptr_t start, uintptr_t end)
{
	return likely(!pin_meets(start, end)) || start % PAGE || end <= start ? 0 : tell(WIRE_PRIVATE, start, end);
}

void pin_left(uintptr_t start, uintptr_t end)
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
void *pin_remap(void *old, size_t old_len, size_t new_len, int flags, void *wish)
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

int pin_before_discard(uintptr_t start, uintptr_t end)
{
	return pin_meets(start, end) && start % PAGE == 0 ? tell(WIRE_ADVISE, start, end) : 0;
}

/* ---- fork ---- */

bool pin_shared(void)
{
	return pin_ever() && (pinned->shared || pinned->held);
}

void pin_forget(void)
{
	if (pinned)
		(void)REAL(munmap)((void *)pinned, 4096);
	pinned = NULL;
}
