/* SPDX-License-Identifier: BSD-2-Clause */
/* promote.c: the agent's part of sharing pages with the server; see promote.h. */
#define _GNU_SOURCE
#include "client/agent/promote.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "client/agent/mapping.h"
#include "client/core/raw.h"

/* Newer than some systems' headers. */
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif
#ifndef USERFAULTFD_IOC_NEW
#define USERFAULTFD_IOC_NEW _IO(0xAA, 0x00)
#endif
#ifndef UFFD_USER_MODE_ONLY
#define UFFD_USER_MODE_ONLY 1
#endif
#define PROT_ANY (PROT_READ | PROT_WRITE | PROT_EXEC)
#define FEATURES_OLD (UINT64_C(1) << 0)                                 /* write protection of anonymous memory */
#define FEATURES (FEATURES_OLD | UINT64_C(1) << 12 | UINT64_C(1) << 13) /* of shmem, and of pages that are not there */

static struct {
	int watch;         /* a userfaultfd, or -1 */
	bool whole;        /* it protects pages that are not there, too */
	int maps;          /* of /proc/self/maps, or -1 */
} tools = {-1, false, -1}; /* the agent's own */

/* ---- what is mapped there, just before it is replaced ---- */

/*
 * Linux has no mmap(2) that replaces only what is expected, and the application may unmap at any time what nobody
 * has pinned.  So it is looked at just before, by who replaces it.
 */
long promote_check(const struct wire_agent_command *c)
{
	struct mapping m;

	/* Without a /proc in the application's root there is nothing to look at. */
	if (!(c->prot & WIRE_AGENT_CHECK) || tools.maps < 0)
		return 0;
	if (mapping_find(tools.maps, c->addr, &m) < 0)
		return -EAGAIN;
	if (m.inode != c->inode || m.end < c->addr + c->len || m.prot != (int)(c->prot & PROT_ANY))
		return -EAGAIN;
	if (c->op == WIRE_AGENT_SHARE)
		return 0;
	if (m.offset + (c->addr - m.start) != c->offset)
		return -EAGAIN;
	if (m.shared != (c->op == WIRE_AGENT_JOIN))
		return 0;
	/* Done already, by an agent before this one: then there is something to lose. */
	return c->op == WIRE_AGENT_UNSHARE ? -EAGAIN : -EEXIST;
}

/* ---- stopping writers ---- */

/* For writers that a signal stops; read by their handlers. */
static struct {
	uintptr_t start, end;
	int prot;
	uint32_t sequence; /* odd: now; a futex */
} frozen;

static bool watch_start(const struct wire_agent_command *c)
{
	struct uffdio_register r = {{c->addr, c->len}, UFFDIO_REGISTER_MODE_WP, 0};
	struct uffdio_writeprotect wp = {{c->addr, c->len}, UFFDIO_WRITEPROTECT_MODE_WP};
	long result;

	if (tools.watch < 0 || sys3(SYS_ioctl, tools.watch, (long)UFFDIO_REGISTER, (long)&r) < 0)
		return false; /* not a kind that can be watched, or watched already */
	do
		result = sys3(SYS_ioctl, tools.watch, (long)UFFDIO_WRITEPROTECT, (long)&wp);
	while (result == -EAGAIN);
	if (result < 0)
		(void)sys3(SYS_ioctl, tools.watch, (long)UFFDIO_UNREGISTER, (long)&r.range);
	return result >= 0;
}

/* The pages stayed as they were. */
static void watch_undo(const struct wire_agent_command *c)
{
	struct uffdio_writeprotect wp = {{c->addr, c->len}, 0};
	long result;

	do
		result = sys3(SYS_ioctl, tools.watch, (long)UFFDIO_WRITEPROTECT, (long)&wp);
	while (result == -EAGAIN);
	(void)sys3(SYS_ioctl, tools.watch, (long)UFFDIO_UNREGISTER, (long)&wp.range);
}

static void watch_wake(const struct wire_agent_command *c)
{
	struct uffdio_range range = {c->addr, c->len};

	(void)sys3(SYS_ioctl, tools.watch, (long)UFFDIO_WAKE, (long)&range);
}

static void thaw(void)
{
	__atomic_store_n(&frozen.sequence, frozen.sequence + 1, __ATOMIC_RELEASE);
	(void)sys3(SYS_futex, (long)&frozen.sequence, FUTEX_WAKE, INT32_MAX);
}

static bool freeze(const struct wire_agent_command *c)
{
	int prot = (int)(c->prot & PROT_ANY);

	frozen.start = (uintptr_t)c->addr;
	frozen.end = (uintptr_t)(c->addr + c->len);
	frozen.prot = prot;
	__atomic_store_n(&frozen.sequence, frozen.sequence + 1, __ATOMIC_RELEASE);
	if (sys3(SYS_mprotect, (long)c->addr, (long)c->len, (prot & ~PROT_WRITE) | PROT_READ) >= 0)
		return true;
	thaw();
	return false;
}

long promote_ready(const struct wire_agent_command *c)
{
	return (c->prot & WIRE_AGENT_WATCHED) && tools.watch < 0 ? -ENODATA : 0;
}

long promote_stop(const struct wire_agent_command *c, enum promote_way *way)
{
	*way = WAY_NONE;
	if (!(c->prot & PROT_WRITE))
		return 0;
	if (watch_start(c))
		*way = WAY_WATCH;
	else if (freeze(c))
		*way = WAY_SIGNAL;
	return *way == WAY_NONE ? -EFAULT : 0;
}

void promote_go(const struct wire_agent_command *c, enum promote_way way, bool replaced)
{
	if (way == WAY_WATCH && !replaced)
		watch_undo(c);
	if (way == WAY_WATCH) {
		watch_wake(c);
		watch_wake(c); /* one that was about to sleep at the first */
	}
	if (way != WAY_SIGNAL)
		return;
	if (!replaced)
		(void)sys3(SYS_mprotect, (long)c->addr, (long)c->len, frozen.prot);
	thaw();
}

/*
 * An access that was stopped may be told of by its signal when other pages are stopped already, or none any more: so any
 * access is tried once more.  The same page again, and nothing was stopped meanwhile: it is the program's own mistake.
 */
static _Thread_local struct {
	uintptr_t addr;
	uint32_t sequence;
} last_wait
	__attribute__((tls_model("initial-exec")));

bool promote_wait(uintptr_t addr)
{
	uint32_t sequence = __atomic_load_n(&frozen.sequence, __ATOMIC_ACQUIRE);

	if (sequence == 0)
		return false;
	bool now = (sequence & 1) && addr >= frozen.start && addr < frozen.end;
	if (!now && last_wait.addr == addr && last_wait.sequence == sequence)
		return false;
	while (now && (sequence & 1)) {
		(void)raw_syscall(SYS_futex, (long)&frozen.sequence, FUTEX_WAIT, (long)sequence, 0, 0, 0);
		sequence = __atomic_load_n(&frozen.sequence, __ATOMIC_ACQUIRE);
	}
	last_wait.addr = addr;
	last_wait.sequence = sequence;
	return true;
}

void promote_thaw_child(void)
{
	if (!(frozen.sequence & 1))
		return;
	(void)sys3(SYS_mprotect, (long)frozen.start, (long)(frozen.end - frozen.start), frozen.prot);
	frozen.sequence++;
}

/* ---- commands ---- */

void promote_begin(void)
{
	if (frozen.sequence & 1) { /* an agent before this one was ended in the middle */
		(void)sys3(SYS_mprotect, (long)frozen.start, (long)(frozen.end - frozen.start), frozen.prot);
		thaw();
	}
	tools.watch = -1;
	tools.whole = false;
	tools.maps = mapping_open();
}

static bool watch_features(int fd, uint64_t features)
{
	struct uffdio_api api = {.api = UFFD_API, .features = features};

	return sys3(SYS_ioctl, fd, (long)UFFDIO_API, (long)&api) >= 0;
}

/* A userfaultfd of the device, else one of our own rights. */
long promote_watch(int device)
{
	long fd = device >= 0 ? sys3(SYS_ioctl, device, (long)USERFAULTFD_IOC_NEW, O_CLOEXEC) : -ENODEV;

	enum wire_watch way = WIRE_WATCH_FULL;
	if (fd < 0)
		fd = sys3(SYS_userfaultfd, O_CLOEXEC, 0, 0);
	if (fd < 0) {
		fd = sys3(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY, 0, 0);
		way = WIRE_WATCH_USER;
	}
	tools.whole = fd >= 0 && watch_features((int)fd, FEATURES);
	if (fd >= 0 && !tools.whole && !watch_features((int)fd, FEATURES_OLD)) {
		(void)sys3(SYS_close, fd, 0, 0);
		fd = -1;
	}
	if (fd < 0)
		way = WIRE_WATCH_SIGNAL;
	tools.watch = (int)fd;
	return (long)way;
}

static long populate(uint64_t addr, uint64_t len, bool write)
{
	return sys3(SYS_madvise, (long)addr, (long)len, write ? MADV_POPULATE_WRITE : MADV_POPULATE_READ);
}

long promote_populate(const struct wire_agent_command *c)
{
	return populate(c->addr, c->len, c->prot & PROT_WRITE);
}

#define CHUNK (UINT64_C(1) << 20)

/* The file through a mapping, for a process that may not write files of that size. */
static long copy_by_mapping(uint64_t addr, uint64_t len, int fd, uint64_t offset)
{
	long at = raw_mmap(0, (long)len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);

	if (is_error(at))
		return at;
	struct iovec to = {(void *)at, (size_t)len}, from = {(void *)(uintptr_t)addr, (size_t)len};
	long n = raw_syscall(SYS_process_vm_readv, sys3(SYS_getpid, 0, 0, 0), (long)&to, 1, (long)&from, 1, 0);
	(void)sys3(SYS_munmap, at, (long)len, 0);
	return n == (long)len ? 0 : n < 0 ? n
					  : -EFAULT;
}

long promote_copy_out(uint64_t addr, uint64_t len, int fd, uint64_t offset)
{
	while (len > 0) {
		uint64_t n = len < CHUNK ? len : CHUNK;
		long done = raw_pwrite(fd, (long)addr, (long)n, offset);
		if (done == -EFBIG && copy_by_mapping(addr, n, fd, offset) == 0)
			done = (long)n;
		if (done <= 0)
			return done < 0 ? done : -EIO;
		addr += (uint64_t)done;
		offset += (uint64_t)done;
		len -= (uint64_t)done;
	}
	return 0;
}

#define ROOM (128u << 10)

/*
 * Linux grows a stack at its lowest mapping, which is about to be another.  So it is grown once before: by a system call that
 * reads there, so that a limit is an error and not a signal.
 *
 *	                     [ stack ................. )
 *	   [ ROOM, the stack [ shared )[ stack ....... )
 */
static void stack_grow(uint64_t addr)
{
	(void)raw_syscall(SYS_rt_sigprocmask, SIG_BLOCK, (long)(addr - ROOM), 0, 8, 0, 0);
}

long promote_share(const struct wire_agent_command *c, int fd)
{
	int prot = (int)(c->prot & PROT_ANY);

	if (fd < 0)
		return -EBADF;
	long r = promote_ready(c);
	if (r < 0)
		return r;
	if (c->prot & WIRE_AGENT_GROW)
		stack_grow(c->addr);
	/* The pin has brought them in.  One that has gone since then must not come back unwatched. */
	r = tools.whole ? 0 : populate(c->addr, c->len, prot & PROT_WRITE);
	if (r < 0)
		return r;
	r = promote_check(c);
	if (r < 0)
		return r;
	enum promote_way way;
	r = promote_stop(c, &way);
	if (r < 0)
		return r;
	r = promote_copy_out(c->addr, c->len, fd, c->offset);
	if (r >= 0) {
		r = raw_mmap((long)c->addr, (long)c->len, prot, MAP_SHARED | MAP_FIXED | MAP_POPULATE, fd, c->offset);
		r = is_error(r) ? r : 0;
	}
	promote_go(c, way, r >= 0);
	return r;
}

/*
 * A write before the change is in the file; the first one to a page after it makes a private copy of what is there.  So no
 * writer is stopped.  When every page has its copy, the server takes the file's away.
 */
long promote_unshare(const struct wire_agent_command *c, int fd)
{
	int prot = (int)(c->prot & PROT_ANY), both = PROT_READ | PROT_WRITE;

	if (fd < 0)
		return -EBADF;
	long r = promote_check(c);
	if (r < 0)
		return r;
	r = raw_mmap((long)c->addr, (long)c->len, prot | both, MAP_PRIVATE | MAP_FIXED, fd, c->offset);
	if (is_error(r))
		return r;
	r = populate(c->addr, c->len, true);
	if ((prot & both) != both)
		(void)sys3(SYS_mprotect, (long)c->addr, (long)c->len, prot);
	return r;
}
