/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * failures.c: accesses that fail where Linux reports them by userfaultfd.  Their signals come from the client: the page
 * loses its protection, the thread gets a SIGSEGV for that, and its call finds the failure that is remembered here.
 *
 *	thread: access -> event --> server: driver fails --> agent: mprotect(page, PROT_NONE)
 *	        access, again -> SIGSEGV -> WIRE_FAULT --> agent: mprotect back
 *	        signal <---------------------------------- what is remembered
 *
 * A system call that fails so returns EFAULT and makes no call: what is remembered of it is dropped, and the page opened, at
 * its thread's next call or access.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>

#include "host/server/fault/uffd/uffd.h"

struct failure {
	uint32_t tid;
	uint64_t page;
	bool in_call; /* a system call failed: it returns EFAULT, and no signal comes */
	struct sys_fault what;
	LIST_ENTRY(failure)
	link;
};

/* Linux tells of a thread in a system call which one it is; of another one, -1. */
static bool is_in_call(uint32_t tid)
{
	char path[40], first = '-';
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%u/syscall", tid);
	file = fopen(path, "re");
	if (file == NULL)
		return false;
	if (fread(&first, 1, 1, file) != 1)
		first = '-';
	fclose(file);
	return first != '-';
}

/* Takes one out: of that page (0: any) and thread (0: any); NULL.  With the lock. */
static struct failure *failure_take(struct faults *f, uint32_t tid, uint64_t page)
{
	struct failure *x;

	LIST_FOREACH (x, &f->failures, link) {
		if ((tid != 0 && x->tid != tid) || (page != 0 && x->page != page))
			continue;
		LIST_REMOVE(x, link);
		atomic_fetch_sub(&f->nfailures, 1);
		break;
	}
	return x;
}

void failure_make(struct host_as *as, uint32_t tid, uint64_t page, const struct sys_fault *what)
{
	struct faults *f = faults_of(as);
	struct failure *x = malloc(sizeof(*x)), *old;

	if (x == NULL) /* it is tried again */
		return;
	*x = (struct failure){.tid = tid, .page = page, .what = *what, .in_call = f->full && is_in_call(tid)};
	pthread_mutex_lock(&f->lock);
	old = failure_take(f, tid, page);
	LIST_INSERT_HEAD(&f->failures, x, link);
	atomic_fetch_add(&f->nfailures, 1);
	pthread_mutex_unlock(&f->lock);
	free(old);
	if (uffd_shut(as, page))
		return;
	pthread_mutex_lock(&f->lock);
	x = failure_take(f, tid, page);
	pthread_mutex_unlock(&f->lock);
	free(x);
}

bool faults_failed(struct host_as *as, uint32_t tid, uint64_t page, struct sys_fault *what)
{
	struct faults *f = faults_of(as);
	struct failure *x;

	if (atomic_load(&f->nfailures) == 0)
		return false;
	pthread_mutex_lock(&f->lock);
	x = failure_take(f, tid, page);
	pthread_mutex_unlock(&f->lock);
	if (x != NULL && !x->in_call)
		*what = x->what;
	if (x != NULL)
		uffd_reopen(as, page);
	free(x);
	return x != NULL;
}

void faults_forgive(struct host_as *as, uint32_t tid)
{
	struct faults *f = faults_of(as);
	struct failure *x;

	while (atomic_load(&f->nfailures) > 0) {
		pthread_mutex_lock(&f->lock);
		x = failure_take(f, tid, 0);
		pthread_mutex_unlock(&f->lock);
		if (x == NULL)
			break;
		uffd_reopen(as, x->page);
		free(x);
	}
}

void failures_fini(struct faults *f)
{
	struct failure *x;

	while ((x = failure_take(f, 0, 0)) != NULL)
		free(x);
}
