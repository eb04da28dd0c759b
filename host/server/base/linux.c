/* SPDX-License-Identifier: BSD-2-Clause */
/* linux.c: whether processes and threads live, by their pidfds and by /proc. */
#define _GNU_SOURCE
#include "host/server/base/linux.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

#define FLAG_EXITING 4u /* Linux's PF_EXITING */

/* The state in /proc/.../stat, and Linux's flags; NUL: it is not there. */
static char stat_read(const char *path, unsigned *flags)
{
	char text[512], state = '\0';
	const char *behind_name;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	behind_name = strrchr(text, ')');
	if (behind_name == NULL || sscanf(behind_name, ") %c %*d %*d %*d %*d %*d %u", &state, flags) != 2)
		return '\0';
	return state;
}

static char task_stat(pid_t pid, pid_t tid, unsigned *flags)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", (int)pid, (int)tid);
	return stat_read(path, flags);
}

char task_state(pid_t pid, pid_t tid)
{
	unsigned flags;

	return task_stat(pid, tid, &flags);
}

bool task_lives(pid_t pid, pid_t tid)
{
	unsigned flags = 0;

	return task_stat(pid, tid, &flags) != '\0' && !(flags & FLAG_EXITING);
}

/* Among those after the first. */
static pid_t task_find(pid_t pid)
{
	const struct dirent *entry;
	char path[64];
	pid_t found = 0;
	DIR *tasks;

	(void)snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	tasks = opendir(path);
	if (tasks == NULL)
		return 0;
	while (found == 0 && (entry = readdir(tasks)) != NULL) {
		pid_t tid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (tid > 0 && task_lives(pid, tid))
			found = tid;
	}
	closedir(tasks);
	return found;
}

pid_t pid_task(pid_t pid)
{
	return task_lives(pid, pid) ? pid : task_find(pid);
}

bool pid_is_exiting(pid_t pid)
{
	unsigned flags = 0;

	return task_stat(pid, pid, &flags) != '\0' && (flags & FLAG_EXITING) && task_find(pid) == 0;
}

bool pidfd_is_dead(int pidfd, int milliseconds)
{
	struct pollfd p = {pidfd, POLLIN, 0};

	return pidfd < 0 || poll(&p, 1, milliseconds) > 0;
}

int pidfd_of(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

int pidfd_of_peer(int connection, pid_t pid)
{
	int fd;
	socklen_t size = sizeof(fd);

	return getsockopt(connection, SOL_SOCKET, SO_PEERPIDFD, &fd, &size) == 0 ? fd : pidfd_of(pid);
}

int pidfd_signal(int pidfd, int signo, siginfo_t *info)
{
	return syscall(SYS_pidfd_send_signal, pidfd, signo, info, 0) == 0 ? 0 : errno;
}
