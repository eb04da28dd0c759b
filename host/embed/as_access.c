/* SPDX-License-Identifier: BSD-2-Clause */
/* as_access.c: what the instructions of a simulated process, and copies of the kernel part, reach. */
#include "host/embed/as_internal.h"
#include <errno.h>

#if defined(__SANITIZE_THREAD__)
#define AS_UNCHECKED __attribute__((no_sanitize("thread"), noinline))
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define AS_UNCHECKED __attribute__((no_sanitize("thread"), noinline))
#endif
#endif
#ifndef AS_UNCHECKED
#define AS_UNCHECKED
#endif

/*
 * Copies as the process's own instructions would: aligned words whole, and unseen by ThreadSanitizer, since
 * what applications do with shared memory is no race of the driver's.
 */
AS_UNCHECKED static void copy_words(char *to, const char *from, size_t len)
{
	while (len > 0) {
		uintptr_t both = (uintptr_t)to | (uintptr_t)from;
		size_t step = 1;

		if (both % 8 == 0 && len >= 8) {
			*(volatile uint64_t *)(void *)to = *(const volatile uint64_t *)(const void *)from;
			step = 8;
		} else if (both % 4 == 0 && len >= 4) {
			*(volatile uint32_t *)(void *)to = *(const volatile uint32_t *)(const void *)from;
			step = 4;
		} else {
			*(volatile char *)to = *(const volatile char *)from;
		}
		to += step;
		from += step;
		len -= step;
	}
}

static void as_copy(char *memory, void *data, size_t len, unsigned prot)
{
	if (data == NULL)
		return;
	if (prot & HOST_PROT_WRITE)
		copy_words(memory, data, len);
	else
		copy_words(data, memory, len);
}

static enum as_result as_access_locked(struct host_as *as, uintptr_t addr, void *data, size_t len,
				       unsigned prot)
{
	const struct range *range = ranges_at(&as->map, addr), *translation;

	if (range == NULL)
		return AS_NOT_MAPPED;
	if (range->kind == RANGE_MEMORY) {
		if ((range->prot & prot) != prot)
			return AS_DENIED;
		if (len > range->addr + range->len - addr) /* a lent buffer may end within a page */
			return AS_NOT_MAPPED;
		as_copy(range->memory->data + range->offset + (addr - range->addr), data, len, prot);
		return AS_DONE;
	}
	translation = ranges_at(&as->translations, addr);
	if (translation == NULL || (translation->prot & prot) != prot)
		return AS_NO_TRANSLATION;
	as_copy((char *)host_pages_address(range->pages) + range->offset + (addr - range->addr), data, len,
		prot);
	return AS_DONE;
}

enum as_result as_access(struct host_as *as, uintptr_t addr, void *data, size_t len, unsigned prot)
{
	enum as_result result;

	pthread_rwlock_rdlock(&as->lock);
	result = as_access_locked(as, addr, data, len, prot);
	pthread_rwlock_unlock(&as->lock);
	return result;
}

/* ---- host.h: user memory ---- */

static size_t page_rest(uintptr_t addr, size_t len)
{
	size_t rest = AS_PAGE - (addr & (AS_PAGE - 1));

	return len < rest ? len : rest;
}

static int as_user_copy(struct host_as *as, uintptr_t addr, char *data, size_t len, unsigned prot)
{
	while (len > 0) {
		size_t chunk = page_rest(addr, len);

		if (as_access(as, addr, data, chunk, prot) != AS_DONE)
			return EFAULT;
		addr += chunk;
		data += chunk;
		len -= chunk;
	}
	return 0;
}

int host_copyin(struct host_as *as, void *to, uintptr_t from, size_t len)
{
	return as_user_copy(as, from, to, len, HOST_PROT_READ);
}

int host_copyout(struct host_as *as, uintptr_t to, const void *from, size_t len)
{
	return as_user_copy(as, to, (char *)(uintptr_t)from, len, HOST_PROT_WRITE);
}
