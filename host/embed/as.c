/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A simulated address space: numbers, with two sets of ranges.
 *
 *	map           |claimed|  |window----------|   |memory---|
 *	translations             |rw|   |r|
 *
 * Lock order: nothing is locked below an address space's lock, and two are never held at once.
 */
#define _GNU_SOURCE
#include "host/embed/as.h"
#include <errno.h>
#include <pthread.h>
#include <string.h>

struct host_as {
	/* Protects the fields below.  Accesses hold it for reading while they copy, which makes taking a
	 * translation away synchronous; writers go first, or accesses in a loop would keep them out. */
	pthread_rwlock_t lock;
	struct ranges map, translations;
	uintptr_t low, high; /* where addresses are chosen; fixed */
	void (*signal)(void *arg, int signo); /* fixed */
	void *signal_arg;
	atomic_uint refs; /* the process, and locks on its memory */
};

struct host_as *as_create(bool below_4g)
{
	struct host_as *as = host_alloc(sizeof(*as), true);
	pthread_rwlockattr_t attr;

	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&as->lock, &attr);
	pthread_rwlockattr_destroy(&attr);
	atomic_init(&as->refs, 1);
	as->low = below_4g ? 0x40000000u : 0x7f0000000000u;
	as->high = below_4g ? 0xfffff000u : 0x7ffffffff000u;
	return as;
}

void as_destroy(struct host_as *as)
{
	pthread_rwlock_wrlock(&as->lock);
	ranges_destroy(&as->map);
	ranges_destroy(&as->translations);
	pthread_rwlock_unlock(&as->lock);
	as_drop(as);
}

struct host_as *as_hold(struct host_as *as)
{
	atomic_fetch_add(&as->refs, 1);
	return as;
}

void as_drop(struct host_as *as)
{
	if (atomic_fetch_sub(&as->refs, 1) != 1)
		return;
	pthread_rwlock_destroy(&as->lock);
	host_free(as, sizeof(*as));
}

void as_signal_to(struct host_as *as, void (*signal)(void *arg, int signo), void *arg)
{
	as->signal = signal;
	as->signal_arg = arg;
}

void host_as_signal(struct host_as *as, int signo)
{
	if (as->signal != NULL)
		as->signal(as->signal_arg, signo);
}

/* ---- finding a place ---- */

/* Can [addr, addr + len) be addresses of this process at all?  The page at 0 is not. */
static bool as_valid(const struct host_as *as, uintptr_t addr, size_t len)
{
	uintptr_t end;

	return len > 0 && (addr & ~AS_PAGE_MASK) == 0 && addr >= AS_PAGE &&
	       !__builtin_add_overflow(addr, len, &end) && end <= as->high;
}

/* The first gap from low on; a free page stays between neighbours, so that an overrun faults. */
static int as_find(const struct host_as *as, uintptr_t hint, size_t len, uintptr_t *addr)
{
	uintptr_t at = as->low;

	if (as_valid(as, hint, len) && ranges_free(&as->map, hint, len)) {
		*addr = hint;
		return 0;
	}
	if (len == 0 || len > as->high - as->low)
		return ENOMEM;
	for (size_t i = ranges_from(&as->map, at); i < as->map.n; i++) {
		const struct range *next = &as->map.v[i];

		if (next->addr > at && next->addr - at >= len + AS_PAGE)
			break;
		at = (next->addr + next->len + 2 * AS_PAGE - 1) & AS_PAGE_MASK;
	}
	if (at > as->high || as->high - at < len)
		return ENOMEM;
	*addr = at;
	return 0;
}

/* ---- host.h: layout ---- */

int host_as_reserve(struct host_as *as, uintptr_t *addr, size_t len, unsigned flags)
{
	struct range range = {.len = len, .kind = RANGE_CLAIMED};
	uintptr_t at = *addr;
	int error = 0;

	pthread_rwlock_wrlock(&as->lock);
	if (!(flags & HOST_AS_FIXED))
		error = as_find(as, *addr & AS_PAGE_MASK, len, &at);
	else if (!as_valid(as, at, len))
		error = ENOMEM;
	if (error == 0) {
		ranges_cut(&as->map, at, len);
		ranges_cut(&as->translations, at, len);
		range.addr = *addr = at;
		ranges_insert(&as->map, &range);
	}
	pthread_rwlock_unlock(&as->lock);
	return error;
}

void host_as_release(struct host_as *as, uintptr_t addr, size_t len)
{
	pthread_rwlock_wrlock(&as->lock);
	ranges_cut(&as->translations, addr, len);
	ranges_cut(&as->map, addr, len);
	pthread_rwlock_unlock(&as->lock);
}

static void as_set_translation(struct host_as *as, uintptr_t addr, size_t len, unsigned prot)
{
	struct range range = {.addr = addr, .len = len, .kind = RANGE_TRANSLATION, .prot = prot};

	ranges_cut(&as->translations, addr, len);
	ranges_insert(&as->translations, &range);
	ranges_join(&as->translations, addr, len);
}

int host_as_window(struct host_as *as, const struct host_window *w)
{
	struct range range = {.addr = w->addr,
			      .len = w->len,
			      .kind = RANGE_WINDOW,
			      .prot = w->prot,
			      .intercept = w->intercept,
			      .pages = w->pages,
			      .offset = w->offset};

	pthread_rwlock_wrlock(&as->lock);
	ranges_cut(&as->map, w->addr, w->len);
	ranges_cut(&as->translations, w->addr, w->len);
	ranges_insert(&as->map, &range);
	if (!w->intercept && w->pages != NULL)
		as_set_translation(as, w->addr, w->len, w->prot);
	pthread_rwlock_unlock(&as->lock);
	return 0;
}

/* ---- host.h: translations ---- */

static bool as_can_load(const struct host_as *as, uintptr_t addr, size_t len)
{
	if (!ranges_cover(&as->map, addr, len, RANGE_WINDOW))
		return false;
	for (size_t i = ranges_from(&as->map, addr); i < as->map.n && as->map.v[i].addr < addr + len; i++) {
		if (as->map.v[i].pages == NULL)
			return false;
	}
	return true;
}

int host_as_load(struct host_as *as, uintptr_t addr, size_t len, unsigned prot)
{
	int error = 0;

	pthread_rwlock_wrlock(&as->lock);
	if (as_can_load(as, addr, len))
		as_set_translation(as, addr, len, prot);
	else
		error = EFAULT;
	pthread_rwlock_unlock(&as->lock);
	return error;
}

void host_as_unload(struct host_as *as, uintptr_t addr, size_t len)
{
	pthread_rwlock_wrlock(&as->lock);
	ranges_cut(&as->translations, addr, len);
	pthread_rwlock_unlock(&as->lock);
}

static void ranges_protect(struct ranges *r, uintptr_t addr, size_t len, enum range_kind kind, unsigned prot)
{
	ranges_split(r, addr);
	ranges_split(r, addr + len);
	for (size_t i = ranges_from(r, addr); i < r->n && r->v[i].addr < addr + len; i++) {
		if (r->v[i].kind == kind)
			r->v[i].prot = prot;
	}
}

int host_as_protect(struct host_as *as, uintptr_t addr, size_t len, unsigned prot)
{
	pthread_rwlock_wrlock(&as->lock);
	ranges_protect(&as->map, addr, len, RANGE_WINDOW, prot);
	ranges_protect(&as->translations, addr, len, RANGE_TRANSLATION, prot);
	ranges_join(&as->translations, addr, len);
	pthread_rwlock_unlock(&as->lock);
	return 0;
}

bool as_loaded(struct host_as *as, uintptr_t addr, unsigned prot)
{
	const struct range *range;
	bool loaded;

	pthread_rwlock_rdlock(&as->lock);
	range = ranges_at(&as->translations, addr);
	loaded = range != NULL && (range->prot & prot) == prot;
	pthread_rwlock_unlock(&as->lock);
	return loaded;
}

/* ---- ordinary memory ---- */

static int as_insert_memory(struct host_as *as, struct as_memory *memory, uintptr_t *addr, size_t len,
			    unsigned prot)
{
	struct range range = {.len = len, .kind = RANGE_MEMORY, .prot = prot, .memory = memory};
	int error = 0;

	pthread_rwlock_wrlock(&as->lock);
	if (*addr == 0)
		error = as_find(as, 0, len, addr);
	else if (!as_valid(as, *addr, len))
		error = ENOMEM;
	if (error == 0) {
		ranges_cut(&as->map, *addr, len);
		range.addr = *addr;
		ranges_insert(&as->map, &range);
	}
	pthread_rwlock_unlock(&as->lock);
	return error;
}

int as_map_memory(struct host_as *as, uintptr_t *addr, size_t len, unsigned prot)
{
	struct as_memory *memory;
	int error;

	if (__builtin_add_overflow(len, AS_PAGE - 1, &len))
		return ENOMEM;
	len &= AS_PAGE_MASK;
	memory = memory_create(len);
	if (memory == NULL)
		return ENOMEM;
	error = as_insert_memory(as, memory, addr, len, prot);
	if (error != 0)
		memory_drop(memory);
	return error;
}

int as_lend_memory(struct host_as *as, void *data, size_t len, uintptr_t *addr)
{
	struct as_memory *memory = memory_lend(data, len);
	int error;

	*addr = 0;
	error = as_insert_memory(as, memory, addr, len, HOST_PROT_READ | HOST_PROT_WRITE);
	if (error != 0)
		memory_drop(memory);
	return error;
}

/* The first range of ordinary memory that reaches into [addr, addr + len); its index or -1. */
static ptrdiff_t as_next_memory(const struct host_as *as, uintptr_t addr, size_t len)
{
	for (size_t i = ranges_from(&as->map, addr); i < as->map.n && as->map.v[i].addr < addr + len; i++) {
		if (as->map.v[i].kind == RANGE_MEMORY)
			return (ptrdiff_t)i;
	}
	return -1;
}

void as_unmap_memory(struct host_as *as, uintptr_t addr, size_t len)
{
	ptrdiff_t i;

	pthread_rwlock_wrlock(&as->lock);
	ranges_split(&as->map, addr);
	ranges_split(&as->map, addr + len);
	while ((i = as_next_memory(as, addr, len)) >= 0)
		ranges_cut(&as->map, as->map.v[i].addr, as->map.v[i].len);
	pthread_rwlock_unlock(&as->lock);
}

void as_return_memory(struct host_as *as, uintptr_t addr)
{
	struct as_memory *memory;
	size_t size;

	pthread_rwlock_wrlock(&as->lock);
	memory = ranges_at(&as->map, addr)->memory;
	size = memory->size;
	memory_return(memory);
	pthread_rwlock_unlock(&as->lock);
	as_unmap_memory(as, addr, size);
}

void as_protect_memory(struct host_as *as, uintptr_t addr, size_t len, unsigned prot)
{
	pthread_rwlock_wrlock(&as->lock);
	ranges_protect(&as->map, addr, len, RANGE_MEMORY, prot);
	pthread_rwlock_unlock(&as->lock);
}

bool as_has_memory(struct host_as *as, uintptr_t addr, size_t len)
{
	bool has;

	pthread_rwlock_rdlock(&as->lock);
	has = as_next_memory(as, addr, len) >= 0;
	pthread_rwlock_unlock(&as->lock);
	return has;
}

/* ---- locks ---- */

/*
 *	addr                          addr + len
 *	|-- range --|------- range -------|             a lent one may end within its last page
 *
 * Where the memory of one goes on in the next they are one piece.  Never more pieces than ranges.
 */
static int as_collect(const struct host_as *as, uintptr_t addr, size_t len, unsigned prot, struct as_piece *pieces,
		      size_t *n)
{
	uintptr_t end = addr + len, stop;

	for (*n = 0; addr < end; addr = stop) {
		const struct range *range = ranges_at(&as->map, addr);
		struct as_piece *last = *n > 0 ? &pieces[*n - 1] : NULL;
		uint64_t offset;

		if (range == NULL || range->kind != RANGE_MEMORY)
			return EFAULT;
		if ((range->prot & prot) != prot)
			return EACCES;
		stop = (range->addr + range->len + AS_PAGE - 1) & AS_PAGE_MASK;
		if (stop > end)
			stop = end;
		offset = range->offset + (addr - range->addr);
		if (last != NULL && last->memory == range->memory && last->offset + last->len == offset)
			last->len += stop - addr;
		else
			pieces[(*n)++] = (struct as_piece){range->memory, offset, stop - addr};
	}
	return 0;
}

int as_hold_memory(struct host_as *as, uintptr_t addr, size_t len, unsigned prot, struct as_pieces *out)
{
	int error = EFAULT;

	pthread_rwlock_rdlock(&as->lock);
	if (as_valid(as, addr, len)) {
		out->room = as->map.n + 1;
		out->v = host_alloc(out->room * sizeof(*out->v), true);
		error = as_collect(as, addr, len, prot, out->v, &out->n);
		for (size_t i = 0; i < out->n && error == 0; i++)
			memory_hold(out->v[i].memory);
		if (error != 0)
			host_free(out->v, out->room * sizeof(*out->v));
	}
	pthread_rwlock_unlock(&as->lock);
	return error;
}

int as_share_memory(struct host_as *as, struct as_memory *memory)
{
	int error;

	pthread_rwlock_wrlock(&as->lock);
	error = memory_share(memory);
	pthread_rwlock_unlock(&as->lock);
	return error;
}

int as_copy_memory(struct host_as *from, struct host_as *to)
{
	int error = 0;

	/* to is not known to anybody yet: no need to lock it. */
	pthread_rwlock_rdlock(&from->lock);
	for (size_t i = 0; i < from->map.n && error == 0; i++) {
		struct range copy = from->map.v[i];
		const char *data;

		if (copy.kind != RANGE_MEMORY || copy.memory->lender != NULL)
			continue;
		data = copy.memory->data + copy.offset;
		copy.offset = 0;
		copy.memory = memory_create(copy.len);
		if (copy.memory == NULL) {
			error = ENOMEM;
		} else {
			memcpy(copy.memory->data, data, copy.len);
			ranges_insert(&to->map, &copy);
		}
	}
	pthread_rwlock_unlock(&from->lock);
	return error;
}

/* ---- accesses ---- */

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
