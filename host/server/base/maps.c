/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * maps.c: what is mapped in a process, as Linux lists it, by PROCMAP_QUERY, or, before Linux 6.11, from the text; and which pages are
 * in memory, by PAGEMAP_SCAN, or, before Linux 6.7, from their entries.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host/server/base/linux.h"
#include "host/server/base/peers.h"

struct query { /* Linux's struct procmap_query */
	uint64_t size, flags, addr, vma_start, vma_end, vma_flags, page_size, offset, inode;
	uint32_t major, minor, name_size, build_id_size;
	uint64_t name, build_id;
};
#define PROCMAP_QUERY _IOWR('f', 17, struct query)
#define QUERY_NEXT 0x10u /* the mapping at addr, or the next one; see also enum maps_kind */
#define QUERY_SHARED 0x08u

static int proc_open(pid_t tid, const char *name)
{
	char path[48];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)tid, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

int maps_open(struct process *p, const char *name)
{
	pid_t tid = process_task(p);
	int fd = proc_open(tid, name);

	/* What Linux opens of a thread that has ended may be empty. */
	if (process_task_changes(p, tid)) {
		if (fd >= 0)
			close(fd);
		fd = proc_open(process_task(p), name);
	}
	/* The number was this process's if it lives now. */
	if (fd >= 0 && pidfd_is_dead(p->pidfd, 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool find_by_query(int fd, uint64_t addr, enum maps_kind kind, struct vma *v, bool *known)
{
	struct query q = {.size = sizeof(q), .flags = QUERY_NEXT | kind, .addr = addr, .name_size = sizeof(v->name), .name = (uintptr_t)v->name};
	int result;

	v->name[0] = '\0';
	result = ioctl(fd, PROCMAP_QUERY, &q);
	if (result != 0 && errno == ENAMETOOLONG) {
		q.name_size = 0;
		q.name = 0;
		result = ioctl(fd, PROCMAP_QUERY, &q);
	}
	*known = result == 0 || errno == ENOENT || errno == ESRCH;
	if (result != 0)
		return false;
	v->start = q.vma_start;
	v->end = q.vma_end;
	v->offset = q.offset;
	v->inode = q.inode;
	v->major = q.major;
	v->minor = q.minor;
	v->prot = q.vma_flags & (HOST_PROT_READ | HOST_PROT_WRITE | HOST_PROT_EXEC);
	v->shared = q.vma_flags & QUERY_SHARED;
	v->page_size = q.page_size;
	return true;
}

/* 7f00-7f10 rw-s 00000000 00:01 1234      /a/name */
static bool line_parse(const char *line, struct vma *v)
{
	unsigned long long start, end, offset, inode;
	char perms[5];
	int name = 0;

	if (sscanf(line, "%llx-%llx %4s %llx %x:%x %llu %n", &start, &end, perms, &offset, &v->major, &v->minor,
		   &inode, &name) < 7)
		return false;
	v->start = start;
	v->end = end;
	v->offset = offset;
	v->inode = inode;
	v->prot = (perms[0] == 'r' ? HOST_PROT_READ : 0) | (perms[1] == 'w' ? HOST_PROT_WRITE : 0) |
		  (perms[2] == 'x' ? HOST_PROT_EXEC : 0);
	v->shared = perms[3] == 's';
	v->page_size = inode == 0 ? PAGE_SIZE : 0; /* huge pages are a file's */
	(void)snprintf(v->name, sizeof(v->name), "%.*s", (int)strcspn(line + name, "\n"), line + name);
	return true;
}

static bool is_of_kind(const struct vma *v, enum maps_kind kind)
{
	return kind == MAPS_ANY || (kind == MAPS_SHARED ? v->shared : v->inode != 0);
}

/* At most 65,530 lines, unless the administrator has said otherwise. */
#define TEXT_CHUNK 65536u

static bool find_by_text(int fd, uint64_t addr, enum maps_kind kind, struct vma *v)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	FILE *file = copy >= 0 ? fdopen(copy, "r") : NULL;
	char *line = NULL;
	size_t room = 0;
	bool found = false;

	if (file == NULL) {
		if (copy >= 0)
			close(copy);
		return false;
	}
	(void)setvbuf(file, NULL, _IOFBF, TEXT_CHUNK);
	rewind(file);
	while (!found && getline(&line, &room, file) > 0)
		found = line_parse(line, v) && v->end > addr && is_of_kind(v, kind);
	free(line);
	fclose(file);
	return found;
}

bool maps_find_kind(int fd, uint64_t addr, enum maps_kind kind, struct vma *v)
{
	bool known, found = find_by_query(fd, addr, kind, v, &known);

	return known ? found : find_by_text(fd, addr, kind, v);
}

bool maps_find(int fd, uint64_t addr, struct vma *v)
{
	return maps_find_kind(fd, addr, MAPS_ANY, v);
}

uint64_t maps_page_size(struct process *p, const struct vma *v)
{
	unsigned long long kib = 0;
	struct vma seen = {0};
	char *line = NULL;
	size_t room = 0;
	FILE *file;
	int fd;

	if (v->page_size != 0)
		return v->page_size;
	fd = maps_open(p, "smaps");
	file = fd >= 0 ? fdopen(fd, "r") : NULL;
	if (file == NULL) {
		if (fd >= 0)
			close(fd);
		return PAGE_SIZE;
	}
	while (kib == 0 && seen.start <= v->start && getline(&line, &room, file) > 0)
		if (!line_parse(line, &seen) && seen.start == v->start)
			(void)sscanf(line, "KernelPageSize: %llu kB", &kib);
	free(line);
	fclose(file);
	return kib != 0 ? kib * 1024 : PAGE_SIZE;
}

/* ---- pages ---- */

struct scan { /* Linux's struct pm_scan_arg, since 6.7 */
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages, category_inverted, category_mask,
		category_anyof_mask, return_mask;
};
struct region {
	uint64_t start, end, categories;
};
#define PAGEMAP_SCAN _IOWR('f', 16, struct scan)
#define SCAN_PRESENT 0x08u

/* Looks for the first page that is not in memory; *known: Linux has looked. */
static bool resident_by_scan(int fd, uint64_t addr, uint64_t len, bool *known)
{
	struct region absent;
	struct scan s = {.size = sizeof(s), .start = addr, .end = addr + len, .vec = (uintptr_t)&absent, .vec_len = 1, .max_pages = 1, .category_inverted = SCAN_PRESENT, .category_mask = SCAN_PRESENT};
	int found = ioctl(fd, PAGEMAP_SCAN, &s);

	*known = found >= 0;
	return found == 0 && s.walk_end == s.end;
}

#define ENTRIES 512u
#define ENTRY_PRESENT (UINT64_C(1) << 63)

static bool resident_by_entries(int fd, uint64_t addr, uint64_t len)
{
	uint64_t entry[ENTRIES], page = addr / PAGE_SIZE, end = page + len / PAGE_SIZE;

	for (uint64_t n; page < end; page += n) {
		n = end - page < ENTRIES ? end - page : ENTRIES;
		if (pread(fd, entry, n * sizeof(entry[0]), (off_t)(page * sizeof(entry[0]))) !=
		    (ssize_t)(n * sizeof(entry[0])))
			return false;
		for (uint64_t i = 0; i < n; i++)
			if (!(entry[i] & ENTRY_PRESENT))
				return false;
	}
	return true;
}

bool pagemap_resident(int fd, uint64_t addr, uint64_t len)
{
	bool known, resident = resident_by_scan(fd, addr, len, &known);

	return known ? resident : resident_by_entries(fd, addr, len);
}
