/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * promote_split.c: the agent's part of a fork while the server has pages (host/server/split.c).  The application goes on with
 * copies while Linux forks, and gets the pages again afterwards:
 *
 *	              SPLIT                     JOIN
 *	application  --+-- P, a copy ------------+-->  the file's pages again
 *	aside          S, the same copy          |
 *	file         --+-- M ------- + P - S ----+-->
 *
 * Who else has the file's pages writes to them all the time: what the application has changed is where P differs from S, and
 * just that is written.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "client/agent/promote.h"
#include "client/core/raw.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#define PROT_BOTH (PROT_READ | PROT_WRITE)
#define PROT_ANY (PROT_BOTH | PROT_EXEC)
#define CHUNK (UINT64_C(1) << 20)

static void unmap(long at, uint64_t len)
{
	if (!is_error(at))
		(void)raw_syscall(SYS_munmap, at, (long)len, 0, 0, 0, 0);
}

/* ---- split ---- */

/* Nobody else writes to the copy, so that S is what it begins with. */
static long copy_make(const struct wire_agent_command *c, int fd, long beside)
{
	long r = raw_syscall(SYS_madvise, beside, (long)c->len, MADV_POPULATE_WRITE, 0, 0, 0);

	if (r >= 0)
		r = promote_copy_out((uint64_t)beside, c->len, fd, c->aside);
	if (r >= 0)
		r = raw_syscall(SYS_mprotect, beside, (long)c->len, (long)(c->prot & PROT_ANY), 0, 0, 0);
	return r;
}

/* It is made beside, and moved over the shared mapping as it is. */
long promote_split(const struct wire_agent_command *c, int fd)
{
	enum promote_way way = WAY_NONE;

	if (fd < 0)
		return -EBADF;
	long r = promote_ready(c);
	if (r == 0)
		r = promote_check(c);
	if (r < 0)
		return r == -EEXIST ? 0 : r;
	long beside = raw_mmap(0, (long)c->len, PROT_BOTH, MAP_PRIVATE, fd, c->offset);
	if (is_error(beside))
		return beside;
	r = promote_stop(c, &way);
	if (r >= 0)
		r = copy_make(c, fd, beside);
	if (r >= 0)
		r = raw_syscall(SYS_mremap, beside, (long)c->len, (long)c->len, MREMAP_MAYMOVE | MREMAP_FIXED, (long)c->addr, 0);
	r = is_error(r) ? r : 0;
	if (r < 0)
		unmap(beside, c->len);
	promote_go(c, way, r == 0);
	return r;
}

/* ---- join ---- */

typedef unsigned long word; /* one that a processor writes as a whole */

/* Bytes that differ, as 0xff. */
static word difference(word a, word b)
{
	word mask = 0;

	for (size_t i = 0; i < sizeof(word); i++)
		if (((a ^ b) >> (8 * i)) & 0xff)
			mask |= (word)0xff << (8 * i);
	return mask;
}

/*
 * Where both have changed the same bytes the others' word stands.  The change is done then: an agent that takes this one's place
 * begins anew.
 */
static void word_join(word *m, word p, word *s)
{
	word ours = difference(p, *s), was = __atomic_load_n(m, __ATOMIC_RELAXED);

	while (!(difference(was, *s) & ours))
		if (__atomic_compare_exchange_n(m, &was, (was & ~ours) | (p & ours), false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			break;
	*s = p;
}

static void words_join(word *m, const word *p, word *s, uint64_t len)
{
	for (uint64_t i = 0; i < len / sizeof(word); i++)
		if (p[i] != s[i])
			word_join(&m[i], p[i], &s[i]);
}

/* P is read by a system call: the application may have protected it, or unmap it just now. */
static long part_join(uint64_t addr, uint64_t len, int fd, uint64_t offset, uint64_t aside)
{
	long p = raw_mmap(0, (long)len, PROT_BOTH, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long m = raw_mmap(0, (long)len, PROT_BOTH, MAP_SHARED, fd, offset);
	long s = raw_mmap(0, (long)len, PROT_BOTH, MAP_SHARED, fd, aside);
	long r = is_error(p) ? p : is_error(m) ? m
			   : is_error(s)       ? s
					       : 0;

	if (r == 0) {
		struct iovec to = {(void *)p, (size_t)len}, from = {(void *)(uintptr_t)addr, (size_t)len};
		r = raw_syscall(SYS_process_vm_readv, raw_syscall(SYS_getpid, 0, 0, 0, 0, 0, 0), (long)&to, 1, (long)&from, 1, 0);
		r = r == (long)len ? 0 : r < 0 ? r
					       : -EFAULT;
	}
	if (r == 0)
		words_join((word *)m, (const word *)p, (word *)s, len);
	unmap(p, len);
	unmap(m, len);
	unmap(s, len);
	return r;
}

static long changes_join(const struct wire_agent_command *c, int fd)
{
	long r = 0;

	for (uint64_t at = 0, n; at < c->len && r == 0; at += n) {
		n = c->len - at < CHUNK ? c->len - at : CHUNK;
		r = part_join(c->addr + at, n, fd, c->offset + at, c->aside + at);
	}
	return r;
}

long promote_join(const struct wire_agent_command *c, int fd)
{
	enum promote_way way;

	if (fd < 0)
		return -EBADF;
	long r = promote_ready(c);
	if (r == 0)
		r = promote_check(c);
	if (r == 0)
		r = promote_stop(c, &way);
	if (r < 0)
		return r == -EEXIST ? 0 : r;
	r = changes_join(c, fd);
	if (r == 0)
		r = raw_mmap((long)c->addr, (long)c->len, (long)(c->prot & PROT_ANY), MAP_SHARED | MAP_FIXED | MAP_POPULATE, fd,
			     c->offset);
	r = is_error(r) ? r : 0;
	promote_go(c, way, r == 0);
	return r;
}
