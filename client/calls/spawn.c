/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spawn.c: posix_spawn(3) opens files inside libc, where a device has no path.  So a device is opened as the action is
 * added, and the action becomes a dup2; the descriptor is closed when the actions are destroyed.
 */
#define _GNU_SOURCE
#include "client/calls/calls.h"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#define HELD 64
static struct lock held_lock; /* protects the field below */
static struct {
	const posix_spawn_file_actions_t *actions; /* NULL: free */
	int fd;
} held[HELD];
static int nheld; /* ever: most programs need not look */

void spawn_fork_lock(void)
{
	lock_take(&held_lock);
}

void spawn_fork_unlock(void)
{
	lock_release(&held_lock);
}

static bool hold(const posix_spawn_file_actions_t *actions, int fd)
{
	bool done = false;

	lock_take(&held_lock);
	for (int i = 0; i < HELD && !done; i++) {
		if (held[i].actions != NULL)
			continue;
		held[i].actions = actions;
		held[i].fd = fd;
		__atomic_store_n(&nheld, nheld + 1, __ATOMIC_RELAXED);
		done = true;
	}
	lock_release(&held_lock);
	return done;
}

/* One descriptor of the actions, or -1. */
static int give_up_one(const posix_spawn_file_actions_t *actions)
{
	int fd = -1;

	lock_take(&held_lock);
	for (int i = 0; i < HELD && fd < 0; i++) {
		if (held[i].actions != actions)
			continue;
		held[i].actions = NULL;
		fd = held[i].fd;
	}
	lock_release(&held_lock);
	return fd;
}

EXPORT int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *restrict actions, int fd,
					    const char *restrict path, int flags, mode_t mode)
{
	struct node n;

	if (likely(!node_find(AT_FDCWD, path, &n)))
		return REAL(posix_spawn_file_actions_addopen)(actions, fd, path, flags, mode);
	int device = device_open(&n, flags | O_CLOEXEC);
	if (device < 0)
		return errno;
	int error = hold(actions, device) ? posix_spawn_file_actions_adddup2(actions, device, fd) : ENOMEM;
	if (error)
		(void)close(device);
	return error;
}

EXPORT int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *actions)
{
	if (unlikely(__atomic_load_n(&nheld, __ATOMIC_RELAXED) != 0))
		for (int fd = give_up_one(actions); fd >= 0; fd = give_up_one(actions))
			(void)close(fd);
	return REAL(posix_spawn_file_actions_destroy)(actions);
}
