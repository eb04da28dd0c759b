/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usercopy.c: memory of real processes.  Where Linux does not let us reach it (Yama, a program that is not
 * dumpable, a container) the application's thread that waits for the call copies.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#include "host/server/base/identity.h"
#include "host/server/pin/pins.h"

#define CHUNK (UINT64_C(1) << 30)

/* Bytes, or -1 with errno.  By a thread that lives. */
static ssize_t vm_copy_some(struct process *p, void *ours, uintptr_t theirs, size_t n, bool out)
{
	struct iovec local = {ours, n}, remote = {(void *)theirs, n};
	ssize_t done;
	pid_t tid;

	do {
		tid = process_task(p);
		done = out ? process_vm_writev(tid, &local, 1, &remote, 1, 0) : process_vm_readv(tid, &local, 1, &remote, 1, 0);
	} while (done < 0 && errno == ESRCH && process_task_changes(p, tid));
	return done;
}

/* EPERM: Linux refuses; EFAULT: not all is there. */
static int vm_copy(struct process *p, void *ours, uintptr_t theirs, size_t len, bool out)
{
	while (len > 0) {
		size_t n = len < CHUNK ? len : CHUNK;
		ssize_t done = vm_copy_some(p, ours, theirs, n, out);
		if (done < 0)
			return errno == EFAULT ? EFAULT : EPERM;
		if ((size_t)done != n)
			return EFAULT;
		ours = (char *)ours + n;
		theirs += n;
		len -= n;
	}
	return 0;
}

static int step_copyin(struct thread *t, void *to, uintptr_t from, size_t n)
{
	struct wire_message m = {.op = WIRE_STEP_COPYIN, .a = from, .b = n};
	int error = thread_step(t, &m, NULL);

	if (error == 0)
		memcpy(to, t->channel.memory->data, n);
	return error;
}

static int step_copyout(struct thread *t, const void *from, uintptr_t to, size_t n)
{
	struct wire_message m = {.op = WIRE_STEP_COPYOUT, .a = to, .b = n, .data_len = (uint32_t)n};

	memcpy(t->channel.memory->data, from, n);
	return thread_step(t, &m, NULL);
}

static int step_copy(struct process *p, char *ours, uintptr_t theirs, size_t len, bool out)
{
	struct thread *t = thread_waiting(p);
	int error = 0;

	if (t == NULL)
		return EFAULT;
	while (len > 0 && error == 0) {
		size_t n = len < WIRE_DATA_SIZE ? len : WIRE_DATA_SIZE;
		error = out ? step_copyout(t, ours, theirs, n) : step_copyin(t, ours, theirs, n);
		ours += n;
		theirs += n;
		len -= n;
	}
	return error != 0 ? EFAULT : 0;
}

static int user_copy(struct host_as *as, void *ours, uintptr_t theirs, size_t len, bool out)
{
	struct process *p = as->process;
	int error;

	/* A dead process's number may be another's by now. */
	if (!process_has_range(p, theirs, len) || atomic_load(&as->forking) || atomic_load(&p->dying))
		return EFAULT;
	if (!identity_holds(p))
		return EFAULT;
	if (!atomic_load_explicit(&p->vm_refused, memory_order_relaxed)) {
		error = vm_copy(p, ours, theirs, len, out);
		if (error != EPERM)
			return error;
		atomic_store(&p->vm_refused, true);
	}
	return step_copy(p, ours, theirs, len, out);
}

int host_copyin(struct host_as *as, void *to, uintptr_t from, size_t len)
{
	return user_copy(as, to, from, len, false);
}

/* Pages that are just becoming shared refuse to be written, where userfaultfd cannot make us wait for that. */
int host_copyout(struct host_as *as, uintptr_t to, const void *from, size_t len)
{
	int error = user_copy(as, (void *)(uintptr_t)from, to, len, true);

	if (error == EFAULT && pins_settle(as))
		error = user_copy(as, (void *)(uintptr_t)from, to, len, true);
	return error;
}
