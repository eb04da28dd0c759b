/* SPDX-License-Identifier: BSD-2-Clause */
/* calls.h: what the families of libc calls share. */
#ifndef CLIENT_CALLS_CALLS_H
#define CLIENT_CALLS_CALLS_H

#include "client/agent/fault.h"

/* ---- node.c: paths ---- */

struct node {
	uint64_t dev;
	uint32_t mode, uid, gid;
	bool slash; /* the path that found it asks for a directory: ENOTDIR */
};
/* Is the path (relative to dirfd) a device node? */
bool node_find(int dirfd, const char *path, struct node *n);
bool node_by_dev(uint64_t dev, struct node *n);
/* The node's name in /dev, or that of the path that has found one; both have room for PATH_MAX bytes.  False: there is none. */
bool node_name(uint64_t dev, char *name);
bool node_full_path(const char *path, char *full);
/* /proc/self/fd/N and its like. */
bool node_is_descriptor(const char *path);
/* access(2): 0, or -1 and errno. */
int node_access(const struct node *n, int mode, bool effective);

/* ---- open.c ---- */

/* Opens a node; a descriptor or -1 with errno. */
int device_open(const struct node *n, int flags);
unsigned sys_flags(int flags);

/* ---- stream.c: stdio ---- */

/* Descriptor 0, 1 or 2 has become something else: stdin, stdout or stderr follow. */
void stream_before_change(int fd);
void stream_after_change(int fd);
/* Before exit: libc would flush them after us. */
void stream_flush_all(void);
void stream_fork_lock(void);
void stream_fork_unlock(void);

/* ---- poll.c ---- */

/* Poll bits now. */
short device_ready(const struct device *d, short events);
/* No wait for a device sleeps for longer, see poll.c. */
#define DEVICE_SLEEP_MS 50
/* The mask from before signals_block_most(), for ppoll(2) and its like. */
void device_sleep_mask(const uint64_t *old, sigset_t *mask);
/* Before asking: what woke us so far is over, a later wake is not lost. */
void device_swallow_wakes(int fd);

/* ---- epoll.c ---- */

/* The numbers are about to be closed, or to become something else: a set among them ends. */
void epoll_closing(unsigned first, unsigned last);
void epoll_fork_lock(void);
void epoll_fork_unlock(void);

/* ---- spawn.c ---- */

void spawn_fork_lock(void);
void spawn_fork_unlock(void);

#endif
