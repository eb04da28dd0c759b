/* SPDX-License-Identifier: BSD-2-Clause */
/* internal.h: shared by the files of host/embed only. */
#ifndef HOST_EMBED_INTERNAL_H
#define HOST_EMBED_INTERNAL_H

#include "host/conf/conf.h"
#include "host/conf/loader.h"
#include "host/embed/as.h"
#include "host/posix/posix.h"
#include "kernel/sys/sys.h"
#include "sundog/embed.h"
#include <pthread.h>

struct embed_module {
	struct embed_module *next;
	struct loader_module module;
};

struct sundog_system {
	struct sundog_options options;
	pthread_mutex_t lock; /* protects the fields below; nothing is called with it held */
	struct sundog_process *processes;
	struct embed_module *modules; /* newest first; linked-in ones have no handle */
	int last_pid;
};

/* An open, shared by the descriptors that dup and fork made. */
struct embed_file {
	atomic_uint refs; /* descriptors, and calls in progress */
	struct sys_file *file;
};

struct embed_fd {
	struct embed_file *file; /* NULL: free */
	bool cloexec;
};
#define EMBED_FD_MAX 1024

/* A thread in a call of a process; on its stack. */
struct embed_call {
	struct embed_call *next;
	struct posix_thread *thread;
};

struct sundog_process {
	struct sundog_system *system;
	struct sundog_process *next, **link; /* protected by the system's lock */
	int pid, ppid;
	enum sundog_model model;
	uint32_t uid, gid;

	/* Protects the fields below; nothing of the kernel part is called with it held.  as and proc change
	 * in sundog_exec() only, while no call is in progress. */
	pthread_mutex_t lock;
	pthread_cond_t idle; /* calls became empty */
	struct embed_call *calls;
	bool dying;       /* no new calls */
	uint64_t signals; /* sent by the kernel part: 1 << number */
	struct host_as *as;
	struct sys_proc *proc;
	struct embed_fd *fds;
	size_t nfds; /* room of fds */
};

/* Begins a call of p in this thread: binds it to p.  ESRCH if p is dying.  Ended by call_leave(). */
int call_enter(struct sundog_process *p, struct embed_call *call);
void call_leave(struct sundog_process *p, struct embed_call *call);

/* In a call of p.  file_get: EBADF; file_drop(): the last one closes. */
int file_get(struct sundog_process *p, int fd, struct embed_file **file);
void file_drop(struct embed_file *file);
void files_close(struct sundog_process *p, bool cloexec_only);
void files_copy(struct sundog_process *from, struct sundog_process *to);

#endif
