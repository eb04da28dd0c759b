/* SPDX-License-Identifier: BSD-2-Clause */
/* thread.c: the kernel half of an application's thread. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/server/call/call.h"

static int channel_hear(struct channel *ch, struct wire_message *m)
{
	int error;

	do
		error = channel_receive(ch, m);
	while (error == EINTR);
	return error;
}

/* ---- calls ---- */

static call_fn *const calls[WIRE_OP_END] = {
	[WIRE_OPEN] = call_open,
	[WIRE_PROVE] = call_prove,
	[WIRE_CLOSED] = call_closed,
	[WIRE_READ] = call_read,
	[WIRE_WRITE] = call_write,
	[WIRE_SEEK] = call_seek,
	[WIRE_IOCTL] = call_ioctl,
	[WIRE_POLL] = call_poll,
	[WIRE_SETFL] = call_setfl,
	[WIRE_MMAP] = call_mmap,
	[WIRE_MUNMAP] = call_munmap,
	[WIRE_MPROTECT] = call_mprotect,
	[WIRE_FORK] = call_fork,
	[WIRE_FORKED] = call_forked,
	[WIRE_EXIT] = call_exit,
	[WIRE_CRED] = call_cred,
	[WIRE_FAULT] = call_fault,
	[WIRE_ADVISE] = call_advise,
	[WIRE_PRIVATE] = call_private,
	[WIRE_UNMAPPED] = call_unmapped,
	[WIRE_FORKING] = call_forking,
};

/* What threads signal to each other by these may be about memory that a driver has locked. */
static bool calls_driver(uint32_t op)
{
	return op == WIRE_IOCTL || op == WIRE_READ || op == WIRE_WRITE || op == WIRE_POLL;
}

static int call_run(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	int error;

	if (in->op >= WIRE_OP_END || calls[in->op] == NULL)
		return ENOSYS;
	if (in->op != WIRE_FAULT)
		engine_forgive(t->process->as, t->tid);
	jobs_settle(t->process);
	if (!calls_driver(in->op))
		return calls[in->op](t, in, out);
	pins_meet(t);
	error = calls[in->op](t, in, out);
	pins_meet(t);
	return error;
}

/* One call; false: the connection is of no use any more. */
static bool thread_serve_one(struct thread *t, const struct wire_message *in)
{
	struct wire_message out = {.op = WIRE_STEP_NONE};
	int error;

	/* Sequentially consistent with thread_interrupt(): one of the two sees the other's store. */
	atomic_store(&t->in_call, true);
	if (atomic_load(&t->interrupted) == t->channel.in_turn)
		posix_thread_interrupt(t->posix);
	out.error = call_run(t, in, &out);
	atomic_store_explicit(&t->in_call, false, memory_order_relaxed);
	posix_thread_clear_interrupt(t->posix);
	nodes_refresh();
	out.nfds = t->call.nfds;
	error = t->broken ? EPIPE : channel_send(&t->channel, &out, t->call.fds);
	call_fini(&t->call);
	return error == 0;
}

static void thread_serve(struct thread *t)
{
	struct wire_message in;

	while (!atomic_load(&t->process->dying) && channel_hear(&t->channel, &in) == 0)
		if (!thread_serve_one(t, &in))
			break;
}

/* ---- begin and end ---- */

static int thread_join_process(struct thread *t)
{
	struct process *p = t->process;
	int error = 0;

	pthread_mutex_lock(&p->lock);
	if (atomic_load(&p->dying))
		error = ESRCH;
	else if (p->nthreads >= THREADS_MAX)
		error = EAGAIN;
	if (error == 0) {
		p->nthreads++;
		LIST_INSERT_HEAD(&p->threads, t, link);
	}
	pthread_mutex_unlock(&p->lock);
	if (error == EAGAIN && server_verbose)
		posix_log(HOST_LOG_DEBUG, "process %d: has reached the limit of %u threads", (int)p->pid, THREADS_MAX);
	return error;
}

void thread_leave_process(struct thread *t)
{
	struct process *p = t->process;

	if (t->left)
		return;
	t->left = true;
	fork_leave(t);
	thread_set_current(NULL);
	sys_thread_leave();
	pthread_mutex_lock(&p->lock);
	LIST_REMOVE(t, link);
	p->nthreads--;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
	posix_thread_revive(t->posix);
}

static void thread_run(struct thread *t, int connection, int memory_fd)
{
	static const int off = 0;

	/* Credentials come by /proc when they change; bells are cheaper without them. */
	(void)setsockopt(connection, SOL_SOCKET, SO_PASSCRED, &off, sizeof(off));
	thread_set_current(t);
	sys_thread_enter(t->process->sys);
	connection_allow(connection);
	hello_answer(connection, 0, memory_fd, sizeof(struct wire_channel));
	close(memory_fd);
	hello_done();
	thread_serve(t);
	thread_leave_process(t);
}

static struct thread *thread_alloc(struct process *p, uint32_t tid)
{
	struct thread *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->process = p;
	t->tid = tid;
	t->posix = posix_thread_self();
	return t;
}

void thread_hello(const struct wire_hello *hello, int connection, pid_t pid, uid_t uid)
{
	struct process *p = process_find(&hello->image, pid, uid);
	struct thread *t = NULL;
	void *memory;
	int memory_fd, error = p == NULL ? ESRCH : 0;

	if (error != 0)
		goto refuse;
	t = thread_alloc(p, hello->tid);
	if (t == NULL) {
		error = ENOMEM;
		goto put;
	}
	error = posix_memory_share("sundog-channel", sizeof(struct wire_channel), false, &memory_fd, &memory);
	if (error != 0)
		goto free;
	channel_init(&t->channel, memory, connection, true);
	error = thread_join_process(t);
	if (error == 0)
		thread_run(t, connection, memory_fd);
	else
		close(memory_fd);
	channel_fini(&t->channel);
	munmap(memory, sizeof(struct wire_channel));
	ranges_fini(&t->leaving.places);
free:
	free(t);
put:
	process_put(p);
refuse:
	if (error != 0) {
		hello_answer(connection, error, -1, 0);
		hello_done();
	}
	close(connection);
}
