/* SPDX-License-Identifier: BSD-2-Clause */
/* as.c: the layout of a simulated address space, and its translations. */
#define _GNU_SOURCE
#include "host/embed/as_internal.h"
#include <errno.h>

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

bool as_valid(const struct host_as *as, uintptr_t addr, size_t len)
{
	uintptr_t end;

	return len > 0 && (addr & ~AS_PAGE_MASK) == 0 && addr >= AS_PAGE &&
	       !__builtin_add_overflow(addr, len, &end) && end <= as->high;
}

int as_find(const struct host_as *as, uintptr_t hint, size_t len, uintptr_t *addr)
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
