/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nodes.c: the table of device nodes that every client maps read-only.  It is written under a sequence lock
 * before the call that made a node come or go is answered.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/server/base/base.h"

struct warned {
	struct warned *next;
	char path[];
};
static struct {
	struct wire_nodes *table;
	int fd_readonly;
	atomic_bool changed;
	pthread_mutex_t lock;  /* protects writing, and the field below */
	struct warned *warned; /* /dev paths that exist, said once */
} nodes = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool warned_before(const char *path)
{
	struct warned *w;
	size_t size = strlen(path) + 1;

	for (w = nodes.warned; w != NULL; w = w->next)
		if (strcmp(w->path, path) == 0)
			return true;
	w = malloc(sizeof(*w) + size);
	if (w == NULL)
		return false;
	memcpy(w->path, path, size);
	w->next = nodes.warned;
	nodes.warned = w;
	return false;
}

/* "/devices/pseudo/shm@0:shm" -> "shm" */
static void driver_of(const char *devices_path, char *name, size_t size)
{
	const char *slash = strrchr(devices_path, '/');
	const char *begin = slash != NULL ? slash + 1 : devices_path;

	(void)snprintf(name, size, "%.*s", (int)strcspn(begin, "@:"), begin);
}

static void warn_if_hidden(const struct sys_devnode *n)
{
	struct stat st;
	char driver[64];

	if (lstat(n->dev_path, &st) != 0 || warned_before(n->dev_path))
		return;
	driver_of(n->devices_path, driver, sizeof(driver));
	posix_log(HOST_LOG_WARN, "warning: %s exists: applications under sundog see driver %s's node instead",
		  n->dev_path, driver);
}

/* ---- writing ---- */

struct writer {
	struct wire_nodes *table;
	uint32_t bytes, count;
};

static bool node_write(void *arg, const struct sys_devnode *n)
{
	struct writer *w = arg;
	size_t name = strlen(n->dev_path) + 1, other = strlen(n->devices_path) + 1;
	uint32_t size = (uint32_t)((sizeof(struct wire_node) + name + other + 7) & ~(size_t)7);
	char *at = (char *)(w->table + 1) + w->bytes;
	struct wire_node node = {.dev = n->dev, .mode = (n->mode & 07777) | (n->block ? S_IFBLK : S_IFCHR), .name_len = (uint32_t)name, .size = size};

	if (size > WIRE_NODES_SIZE - sizeof(struct wire_nodes) - w->bytes) {
		static atomic_bool said;
		if (!atomic_exchange(&said, true))
			posix_log(HOST_LOG_WARN, "%s: no room for the node: the table of nodes has %u bytes",
				  n->dev_path, WIRE_NODES_SIZE);
		return false;
	}
	warn_if_hidden(n);
	memcpy(at, &node, sizeof(node));
	memcpy(at + sizeof(node), n->dev_path, name);
	memcpy(at + sizeof(node) + name, n->devices_path, other);
	w->bytes += size;
	w->count++;
	return true;
}

static void nodes_write(void)
{
	struct writer w = {nodes.table, 0, 0};
	uint32_t sequence;

	pthread_mutex_lock(&nodes.lock);
	sequence = atomic_load(&nodes.table->sequence);
	atomic_store(&nodes.table->sequence, sequence + 1);
	atomic_thread_fence(memory_order_seq_cst);
	sys_devnode_each(node_write, &w);
	nodes.table->count = w.count;
	nodes.table->bytes = w.bytes;
	atomic_store(&nodes.table->sequence, sequence + 2);
	pthread_mutex_unlock(&nodes.lock);
}

static void nodes_changed(void *arg)
{
	atomic_store(&nodes.changed, true);
}

void nodes_refresh(void)
{
	if (atomic_load_explicit(&nodes.changed, memory_order_relaxed) && atomic_exchange(&nodes.changed, false))
		nodes_write();
}

int nodes_descriptor(void)
{
	return nodes.fd_readonly;
}

/* ---- -v: which nodes there are at the start ---- */

#define NODES_SAID 20u /* more are counted */

static bool node_say(void *arg, const struct sys_devnode *n)
{
	unsigned *count = arg;
	struct sys_devnode older;

	if (++*count > NODES_SAID)
		return true;
	if (sys_devnode_find(n->dev_path, &older) != 0 || strcmp(older.devices_path, n->devices_path) == 0)
		posix_log(HOST_LOG_DEBUG, "%s is %s", n->dev_path, n->devices_path);
	else
		posix_log(HOST_LOG_DEBUG, "%s has no name in /dev: %s is %s", n->devices_path, n->dev_path,
			  older.devices_path);
	return true;
}

static void nodes_say(void)
{
	unsigned count = 0;

	if (!server_verbose)
		return;
	sys_devnode_each(node_say, &count);
	if (count > NODES_SAID)
		posix_log(HOST_LOG_DEBUG, "and %u more nodes", count - NODES_SAID);
}

int nodes_start(void)
{
	void *table;
	char path[64];
	int fd, error = posix_memory_share("sundog-nodes", WIRE_NODES_SIZE, false, &fd, &table);

	if (error != 0)
		return error;
	nodes.table = table;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	nodes.fd_readonly = open(path, O_RDONLY | O_CLOEXEC);
	if (nodes.fd_readonly < 0)
		return errno;
	close(fd);
	sys_devnode_watch(nodes_changed, NULL);
	nodes_write();
	nodes_say();
	return 0;
}
