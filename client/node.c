/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * node.c: is this path a device node?  Only paths that lead into /dev or /devices can be; the server's node
 * table tells which are.
 */
#define _GNU_SOURCE
#include "client/client.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

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

/* ---- the table, written by the server under a sequence lock ---- */

struct query {
	const char *path; /* or NULL: by dev */
	uint64_t dev;
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
			*n = (struct node){w->dev, w->mode, w->uid, w->gid};
		p += w->size;
	}
	return found;
}

static bool lookup(const struct query *q, struct node *n)
{
	const struct wire_nodes *t = connection_nodes();
	uint32_t before;
	bool found;

	if (t == NULL)
		return false;
	do {
		while ((before = atomic_load(&t->sequence)) & 1)
			__builtin_ia32_pause();
		found = search(t, q, n);
		atomic_thread_fence(memory_order_acquire);
	} while (atomic_load(&t->sequence) != before);
	return found;
}

bool node_find(int dirfd, const char *path, struct node *n)
{
	char directory[PATH_MAX], full[PATH_MAX];

	if (likely(!client_active()) || path == NULL || *path == '\0')
		return false;
	if (path[0] == '/' && !under_devices(path) && strstr(path, "/../") == NULL && strstr(path, "//") == NULL &&
	    strstr(path, "/./") == NULL)
		return false;
	int saved = errno;
	bool found = false;
	directory[0] = '\0';
	if ((path[0] == '/' || directory_of(dirfd, directory, sizeof(directory))) &&
	    join(directory, path, full, sizeof(full)) && under_devices(full)) {
		struct query q = {.path = full};
		found = lookup(&q, n);
	}
	errno = saved;
	return found;
}

bool node_by_dev(uint64_t dev, struct node *n)
{
	struct query q = {.dev = dev};

	return lookup(&q, n);
}
