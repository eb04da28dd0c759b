/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/core/process.h"
#include "kernel/ddi/core/cred.h"
#include "kernel/ddi/core/kthread.h"
#include "kernel/lib/message.h"
#include <sys/ddi.h>
#include <sys/sunddi.h>

kmutex_t pidlock;

static struct tree by_number; /* protected by pidlock */

static void entry_insert(struct process_entry *entry)
{
	tree_insert(&by_number, &entry->node, (uintptr_t)(unsigned)entry->process->p_pid);
}

void process_add(struct process_entry *entry, struct proc *p)
{
	mutex_enter(&pidlock);
	entry->process = p;
	entry->known = true;
	entry_insert(entry);
	mutex_exit(&pidlock);
}

void process_remove(struct process_entry *entry)
{
	mutex_enter(&pidlock);
	if (entry->known)
		tree_remove(&by_number, &entry->node);
	entry->known = false;
	mutex_exit(&pidlock);
}

void process_renumber(struct process_entry *entry, pid_t pid)
{
	mutex_enter(&pidlock);
	if (entry->known)
		tree_remove(&by_number, &entry->node);
	entry->process->p_pid = pid;
	if (entry->known)
		entry_insert(entry);
	mutex_exit(&pidlock);
}

proc_t *prfind(pid_t pid)
{
	struct tree_node *node;

	if (!mutex_owned(&pidlock))
		driver_bug(CALLER(), "prfind: pidlock is not held");
	if (pid == 0)
		return &p0;
	node = tree_find_below(&by_number, (uintptr_t)(unsigned)pid);
	if (node == NULL || node->key != (uintptr_t)(unsigned)pid)
		return NULL;
	return tree_entry(node, struct process_entry, node)->process;
}

int drv_getparm(uint_t what, void *value)
{
	kthread_t *self = kthread_self();

	switch (what) {
	case LBOLT:
		*(clock_t *)value = ddi_get_lbolt();
		return 0;
	case TIME:
		*(time_t *)value = ddi_get_time();
		return 0;
	case UPROCP:
		*(proc_t **)value = self->t_procp;
		return 0;
	case PPID:
		*(pid_t *)value = self->t_procp->p_pid;
		return 0;
	case UCRED:
		*(cred_t **)value = self->t_cred;
		return 0;
	default:
		return -1;
	}
}
