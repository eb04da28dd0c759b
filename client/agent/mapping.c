/* SPDX-License-Identifier: BSD-2-Clause */
/* mapping.c: by PROCMAP_QUERY, or, before Linux 6.11, from the text. */
#define _GNU_SOURCE
#include "client/agent/mapping.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "client/core/raw.h"

struct query { /* Linux's struct procmap_query, since 6.11 */
	uint64_t size, flags, addr, vma_start, vma_end, vma_flags, page_size, offset, inode;
	uint32_t major, minor, name_size, build_id_size;
	uint64_t name, build_id;
};
#define PROCMAP_QUERY _IOWR('f', 17, struct query)
#define QUERY_SHARED 0x8u
#define QUERY_PROT 0x7u /* readable, writable, executable: as PROT_* */

int mapping_open(void)
{
	return (int)raw_syscall(SYS_openat, AT_FDCWD, (long)"/proc/self/maps", O_RDONLY | O_CLOEXEC, 0, 0, 0);
}

/* ---- a line ---- */

struct text {
	const char *at, *end;
};

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
								     : 16;
}

/* A number and the character behind it, which must be stop. */
static bool number(struct text *t, int base, char stop, uint64_t *value)
{
	const char *first = t->at;
	int d;

	*value = 0;
	while (t->at < t->end && (d = digit(*t->at)) < base) {
		*value = *value * (unsigned)base + (unsigned)d;
		t->at++;
	}
	if (t->at == first || t->at == t->end || *t->at != stop)
		return false;
	t->at++;
	return true;
}

static bool permissions(struct text *t, struct mapping *m)
{
	if (t->end - t->at < 5 || t->at[4] != ' ')
		return false;
	m->prot = (t->at[0] == 'r' ? PROT_READ : 0) | (t->at[1] == 'w' ? PROT_WRITE : 0) | (t->at[2] == 'x' ? PROT_EXEC : 0);
	m->shared = t->at[3] == 's';
	t->at += 5;
	return true;
}

/* 7f00-7f10 rw-s 00000000 00:01 1234   NAME */
bool mapping_parse(const char *line, size_t len, struct mapping *m)
{
	struct text t = {line, line + len};
	uint64_t ignored;

	if (!number(&t, 16, '-', &m->start) || !number(&t, 16, ' ', &m->end) || !permissions(&t, m) ||
	    !number(&t, 16, ' ', &m->offset) || !number(&t, 16, ':', &ignored) || !number(&t, 16, ' ', &ignored))
		return false;
	/* What has no name may end with its inode. */
	const char *inode = t.at;
	return number(&t, 10, ' ', &m->inode) || (t.at == t.end && t.at > inode);
}

/* ---- finding ---- */

static long find_by_query(int maps, uint64_t addr, struct mapping *m)
{
	struct query q = {.size = sizeof(q), .addr = addr};
	long r = raw_syscall(SYS_ioctl, maps, (long)PROCMAP_QUERY, (long)&q, 0, 0, 0);

	if (r == 0)
		*m = (struct mapping){q.vma_start, q.vma_end, q.offset, q.inode, (int)(q.vma_flags & QUERY_PROT), q.vma_flags & QUERY_SHARED};
	return r;
}

#define HEAD 128u   /* bytes of a line that are looked at: all but its name */
#define CHUNK 1024u /* the agent's stack is small */

struct search {
	uint64_t addr;
	struct mapping *found;
	size_t held;
	char head[HEAD];
};

/* -EAGAIN: it is a later line. */
static long take_line(struct search *s)
{
	struct mapping m;

	if (!mapping_parse(s->head, s->held, &m))
		return -EIO;
	s->held = 0;
	if (m.end <= s->addr)
		return -EAGAIN;
	if (m.start > s->addr)
		return -ENOENT;
	*s->found = m;
	return 0;
}

static long take_bytes(struct search *s, const char *bytes, size_t n)
{
	long r = -EAGAIN;

	for (size_t i = 0; i < n && r == -EAGAIN; i++)
		if (bytes[i] == '\n')
			r = take_line(s);
		else if (s->held < HEAD)
			s->head[s->held++] = bytes[i];
	return r;
}

long mapping_find_line(int maps, uint64_t addr, struct mapping *m)
{
	struct search s = {.addr = addr, .found = m};
	char bytes[CHUNK];
	long n = raw_syscall(SYS_lseek, maps, 0, 0 /* SEEK_SET */, 0, 0, 0), r = -EAGAIN;

	while (n >= 0 && r == -EAGAIN && (n = raw_syscall(SYS_read, maps, (long)bytes, sizeof(bytes), 0, 0, 0)) > 0)
		r = take_bytes(&s, bytes, (size_t)n);
	return n < 0 ? n : n == 0 ? -ENOENT
				  : r;
}

long mapping_find(int maps, uint64_t addr, struct mapping *m)
{
	long r = find_by_query(maps, addr, m);

	return r == -ENOTTY || r == -EINVAL ? mapping_find_line(maps, addr, m) : r;
}
