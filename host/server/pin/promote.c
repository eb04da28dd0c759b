/* SPDX-License-Identifier: BSD-2-Clause */
/* promote.c: pages of a process become pages of its sparse file, or of the file that it shares with others (pin.h). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "host/server/pin/pins.h"

#define TRIES_MAX 4 /* the application may change its mappings while we look */

uint64_t promote_span(const struct pins *pins)
{
	return pins->process->model == SYS_ILP32 ? SPAN_32 : SPAN_64;
}

uint64_t promote_limit(const struct pins *pins)
{
	return (pins->process->model == SYS_ILP32 ? FILE_SIZE_32 : FILE_SIZE_MAX) - promote_span(pins);
}

bool vma_is_of_file(const struct pins *pins, const struct vma *v)
{
	static const char name[] = "/memfd:" WIRE_PINS_FILE;

	return pins->file != NULL && v->inode == pins->inode && strncmp(v->name, name, sizeof(name) - 1) == 0;
}

bool vma_is_ours(const struct pins *pins, const struct vma *v)
{
	return vma_is_of_file(pins, v) && (v->offset - v->start) % promote_span(pins) == 0;
}

/* ---- holds ---- */

struct hold *hold_create(struct pins *pins, struct posix_file *file, uint64_t offset, uint64_t len)
{
	struct hold *h = calloc(1, sizeof(*h));

	if (h == NULL) {
		posix_file_put(file);
		return NULL;
	}
	*h = (struct hold){.pins = pins, .file = file, .offset = offset, .len = len};
	LIST_INSERT_HEAD(&pins->holds, h, link);
	atomic_store(&pins->page->held, 1);
	return h;
}

void hold_destroy(struct hold *h)
{
	struct pins *pins = h->pins;

	LIST_REMOVE(h, link);
	if (h->file == pins->file && pins->gone)
		demote_all_gone(pins);
	else if (h->file == pins->file)
		(void)ranges_unite(&pins->recent, h->offset, h->offset + h->len);
	posix_file_put(h->file);
	free(h);
}

bool hold_overlaps(const struct pins *pins, uint64_t start, uint64_t end, bool pinned)
{
	const struct hold *h;

	LIST_FOREACH (h, &pins->holds, link)
		if (h->file == pins->file && h->offset < end && start < h->offset + h->len && (h->pinned || !pinned))
			return true;
	return false;
}

/* ---- what is there ---- */

struct sight {
	bool private;   /* some of it is the process's own */
	bool ours;      /* some of it is shared with us already ... */
	bool scattered; /* ... at places that are no one part of the file */
	bool foreign;   /* some of it is shared with others */
	uint64_t base;  /* of ours, or of private memory that was: offset - address */
	bool based;
	bool one;         /* it is one mapping: */
	struct vma first; /* or the first foreign one */
};

static void sight_add(struct sight *s, const struct pins *pins, const struct vma *v)
{
	uint64_t base = v->offset - v->start;
	bool ours = vma_is_ours(pins, v);

	if (v->shared && !ours) {
		if (s->foreign)
			s->scattered |= v->inode != s->first.inode || v->major != s->first.major ||
					v->minor != s->first.minor || base != s->first.offset - s->first.start;
		else
			s->first = *v;
		s->foreign = true;
		return;
	}
	s->private |= !v->shared;
	s->ours |= v->shared;
	if (ours && s->based)
		s->scattered |= v->shared && base != s->base;
	if (ours && (v->shared || !s->based)) {
		s->scattered |= s->ours && s->based && base != s->base && v->shared;
		s->base = base;
		s->based = true;
	}
}

static bool mapping_at(const struct pins *pins, uint64_t at, struct vma *v)
{
	if (pins->maps < 0 || !maps_find(pins->maps, at, v) || v->start > at)
		return false;
	v->page_size = vma_is_ours(pins, v) ? PAGE_SIZE : maps_page_size(pins->process, v);
	return true;
}

static int look(const struct pins *pins, uint64_t addr, uint64_t end, struct sight *s)
{
	struct vma v;

	*s = (struct sight){0};
	for (uint64_t at = addr; at < end; at = v.end) {
		if (!mapping_at(pins, at, &v))
			return EFAULT;
		sight_add(s, pins, &v);
		if (at == addr && v.end >= end) {
			s->first = v;
			s->one = true;
		}
	}
	return s->foreign && (s->private || s->ours || s->scattered) ? EFAULT : 0;
}

/* What has been seen is not looked at again.  The agent looks just before it changes anything. */
static bool look_at(const struct pins *pins, const struct sight *s, uint64_t at, struct vma *v)
{
	if (s->one)
		*v = s->first;
	return s->one || mapping_at(pins, at, v);
}

/* ---- memory that the process shares with others: the same file ---- */

/* Its descriptor.  Not of one that the process may only read: we might be able to write it. */
static int foreign_open(const struct pins *pins, const struct vma *v)
{
	int flags = O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	struct stat status;
	char path[64];
	int fd;

	if (!(v->prot & HOST_PROT_WRITE))
		return -1;
	(void)snprintf(path, sizeof(path), "/proc/%d/map_files/%llx-%llx", (int)process_task(pins->process),
		       (unsigned long long)v->start, (unsigned long long)v->end);
	fd = open(path, flags);
	if (fd < 0 && v->name[0] == '/') /* that needs a privilege */
		fd = open(v->name, flags | O_NOFOLLOW);
	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_ino == v->inode &&
	    major(status.st_dev) == v->major && minor(status.st_dev) == v->minor)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static int foreign_share(const struct pins *pins, uint64_t addr, const struct vma *v, struct posix_file **file,
			 uint64_t *offset)
{
	int error, fd;

	if (v->page_size > PAGE_SIZE) {
		posix_log(HOST_LOG_DEBUG, "process %d: the file at %llx has pages of %llu bytes: no part can be mapped",
			  (int)pins->process->pid, (unsigned long long)v->start, (unsigned long long)v->page_size);
		return EFAULT;
	}
	fd = foreign_open(pins, v);
	if (fd < 0)
		return EFAULT;
	error = posix_file_adopt(fd, false, file);
	if (error != 0)
		close(fd);
	*offset = v->offset + (addr - v->start);
	return error;
}

/* ---- private memory: the sparse file ---- */

static int file_need(struct pins *pins)
{
	static _Atomic uint32_t last_number;
	struct stat status;
	int error;

	if (pins->file != NULL)
		return 0;
	error = posix_file_create(WIRE_PINS_FILE, FILE_SIZE_MAX, &pins->file);
	if (error != 0)
		return error;
	if (fstat(posix_file_fd(pins->file), &status) != 0) {
		posix_file_put(pins->file);
		pins->file = NULL;
		return EAGAIN;
	}
	pins->inode = status.st_ino;
	pins->number = atomic_fetch_add(&last_number, 1) + 1;
	return 0;
}

/* The part of the mapping that becomes shared with the range: huge pages go as a whole. */
static void piece_of(const struct vma *v, uint64_t addr, uint64_t end, uint64_t *start, uint64_t *stop)
{
	uint64_t unit = v->page_size;

	*start = addr > v->start ? addr & ~(unit - 1) : v->start;
	*stop = end < v->end ? (end + unit - 1) & ~(unit - 1) : v->end;
}

/*
 * May the piece's pages be at base?  Not if anybody may still have something there; its own old place is free, since
 * what was private again has no pages in the file.
 */
static bool place_is_free(const struct pins *pins, const struct vma *v, uint64_t start, uint64_t stop, uint64_t base)
{
	bool own = vma_is_ours(pins, v) && v->offset - v->start == base;

	if (own && v->shared)
		return true;
	if (base < pins->base || base % promote_span(pins) != 0)
		return false;
	return own ? !hold_overlaps(pins, base + start, base + stop, false) : !ranges_overlap(&pins->used, base + start, base + stop);
}

static bool base_is_free(const struct pins *pins, uint64_t addr, uint64_t end, const struct sight *s, uint64_t base)
{
	uint64_t start, stop;
	struct vma v;

	if (base + promote_span(pins) > promote_limit(pins))
		return false;
	for (uint64_t at = addr; at < end; at = v.end) {
		if (!look_at(pins, s, at, &v))
			return false;
		piece_of(&v, addr, end, &start, &stop);
		if (!place_is_free(pins, &v, start, stop, base))
			return false;
	}
	return true;
}

uint64_t promote_base_last(const struct pins *pins)
{
	uint64_t end = pins->used.count > 0 ? pins->used.at[pins->used.count - 1].end : 1;

	return (end - 1) / promote_span(pins) * promote_span(pins);
}

/* All fork children have made their pages their own: what is in use is in used. */
static void base_return(struct pins *pins)
{
	if (atomic_load(&pins->process->forks) == 0 && !atomic_load(&pins->lent))
		pins->base = 0;
}

/* Where it was, the first, the last, one more; then any. */
static int base_choose(struct pins *pins, uint64_t addr, uint64_t end, const struct sight *s, uint64_t *base)
{
	uint64_t span = promote_span(pins), last = promote_base_last(pins);
	const uint64_t likely[] = {pins->base, last, last + span};

	*base = s->based ? s->base : pins->base;
	if (base_is_free(pins, addr, end, s, *base))
		return 0;
	if (demote_elsewhere(pins, end - addr) && base_is_free(pins, addr, end, s, *base))
		return 0;
	for (size_t i = 0; i < sizeof(likely) / sizeof(likely[0]); i++) {
		*base = likely[i];
		if (base_is_free(pins, addr, end, s, *base))
			return 0;
	}
	for (*base = pins->base; *base + span <= promote_limit(pins); *base += span)
		if (base_is_free(pins, addr, end, s, *base))
			return 0;
	return EAGAIN;
}

#define SLEEP_LOOKS_MAX 200
#define LOOK_NS 50000

/*
 * A thread whose own stack cannot be written cannot even be told so by a signal: it dies.  The one that waits for this call
 * sleeps soon, and does not touch its stack until we answer.
 */
void promote_caller_sleeps(const struct pins *pins)
{
	static const struct timespec moment = {.tv_nsec = LOOK_NS};
	const struct thread *t = thread_waiting(pins->process);

	if (pins->watch != WIRE_WATCH_SIGNAL || t == NULL)
		return;
	for (int i = 0; i < SLEEP_LOOKS_MAX; i++) {
		char state = task_state(pins->process->pid, (pid_t)t->tid);
		if (state == '\0' || state == 'S' || state == 'D')
			return;
		nanosleep(&moment, NULL);
	}
}

static int piece_share(struct pins *pins, const struct vma *v, uint64_t start, uint64_t stop, uint64_t base)
{
	uint64_t chunk = v->page_size > AGENT_CHUNK ? v->page_size : AGENT_CHUNK;
	struct wire_agent_command c = {.op = WIRE_AGENT_SHARE, .prot = v->prot | WIRE_AGENT_CHECK, .inode = v->inode};
	int error = ranges_unite(&pins->used, base + start, base + stop);

	if (strcmp(v->name, "[stack]") == 0 && start == v->start)
		c.prot |= WIRE_AGENT_GROW;
	promote_caller_sleeps(pins);
	pins_publish(pins, start, stop);
	atomic_store(&pins->page->shared, 1);
	for (uint64_t n; start < stop && error == 0; start += n) {
		n = stop - start < chunk ? stop - start : chunk;
		c.addr = start;
		c.len = n;
		c.offset = base + start;
		error = pins_agent(pins, &c, posix_file_fd(pins->file));
	}
	return error;
}

/* ---- gaps ---- */

#define GAP_MANY 256u /* separate parts of the file */

uint64_t promote_gap(const struct pins *pins)
{
	return (pins->used.count < GAP_MANY ? 16 : 256) * (uint64_t)PAGE_SIZE;
}

/* Is the mapping at a place of the file, in the part at base, and like v otherwise? */
static bool is_alike(const struct pins *pins, uint64_t at, const struct vma *v, uint64_t base)
{
	struct vma other;

	return mapping_at(pins, at, &other) && vma_is_ours(pins, &other) && other.offset - other.start == base && other.prot == v->prot;
}

/*
 *	| ours |-- gap --[ start      stop )-- gap --| ours |
 *
 * A page here and a page there are a mapping each, and what lies between is one, too: Linux joins them never again, and a
 * process has only so many.  So a small gap becomes shared with the piece, and all of it is one mapping.
 */
static void piece_bridge(const struct pins *pins, const struct vma *v, uint64_t base, uint64_t *start, uint64_t *stop)
{
	uint64_t gap = promote_gap(pins);
	bool ordinary = !v->shared && v->inode == 0 && v->page_size == PAGE_SIZE && strcmp(v->name, "[stack]") != 0;

	if (!ordinary || pins->used.count == 0)
		return;
	if (*start > v->start && *start - v->start <= gap && is_alike(pins, v->start - PAGE_SIZE, v, base) &&
	    place_is_free(pins, v, v->start, *start, base))
		*start = v->start;
	if (*stop < v->end && v->end - *stop <= gap && is_alike(pins, v->end, v, base) && place_is_free(pins, v, *stop, v->end, base))
		*stop = v->end;
}

static int pieces_share(struct pins *pins, uint64_t addr, uint64_t end, const struct sight *s, uint64_t base)
{
	uint64_t start, stop;
	struct vma v;
	int error = 0;

	for (uint64_t at = addr; at < end && error == 0; at = v.end) {
		if (!look_at(pins, s, at, &v))
			return EFAULT;
		if (v.shared && vma_is_ours(pins, &v) && v.offset - v.start == base)
			continue;
		piece_of(&v, addr, end, &start, &stop);
		/* Page objects of pins that are gone keep what they have; another pin must see the same pages as this one. */
		if (v.shared && (!vma_is_ours(pins, &v) ||
				 hold_overlaps(pins, v.offset + (start - v.start), v.offset + (stop - v.start), true)))
			return EAGAIN;
		piece_bridge(pins, &v, base, &start, &stop);
		error = piece_share(pins, &v, start, stop, base);
	}
	return error;
}

static int promote_once(struct pins *pins, uint64_t addr, uint64_t len, struct posix_file **file, uint64_t *offset)
{
	struct sight s;
	uint64_t base;
	int error = look(pins, addr, addr + len, &s);

	if (error != 0)
		return error;
	if (s.foreign)
		return foreign_share(pins, addr, &s.first, file, offset);
	error = file_need(pins);
	if (error == 0 && (s.private || s.scattered)) {
		base_return(pins);
		error = base_choose(pins, addr, addr + len, &s, &base);
		if (error == 0)
			error = pieces_share(pins, addr, addr + len, &s, base);
		demote_queue(pins);
	} else {
		base = s.base;
	}
	if (error != 0)
		return error;
	*file = posix_file_get(pins->file);
	*offset = base + addr;
	return 0;
}

int promote_range(struct pins *pins, uint64_t addr, uint64_t len, struct posix_file **file, uint64_t *offset)
{
	int error = EAGAIN;

	for (int i = 0; i < TRIES_MAX && error == EAGAIN; i++)
		error = promote_once(pins, addr, len, file, offset);
	return error;
}
