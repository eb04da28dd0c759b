/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mmap.c: calls that make and change mappings.  The range is reserved before the call, so that a plain mmap is one round trip; the
 * waiting thread itself lays the windows that the reply lists.
 */
#define _GNU_SOURCE
#include "client/calls/calls.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

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
			pin_left((uintptr_t)(addr), (uintptr_t)(addr) + PAGE_UP(len)); \
		result_; \
	}))

/* ---- mmap ---- */

/* *shared: pin_left() is due. */
static int unmap_at_server(uintptr_t start, uintptr_t end, bool *shared)
{
	struct wire_message m = {.op = WIRE_MUNMAP, .a = start, .b = end - start};
	int error = call_patient(&m); /* to the program this call is not interruptible */

	*shared = !error && m.a;
	return error;
}

static void *map_failed(int error)
{
	errno = error;
	return MAP_FAILED;
}

/*
 * The server returns what is wrong with odd arguments: it gets them as they are, and no reservation is made; nor
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
		error = windows_lay(c, m.b);
	call_end(c);
	if (!error)
		return (void *)start;
	if (mapped) {
		bool shared;
		(void)unmap_at_server(start, end, &shared);
		(void)range_release(start, end - start);
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
	if (likely(!range_any() && !pin_ever()) || len == 0 || start % PAGE != 0 || PAGE_UP(len) < len)
		return 0;
	bool any = range_first(start, end, &part);
	if (!any && !pin_leaves(start, end))
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
	struct wire_message m = {.op = WIRE_MPROTECT, .a = start, .b = end - start, .c = (uint64_t)prot};

	return call_patient(&m);
}

static int protect_plain(uintptr_t addr, size_t len, int prot, int key)
{
	return key < 0 ? REAL(mprotect)((void *)addr, len, prot) : REAL(pkey_mprotect)((void *)addr, len, prot, key);
}

/*
 * [ ordinary | device | ordinary | device ]: each piece is changed in turn, as Linux does with several mappings; an
 * error stops in the middle, as there.
 */
static int protect(void *addr, size_t len, int prot, int key)
{
	uintptr_t at = (uintptr_t)addr, end = at + PAGE_UP(len);
	struct range part = {0};
	bool pinned = pin_holds(at, end);

	if (likely(!range_any() && !pinned) || at % PAGE || end < at || (!range_first(at, end, &part) && !pinned))
		return protect_plain(at, len, prot, key);
	while (at < end) {
		bool more = range_first(at, end, &part);
		uintptr_t plain = more ? part.start : end;
		int error = plain > at && pin_holds(at, plain) ? protect_at_server(at, plain, prot) : 0;
		if (error)
			return fail(error);
		if (plain > at && protect_plain(at, plain - at, prot, key) < 0)
			return -1;
		if (!more)
			break;
		if (key >= 0) /* differs from ordinary memory: the agent, not this thread's rights, opens device pages */
			return fail(EINVAL);
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

EXPORT int mprotect(void *addr, size_t len, int prot)
{
	return protect(addr, len, prot, -1);
}

EXPORT int pkey_mprotect(void *addr, size_t len, int prot, int key)
{
	return key < -1 ? REAL(pkey_mprotect)(addr, len, prot, key) : protect(addr, len, prot, key);
}

static bool is_changed_by_the_server(const void *addr, size_t len)
{
	uintptr_t start = (uintptr_t)addr, end = start + PAGE_UP(len);
	struct range part = {0};

	return end > start && (range_first(start, end, &part) || pin_leaves(start, end));
}

/* What follows cannot be undone by the agent, or would lay other pages where the driver's are. */
EXPORT int remap_file_pages(void *addr, size_t len, int prot, size_t offset, int flags)
{
	return unlikely(is_changed_by_the_server(addr, len)) ? fail(EINVAL)
							     : REAL(remap_file_pages)(addr, len, prot, offset, flags);
}

#ifndef SYS_mseal
#define SYS_mseal 462
#endif

int mseal(void *addr, size_t len, unsigned long flags);
EXPORT int mseal(void *addr, size_t len, unsigned long flags)
{
	return unlikely(is_changed_by_the_server(addr, len)) ? fail(EPERM) : (int)syscall(SYS_mseal, addr, len, flags);
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
		error = pin_before_remap(start, start + PAGE_UP(old_len));
	if (unlikely(error))
		return map_failed(error);
	void *result = LEAVING(leave, wish, new_len, REAL(mremap)(old, old_len, new_len, flags, wish));
	if (unlikely(result == MAP_FAILED && errno == EFAULT && pin_ever()))
		result = pin_remap(old, old_len, new_len, flags, wish);
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

static int advise(void *addr, size_t len, int advice)
{
	AROUND_DEVICES(addr, len, REAL(madvise)(part, size, advice));
	return REAL(madvise)(addr, len, advice);
}

static int discard(void *addr, size_t len, int advice)
{
	int error = pin_before_discard((uintptr_t)addr, (uintptr_t)addr + PAGE_UP(len));

	if (error)
		return fail(error);
	int result = advise(addr, len, advice);
	if (result < 0 && errno == EINVAL && advice == MADV_FREE) /* it was shared once: a file of zeros is behind it */
		result = advise(addr, len, MADV_DONTNEED);
	return result;
}

EXPORT int madvise(void *addr, size_t len, int advice)
{
	return unlikely(pin_ever()) && (advice == MADV_DONTNEED || advice == MADV_FREE) ? discard(addr, len, advice)
											: advise(addr, len, advice);
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
