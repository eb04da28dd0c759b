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
/* It is there, and has not begun to end. */
bool task_lives(pid_t pid, pid_t tid);
/* A thread of the process that lives, the first as a rule; 0: none does. */
pid_t pid_task(pid_t pid);
/* Has begun to exit, all of it: its descriptors go one by one; its pidfd becomes readable soon. */
bool pid_is_exiting(pid_t pid);
/* Is dead at the latest when so many milliseconds have passed.  Without a pidfd (-1) it counts as dead. */
bool pidfd_is_dead(int pidfd, int milliseconds);
/* -1 and errno. */
int pidfd_of(pid_t pid);
/* Of the process at the other end. */
int pidfd_of_peer(int connection, pid_t pid);
/* With *info, unless it is NULL.  0 or errno. */
int pidfd_signal(int pidfd, int signo, siginfo_t *info);

/* ---- leader.c: processes whose first thread has ended ---- */

/* The number by which Linux reaches the memory of a process. */
pid_t process_task(struct process *p);
/* That one did not reach it.  True: another one may. */
bool process_task_changes(struct process *p, pid_t tid);

/* ---- maps.c: what is mapped in a process ---- */

struct vma {
	uint64_t start, end, offset, inode;
	uint64_t page_size;          /* 0: not known yet, see maps_page_size() */
	unsigned major, minor, prot; /* HOST_PROT_* */
	bool shared;
	char name[256];
};
/* /proc/PID/name: "maps" for maps_find(), "pagemap" for pagemap_resident().  -1: Linux does not let us look. */
int maps_open(struct process *p, const char *name);
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
uint64_t maps_page_size(struct process *p, const struct vma *v);
/* Every page of the range is mapped and in memory. */
bool pagemap_resident(int fd, uint64_t addr, uint64_t len);

/* ---- cred.c: who a process is ---- */

/* What credentials a process may come to depends on. */
struct identity {
	uint32_t uid[3], gid[3]; /* real, effective, saved */
	uint64_t permitted;      /* capabilities */
};
struct cred {
	struct sys_cred sys;
	uint32_t *groups;
	uint64_t permitted;
	char name[32];
	pid_t ppid;
};
/*
 * From /proc/PID/status; without it from the socket's (uid, gid).  The number is that of pidfd's process: ESRCH if
 * that is dead by then, and the number perhaps another's (pidfd -1: not asked).
 */
int cred_read(pid_t pid, int pidfd, uid_t uid, gid_t gid, struct cred *cred);
void cred_fini(struct cred *cred);
void cred_identify(const struct cred *cred, struct identity *id);
/*
 * Whether a process of that identity may have come to these credentials by system calls, without an exec of a program that
 * gives others (set-user-ID, set-group-ID, file capabilities):
 *
 *	each user id     one of the three that it had, unless it had 0 or may set any (CAP_SETUID)
 *	each group id    the same (CAP_SETGID)
 *	capabilities     none that was not permitted, unless it had user id 0
 */
bool cred_may_follow(const struct identity *before, const struct cred *now);
/* Of the auxiliary vector of a program, as Linux keeps it. */
bool auxv_is_secure(const void *auxv, size_t bytes);
/* Its program has gained privileges by the exec (AT_SECURE).  False, too, if Linux does not let us look. */
bool exec_has_gained(pid_t pid);

#endif
