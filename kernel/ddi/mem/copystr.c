/* SPDX-License-Identifier: BSD-2-Clause */
/* Strings from, to and within the kernel: copyinstr(9F), copyoutstr(9F), copystr(9F). */
#include "kernel/ddi/core/kthread.h"
#include "kernel/vm/usercopy.h"
#include <sys/errno.h>
#include <sys/param.h>
#include <sys/string.h>
#include <sys/systm.h>

/* Copies up to the zero; *length: what was looked at, the zero included. */
int copystr(const char *from, char *to, size_t max, size_t *length)
{
	size_t n = strnlen(from, max);
	bool whole = n < max;

	if (whole)
		n++;
	memcpy(to, from, n);
	if (length != NULL)
		*length = n;
	return whole ? 0 : ENAMETOOLONG;
}

static struct sys_proc *current_process(void)
{
	struct proc *p = kthread_self()->t_procp;

	return p == &p0 ? NULL : (struct sys_proc *)(void *)p;
}

/* The part of [at, at + max) up to the end of the page of at: what lies behind need not be there. */
static size_t part_length(uintptr_t at, size_t max)
{
	size_t rest = PAGESIZE - (at & PAGEOFFSET);

	return max < rest ? max : rest;
}

/*
 *	from      |--- part ---|--- part ---|-- part--0
 *	page      ^            ^            ^
 */
int copyinstr(const char *from, char *to, size_t max, size_t *length)
{
	struct sys_proc *p = current_process();
	size_t done = 0;

	while (done < max) {
		size_t part = part_length((uintptr_t)from + done, max - done), n;

		if (p == NULL || user_copyin(p, to + done, (uintptr_t)from + done, part) != 0)
			return EFAULT;
		n = strnlen(to + done, part);
		done += n < part ? n + 1 : part;
		if (n < part || done == max) {
			if (length != NULL)
				*length = done;
			return n < part ? 0 : ENAMETOOLONG;
		}
	}
	return ENAMETOOLONG;
}

int copyoutstr(const char *from, char *to, size_t max, size_t *length)
{
	struct sys_proc *p = current_process();
	size_t n = strnlen(from, max);
	bool whole = n < max;

	if (whole)
		n++;
	if (n > 0 && (p == NULL || user_copyout(p, (uintptr_t)to, from, n) != 0))
		return EFAULT;
	if (length != NULL)
		*length = n;
	return whole ? 0 : ENAMETOOLONG;
}
