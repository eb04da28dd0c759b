/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * node.c: is this path a device node?  Only paths that lead into /dev or /devices can be; the server's node
 * table tells which are.
 */
#define _GNU_SOURCE
#include "client/calls/calls.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "client/core/quiet.h"

/* Joins dir and path into out without ".", ".." and "//"; false: too long. */
static bool join(const char *dir, const char *path, char *out, size_t size)
{
	const char *parts[2] = {path[0] == '/' ? "" : dir, path};
	size_t length = 0;

	for (int i = 0; i < 2; i++) {
		for (const char *p = parts[i]; *p;) {
			size_t n = strcspn(p, "/");
			if (n == 2 && p[0] == '.' && p[1] == '.') {
				while (length > 0 && out[--length] != '/')
					;
			} else if (n > 0 && !(n == 1 && p[0] == '.')) {
				if (length + n + 2 > size)
					return false;
				out[length++] = '/';
				memcpy(out + length, p, n);
				length += n;
			}
			p += n;
			p += strspn(p, "/");
		}
	}
	out[length] = '\0';
	return true;
}

static bool under_devices(const char *path)
{
	return strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/devices/", 9) == 0;
}

/* ---- relative paths ---- */

static bool directory_of(int dirfd, char *out, size_t size)
{
	char link[32];
	ssize_t n;

	if (dirfd == AT_FDCWD)
		return getcwd(out, size) != NULL;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", dirfd);
	n = readlink(link, out, size - 1);
	if (n <= 0)
		return false;
	out[n] = '\0';
	return true;
}

static bool is_devices(const char *directory)
{
	return under_devices(directory) || strcmp(directory, "/dev") == 0 || strcmp(directory, "/devices") == 0;
}

static int cwd_is_devices; /* 0 not known, 1 yes, -1 no */

static void cwd_changed(void)
{
	__atomic_store_n(&cwd_is_devices, 0, __ATOMIC_RELAXED);
}

static bool cwd_may_hold_devices(void)
{
	int is = __atomic_load_n(&cwd_is_devices, __ATOMIC_RELAXED);
	char directory[PATH_MAX];

	if (unlikely(is == 0 || in_vfork_child)) {
		is = getcwd(directory, sizeof(directory)) == NULL || is_devices(directory) ? 1 : -1;
		if (!in_vfork_child) /* its directory is not its parent's */
			__atomic_store_n(&cwd_is_devices, is, __ATOMIC_RELAXED);
	}
	return is > 0;
}

/* The file system that path is in, or 0. */
static uint64_t file_system(int dirfd, const char *path)
{
	struct statx st;

	if (syscall(SYS_statx, dirfd, path, AT_EMPTY_PATH, STATX_TYPE, &st) < 0)
		return 0;
	return (uint64_t)st.stx_dev_major << 32 | st.stx_dev_minor | UINT64_C(1) << 63;
}

/* A directory below /dev or /devices is in its file system: cheaper to ask than for its name. */
static bool dirfd_may_hold_devices(int dirfd)
{
	static uint64_t dev, devices;
	static bool known;
	uint64_t here = file_system(dirfd, "");

	if (!__atomic_load_n(&known, __ATOMIC_ACQUIRE)) {
		__atomic_store_n(&dev, file_system(AT_FDCWD, "/dev"), __ATOMIC_RELAXED);
		__atomic_store_n(&devices, file_system(AT_FDCWD, "/devices"), __ATOMIC_RELAXED);
		__atomic_store_n(&known, true, __ATOMIC_RELEASE);
	}
	return here != 0 && (here == dev || here == devices);
}

/* Most paths end here: without "dev" in it a path names a device only from a directory that holds devices. */
static bool may_name_device(int dirfd, const char *path)
{
	if (path[0] == '/')
		return under_devices(path) || (strstr(path, "dev") != NULL &&
					       (strstr(path, "/.") != NULL || strstr(path, "//") != NULL));
	if (strncmp(path, "dev", 3) == 0 || strstr(path, "/dev") != NULL)
		return true;
	return dirfd == AT_FDCWD ? cwd_may_hold_devices() : dirfd_may_hold_devices(dirfd);
}

/* ---- the table, written by the server under a sequence lock ---- */

struct query {
	const char *path; /* or NULL: by dev */
	uint64_t dev;
	char *name; /* NULL, or room for PATH_MAX bytes: the first of its names */
};

static bool search(const struct wire_nodes *t, const struct query *q, struct node *n)
{
	const char *p = (const char *)(t + 1), *end = p + t->bytes;
	bool found = false;

	if (t->bytes > WIRE_NODES_SIZE - sizeof(*t))
		return false;
	while (!found && p + sizeof(struct wire_node) <= end) {
		const struct wire_node *w = (const void *)p;
		const char *dev_path = (const char *)(w + 1);
		if (w->size < sizeof(*w) || w->size > (size_t)(end - p) || w->name_len > w->size - sizeof(*w))
			return false;
		found = q->path ? !strcmp(dev_path, q->path) || !strcmp(dev_path + w->name_len, q->path)
				: w->dev == q->dev;
		if (found)
			*n = (struct node){w->dev, w->mode, w->uid, w->gid, false};
		if (found && q->name)
			(void)snprintf(q->name, PATH_MAX, "%.*s", (int)w->name_len, dev_path);
		p += w->size;
	}
	return found;
}

#define READ_TRIES_MAX 1000 /* a server that dies while it writes leaves the sequence odd */

static bool lookup(const struct query *q, struct node *n)
{
	const struct wire_nodes *t = connection_nodes();

	for (int look = 0; t != NULL && look < READ_TRIES_MAX; look++) {
		uint32_t before = atomic_load(&t->sequence);
		if (before & 1) {
			(void)sched_yield();
			continue;
		}
		bool found = search(t, q, n);
		atomic_thread_fence(memory_order_acquire);
		if (atomic_load(&t->sequence) == before)
			return found;
	}
	return false;
}

/* The number in /proc/self/fd/N and its like, or NULL. */
static const char *descriptor_name(const char *path)
{
	static const char *const prefix[] = {"/dev/fd/", "/proc/self/fd/", "/proc/thread-self/fd/"};
	char own[32];

	for (int i = 0; i < 3; i++)
		if (strncmp(path, prefix[i], strlen(prefix[i])) == 0)
			return path + strlen(prefix[i]);
	(void)snprintf(own, sizeof(own), "/proc/%d/fd/", (int)getpid());
	return strncmp(path, own, strlen(own)) == 0 ? path + strlen(own) : NULL;
}

static bool is_in_proc(const char *path)
{
	return path[0] == '/' && path[1] == 'p' && strncmp(path, "/proc/", 6) == 0 && strstr(path, "/fd/") != NULL;
}

/* /dev/fd/N and its like, when that descriptor is a device: Linux would not open the socket. */
static bool descriptor_path(const char *path, struct node *n)
{
	static const char *const standard[] = {"/dev/stdin", "/dev/stdout", "/dev/stderr"};
	struct device d;
	int fd = -1;

	for (int i = 0; i < 3; i++)
		if (strcmp(path, standard[i]) == 0)
			fd = i;
	const char *number = descriptor_name(path);
	if (number && number[strspn(number, "0123456789")] == '\0' && strlen(number) - 1 < 7)
		fd = atoi(number);
	return fd >= 0 && (descriptor_get(fd, &d) || descriptor_place(fd, &d.dev)) && node_by_dev(d.dev, n);
}

bool node_is_descriptor(const char *path)
{
	return is_in_proc(path) || strncmp(path, "/dev/fd/", 8) == 0;
}

static bool find(int dirfd, const char *path, struct node *n)
{
	char directory[PATH_MAX] = "", full[PATH_MAX];
	struct query q = {.path = full};
	size_t length = strlen(path);

	if (path[0] != '/' && !directory_of(dirfd, directory, sizeof(directory)))
		return false;
	if (!join(directory, path, full, sizeof(full)))
		return false;
	if (!descriptor_path(full, n) && !(under_devices(full) && lookup(&q, n)))
		return false;
	n->slash = path[length - 1] == '/' || (length > 1 && strcmp(path + length - 2, "/.") == 0);
	return true;
}

bool node_find(int dirfd, const char *path, struct node *n)
{
	if (likely(!client_active()) || path == NULL || *path == '\0')
		return false;
	if (likely(!may_name_device(dirfd, path)) && !is_in_proc(path))
		return false;
	int saved = errno;
	bool found = find(dirfd, path, n);
	errno = saved;
	return found;
}

bool node_by_dev(uint64_t dev, struct node *n)
{
	struct query q = {.dev = dev};

	n->slash = false;
	return lookup(&q, n);
}

bool node_name(uint64_t dev, char *name)
{
	struct query q = {.dev = dev, .name = name};

	return lookup(&q, &(struct node){0});
}

bool node_full_path(const char *path, char *full)
{
	char directory[PATH_MAX] = "";
	struct node n;

	if (node_is_descriptor(path))
		return node_find(AT_FDCWD, path, &n) && node_name(n.dev, full);
	return (path[0] == '/' || directory_of(AT_FDCWD, directory, sizeof(directory))) && join(directory, path, full, PATH_MAX);
}

/* ---- permission ---- */

static bool in_group(gid_t gid, bool effective)
{
	gid_t groups[256];
	int n = quiet_groups(256, groups);

	for (int i = 0; i < n; i++)
		if (groups[i] == gid)
			return true;
	return gid == quiet_gid(effective);
}

int node_access(const struct node *n, int mode, bool effective)
{
	uid_t uid = quiet_uid(effective);
	unsigned bits = uid == n->uid ? n->mode >> 6 : in_group(n->gid, effective) ? n->mode >> 3
										   : n->mode;

	if (n->slash)
		return fail(ENOTDIR);
	if (mode & ~7)
		return fail(EINVAL);
	if (uid == 0)
		bits |= R_OK | W_OK;
	return (mode & (int)(bits & 7)) == mode ? 0 : fail(EACCES);
}

/* ---- the working directory ---- */

EXPORT int chdir(const char *path)
{
	int result = REAL(chdir)(path);

	cwd_changed();
	return result;
}

EXPORT int fchdir(int fd)
{
	int result = REAL(fchdir)(fd);

	cwd_changed();
	return result;
}
