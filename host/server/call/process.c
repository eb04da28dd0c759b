/* SPDX-License-Identifier: BSD-2-Clause */
/* process.c: fork, exit, credentials. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>

#include "host/server/base/identity.h"
#include "host/server/call/call.h"

int call_fork(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	int error;

	fork_enter(t);
	error = fork_begin(t->process, &out->a, &t->call.fds[0]);
	if (error != 0)
		fork_leave(t);
	t->call.nfds = error == 0;
	return error;
}

int call_forking(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	return fork_now(t);
}

int call_forked(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	fork_leave(t);
	if (in->b > INT_MAX)
		return EINVAL;
	return fork_named(t->process, in->a, (pid_t)in->b);
}

/*
 * The calling thread takes the process down and then lets the client go.  If another one is at it
 * (two threads exit at once) the client waits all the same.
 */
int call_exit(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	struct process *p = t->process;
	bool mine;

	server_lock();
	mine = process_end(p, END_EXIT, t);
	server_unlock();
	if (mine) {
		job_enter(&p->job);
		sys_thread_leave();
		process_get(p);
		process_teardown(p, t);
		process_put(p);
		sys_thread_enter(NULL);
	} else {
		thread_leave_process(t);
		process_wait_gone(p);
	}
	return 0;
}

int call_cred(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	struct process *p = t->process;
	struct cred cred;
	int error = identity_again(p, &cred);

	if (error == 0)
		error = sys_proc_setcred(p->sys, &cred.sys);
	if (error == 0)
		identity_set(p, &cred);
	cred_fini(&cred);
	return error;
}
