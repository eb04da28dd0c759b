/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memory.c: device mappings.  The range is reserved before the call, so that a plain mmap is one round trip; the
 * waiting thread itself lays the windows that the reply lists.
 */
#define _GNU_SOURCE
#include "client/client.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client/core/quiet.h"
#include "client/memory/range.h"

#define PAGE ((uintptr_t)4096)
#define PAGE_UP(n) (((uintptr_t)(n) + PAGE - 1) & ~(PAGE - 1))

struct leave {
	bool device; /* device mappings leave the range */
	bool shared; /* pages that the server shares do */
};

/*
 * What Linux does to a range whose device mappings have ended at the server.  Until it is done they stay in our table, so
 * that the server is asked what becomes of an access, and nobody else's new mapping there is taken for them.
 */
#define LEAVING(leaves, addr, len, call) \
	(__extension__({ \
		struct leave leave_ = (leaves); \
		if (unlikely(leave_.device)) \
			ranges_leave(); \
		__typeof__(call) result_ = (call); \
		if (unlikely(leave_.device)) \
			ranges_left((uintptr_t)(addr), (uintptr_t)(addr) + PAGE_UP(len)); \
		if (unlikely(leave_.shared)) \
			lock_left((uintptr_t)(addr), (uintptr_t)(addr) + PAGE_UP(len)); \
		result_; \
	}))

/* ---- windows ---- */

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22 /* Linux 5.14 */
#endif
#define POPULATE_BY_READ (16 * PAGE) /* Linux maps so many pages around one that is read, but only the one that is written */

static int apply(const struct wire_map *w, int fd)
{
	bool window = w->flags & WIRE_MAP_DESCRIPTOR, populate = w->flags & WIRE_MAP_POPULATE;
	bool by_read = populate && w->len > POPULATE_BY_READ;

	if (w->flags & WIRE_MAP_OPEN)
		return REAL(mprotect)((void *)(uintptr_t)w->addr, (size_t)w->len, (int)w->prot) < 0 ? errno : 0;
	int flags = MAP_FIXED | (window ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE) |
		    (populate && !by_read ? MAP_POPULATE : 0);

	if (w->flags & WIRE_MAP_INTERCEPT) {
		int error = fault_prepare();
		if (error)
			return error;
		/* First: an access to the window faults as soon as it is there. */
		if (!range_add((uintptr_t)w->addr, (uintptr_t)(w->addr + w->len), true))
			return ENOMEM;
	}
	void *p = REAL(mmap64)((void *)(uintptr_t)w->addr, (size_t)w->len, window ? (int)w->prot : PROT_NONE, flags,
			       window ? fd : -1, (off64_t)w->offset);

	if (p == MAP_FAILED)
		return errno;
	if (by_read) /* what this does not do, accesses do */
		(void)REAL(madvise)(p, (size_t)w->len, MADV_POPULATE_READ);
	if (!(w->flags & WIRE_MAP_INTERCEPT) && !range_add((uintptr_t)w->addr, (uintptr_t)(w->addr + w->len), false))
		return ENOMEM;
	return 0;
}

int memory_apply_maps(struct call *c, uint64_t count)
{
	const struct wire_map *w = (const void *)call_data(c);
	unsigned next_fd = 0;
	int error = 0;

	for (uint64_t i = 0; i < count && i < WIRE_MAPS_MAX && !error; i++) {
		struct wire_map one = w[i];
		int fd = one.flags & WIRE_MAP_DESCRIPTOR ? call_take_fd(c, next_fd++) : -1;
		if ((one.flags & WIRE_MAP_DESCRIPTOR) && fd < 0)
			return EBADF;
		error = apply(&one, fd);
		if (fd >= 0)
			quiet_close(fd);
	}
	return error;
}

int memory_reserve(uint64_t *addr, uint64_t len, bool fixed)
{
	if (len == 0 || len > SIZE_MAX || *addr > UINTPTR_MAX - len)
		return ENOMEM;
	void *p = REAL(mmap)((void *)(uintptr_t)*addr, (size_t)len, PROT_NONE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (fixed ? MAP_FIXED : 0), -1, 0);
	if (p == MAP_FAILED)
		return errno;
	*addr = (uintptr_t)p;
	return 0;
}

int memory_release(uint64_t addr, uint64_t len)
{
	return LEAVING(((struct leave){.device = true}), addr, len, REAL(munmap)((void *)(uintptr_t)addr, (size_t)len)) < 0 ? errno : 0;
}

/* ---- mmap ---- */

/* *shared: lock_left() is due. */
static int unmap_at_server(uintptr_t start, uintptr_t end, bool *shared)
{
	struct wire_message m;
	int error;

	do {
		m = (struct wire_message){.op = WIRE_MUNMAP, .a = start, .b = end - start};
		error = call_simple(&m);
	} while (error == EINTR); /* to the program this call is not interruptible: the handler has run, go on */
	*shared = !error && m.a;
	return error;
}

static void *map_failed(int error)
{
	errno = error;
	return MAP_FAILED;
}

/*
 * The server says what is wrong with odd arguments: it gets them as they are, and no reservation is made; nor
 * if there is no room, since other errors come first.
 */
static void *reserve(void *wish, size_t len, int flags)
{
	int extra = flags & MAP_FIXED_NOREPLACE;

#ifdef MAP_32BIT
	extra |= flags & MAP_32BIT;
#endif
	if (len == 0 || PAGE_UP(len) < len)
		return NULL;
	void *p = REAL(mmap)(wish, PAGE_UP(len), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | extra, -1, 0);
	return p == MAP_FAILED && !(flags & MAP_FIXED_NOREPLACE) ? NULL : p;
}

static void *device_mmap(const struct device *d, void *wish, size_t len, int prot, int flags, int64_t offset)
{
	bool fixed = flags & MAP_FIXED;
	void *reserved = fixed ? NULL : reserve(wish, len, flags);

	if (reserved == MAP_FAILED)
		return MAP_FAILED; /* MAP_FIXED_NOREPLACE: what is there stays */
	flags &= ~MAP_FIXED_NOREPLACE;
	struct call *c = call_begin();
	if (c == NULL) {
		if (reserved)
			(void)REAL(munmap)(reserved, PAGE_UP(len));
		return map_failed(errno == ENXIO ? EIO : errno);
	}
	struct wire_message m = {.op = WIRE_MMAP, .a = d->id, .b = (uintptr_t)(fixed ? wish : reserved), .c = len, .d = (uint32_t)prot | (uint64_t)(uint32_t)flags << 32, .e = (uint64_t)offset};
	int error = call_run(c, &m, NULL);
	uintptr_t start = (uintptr_t)m.a, end = start + PAGE_UP(len);
	bool mapped = !error;
	if (reserved && (error || start != (uintptr_t)reserved)) {
		(void)REAL(munmap)(reserved, PAGE_UP(len));
		reserved = NULL;
	}
	if (!error)
		error = memory_apply_maps(c, m.b);
	call_end(c);
	if (!error)
		return (void *)start;
	if (mapped) {
		bool shared;
		(void)unmap_at_server(start, end, &shared);
		(void)memory_release(start, end - start);
	}
	return map_failed(error);
}

static int leave_for(const void *addr, size_t len, struct leave *leave);

#define MMAP(name, off) \
	EXPORT void *name(void *addr, size_t len, int prot, int flags, int fd, off offset) \
	{ \
		struct device d; \
		if (unlikely(fd >= 0 && !(flags & MAP_ANONYMOUS) && descriptor_get(fd, &d))) \
			return device_mmap(&d, addr, len, prot, flags, (int64_t)offset); \
		struct leave leave = {0}; \
		int error = flags & MAP_FIXED ? leave_for(addr, len, &leave) : 0; \
		if (unlikely(error)) \
			return map_failed(error); \
		return LEAVING(leave, addr, len, REAL(name)(addr, len, prot, flags, fd, offset)); \
	}

MMAP(mmap, off_t)
MMAP(mmap64, off64_t)

/* ---- munmap ---- */

/* Before Linux replaces what is in a range, if it will: the device mappings in it end at the server. */
static int leave_for(const void *addr, size_t len, struct leave *leave)
{
	uintptr_t start = (uintptr_t)addr, end = start + PAGE_UP(len);
	struct range part = {0};

	*leave = (struct leave){0};
	if (likely(!memory_any() && !lock_ever()) || len == 0 || start % PAGE != 0 || PAGE_UP(len) < len)
		return 0;
	bool any = range_first(start, end, &part);
	if (!any && !lock_leaves(start, end))
		return 0;
	int error = unmap_at_server(start, end, &leave->shared);
	if (error && error != EIO) /* without a server the mapping is Linux's alone */
		return error;
	leave->device = any;
	return 0;
}

EXPORT int munmap(void *addr, size_t len)
{
	struct leave leave;
	int error = leave_for(addr, len, &leave);

	return unlikely(error) ? fail(error) : LEAVING(leave, addr, len, REAL(munmap)(addr, len));
}

/* ---- mprotect and the others ---- */

static int protect_at_server(uintptr_t start, uintptr_t end, int prot)
{
	int error;

	do {
		struct wire_message m = {.op = WIRE_MPROTECT, .a = start, .b = end - start, .c = (uint64_t)prot};
		error = call_simple(&m);
	} while (error == EINTR); /* to the program this call is not interruptible: the handler has run, go on */
	return error;
}

/*
 * [ ordinary | device | ordinary | device ]: each piece is changed in turn, as Linux does with several mappings; an
 * error stops in the middle, as there.
 */
EXPORT int mprotect(void *addr, size_t len, int prot)
{
	uintptr_t at = (uintptr_t)addr, end = at + PAGE_UP(len);
	struct range part = {0};
	bool locked = lock_holds(at, end);

	if (likely(!memory_any() && !locked) || at % PAGE || end < at || (!range_first(at, end, &part) && !locked))
		return REAL(mprotect)(addr, len, prot);
	while (at < end) {
		bool more = range_first(at, end, &part);
		uintptr_t plain = more ? part.start : end;
		int error = plain > at && lock_holds(at, plain) ? protect_at_server(at, plain, prot) : 0;
		if (error)
			return fail(error);
		if (plain > at && REAL(mprotect)((void *)at, plain - at, prot) < 0)
			return -1;
		if (!more)
			break;
		error = protect_at_server(part.start, part.end, prot);
		if (error)
			return fail(error);
		/* Of an intercepted range the agent has taken all access away; what is allowed comes by faults. */
		if (!part.intercept && REAL(mprotect)((void *)part.start, part.end - part.start, prot) < 0)
			return -1;
		at = part.end;
	}
	return 0;
}

EXPORT void *mremap(void *old, size_t old_len, size_t new_len, int flags, ...)
{
	struct range part = {0};
	va_list ap;

	va_start(ap, flags);
	void *wish = flags & MREMAP_FIXED ? va_arg(ap, void *) : NULL;
	va_end(ap);
	uintptr_t start = (uintptr_t)old;
	if (unlikely(range_first(start, start + PAGE_UP(old_len ? old_len : 1), &part)))
		return map_failed(EINVAL); /* differs from ordinary memory: device mappings do not move or grow */
	struct leave leave = {0};
	int error = flags & MREMAP_FIXED ? leave_for(wish, new_len, &leave) : 0;
	if (!error)
		error = lock_before_remap(start, start + PAGE_UP(old_len));
	if (unlikely(error))
		return map_failed(error);
	void *result = LEAVING(leave, wish, new_len, REAL(mremap)(old, old_len, new_len, flags, wish));
	if (unlikely(result == MAP_FAILED && errno == EFAULT && lock_ever()))
		result = lock_remap(old, old_len, new_len, flags, wish);
	return result;
}

/*
 * On device mappings these succeed without effect, as on the original system; the ordinary memory around
 * them, [ part )( device )[ part ), gets what was asked.
 */
#define AROUND_DEVICES(addr, len, call) \
	do { \
		uintptr_t at_ = (uintptr_t)(addr), end_ = at_ + PAGE_UP(len); \
		struct range device_ = {0}; \
		if (likely(!range_first(at_, end_, &device_))) \
			break; \
		while (at_ < end_) { \
			bool more_ = range_first(at_, end_, &device_); \
			void *part = (void *)at_; \
			size_t size = (more_ ? device_.start : end_) - at_; \
			int result_ = size ? (call) : 0; \
			if (result_ != 0) \
				return result_; \
			at_ = more_ ? device_.end : end_; \
		} \
		return 0; \
	} while (0)

int memory_advise(void *addr, size_t len, int advice)
{
	AROUND_DEVICES(addr, len, REAL(madvise)(part, size, advice));
	return REAL(madvise)(addr, len, advice);
}

EXPORT int madvise(void *addr, size_t len, int advice)
{
	if (unlikely(lock_ever()) && (advice == MADV_DONTNEED || advice == MADV_FREE))
		return lock_discard(addr, len, advice);
	return memory_advise(addr, len, advice);
}

EXPORT int posix_madvise(void *addr, size_t len, int advice)
{
	AROUND_DEVICES(addr, len, REAL(posix_madvise)(part, size, advice));
	return REAL(posix_madvise)(addr, len, advice);
}

EXPORT int msync(void *addr, size_t len, int flags)
{
	AROUND_DEVICES(addr, len, REAL(msync)(part, size, flags));
	return REAL(msync)(addr, len, flags);
}

EXPORT int mlock(const void *addr, size_t len)
{
	AROUND_DEVICES(addr, len, REAL(mlock)(part, size));
	return REAL(mlock)(addr, len);
}

EXPORT int mlock2(const void *addr, size_t len, unsigned flags)
{
	AROUND_DEVICES(addr, len, REAL(mlock2)(part, size, flags));
	return REAL(mlock2)(addr, len, flags);
}

EXPORT int munlock(const void *addr, size_t len)
{
	AROUND_DEVICES(addr, len, REAL(munlock)(part, size));
	return REAL(munlock)(addr, len);
}
