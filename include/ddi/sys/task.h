/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/task.h>: tasks: a process's way to its project. */
#ifndef _SYS_TASK_H
#define _SYS_TASK_H

#include <sys/project.h>
#include <sys/types.h>

typedef struct task {
	taskid_t tk_tkid;
	struct kproject *tk_proj;
	struct zone *tk_zone;
} task_t;

/* What comes along with it. */
#include <sys/id_space.h>
#include <sys/utsname.h>

#endif
