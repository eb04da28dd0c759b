/* SPDX-License-Identifier: BSD-2-Clause */
/* linux.h: processes, their threads and their memory, as Linux has them. */
#ifndef HOST_SERVER_BASE_LINUX_H
#define HOST_SERVER_BASE_LINUX_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "kernel/sys/sys.h"

struct process;

/* ---- linux.c: processes and threads, as Linux has them ---- */

/* As in /proc: R, S, D, T, t, Z, X; NUL: it is not there.  A thread of that process, or the process itself. */
char task_state(pid_t pid, pid_t tid);
/* Has begun to exit: its descriptors go one by one; its pidfd becomes readable soon. */
bool pid_is_exiting(pid_t pid);
/* Is dead at the latest when so many milliseconds have passed.  Without a pidfd (-1) it counts as dead. */
bool pidfd_is_dead(int pidfd, int milliseconds);
/* -1 and errno. */
int pidfd_of(pid_t pid);
/* Of the process at the other end. */
int pidfd_of_peer(int connection, pid_t pid);
/* With *info, unless it is NULL.  0 or errno. */
int pidfd_signal(int pidfd, int signo, siginfo_t *info);

/* ---- maps.c: what is mapped in a process ---- */

struct vma {
	uint64_t start, end, offset, inode;
	uint64_t page_size;          /* 0: not known yet, see maps_page_size() */
	unsigned major, minor, prot; /* HOST_PROT_* */
	bool shared;
	char name[256];
};
/* /proc/PID/name: "maps" for maps_find(), "pagemap" for pagemap_resident().  -1: Linux does not let us look. */
int maps_open(const struct process *p, const char *name);
/* The first mapping that ends beyond addr. */
bool maps_find(int fd, uint64_t addr, struct vma *v);
/* The first one of its kind. */
enum maps_kind {
	MAPS_ANY,
	MAPS_SHARED = 0x08,
	MAPS_FILE = 0x20,
};
bool maps_find_kind(int fd, uint64_t addr, enum maps_kind kind, struct vma *v);
/* Of a mapping that maps_find() has found; slow before Linux 6.11. */
uint64_t maps_page_size(const struct process *p, const struct vma *v);
/* Every page of the range is mapped and in memory. */
bool pagemap_resident(int fd, uint64_t addr, uint64_t len);

/* ---- cred.c: who a process is ---- */

struct cred {
	struct sys_cred sys;
	uint32_t *groups;
	char name[32];
	pid_t ppid;
};
/* From /proc/PID/status; without it from the socket's (uid, gid). */
int cred_read(pid_t pid, uid_t uid, gid_t gid, struct cred *cred);
void cred_fini(struct cred *cred);

#endif
