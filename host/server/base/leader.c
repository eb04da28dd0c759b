/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * leader.c: a process has the number of its first thread.  When that one has ended, as after pthread_exit(3) in main(),
 * Linux reaches neither the memory of the process nor its mappings by that number any more, but by any other thread's.
 */
#include "host/server/base/linux.h"
#include "host/server/base/peers.h"

pid_t process_task(struct process *p)
{
	pid_t tid = atomic_load(&p->task);

	if (tid == 0)
		return p->pid; /* as long as nobody has met its end */
	if (task_lives(p->pid, tid))
		return tid;
	tid = pid_task(p->pid);
	atomic_store(&p->task, tid);
	return tid != 0 ? tid : p->pid;
}

bool process_task_changes(struct process *p, pid_t tid)
{
	pid_t now = pid_task(p->pid);

	if (now == 0 || now == tid)
		return false;
	atomic_store(&p->task, now);
	return true;
}
