/* SPDX-License-Identifier: BSD-2-Clause */
/* process.h: living processes by number. */
#ifndef KERNEL_DDI_CORE_PROCESS_H
#define KERNEL_DDI_CORE_PROCESS_H

#include "kernel/lib/tree.h"
#include <stdbool.h>
#include <sys/proc.h>

/* Within what is the host's of a process; protected by pidlock, its key is the number. */
struct process_entry {
	struct tree_node node;
	struct proc *process;
	bool known;
};

void process_add(struct process_entry *entry, struct proc *p);
/* On return nobody that holds pidlock has found it. */
void process_remove(struct process_entry *entry);
/* Its number is another one now: p_pid is set here. */
void process_renumber(struct process_entry *entry, pid_t pid);

#endif
