/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * call.c: each thread calls on a connection of its own.  A signal handler may run while its thread waits in
 * a call, and call itself: then it gets a second channel.
 */
#define _GNU_SOURCE
#include "client/core/core.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "client/core/quiet.h"
#include "client/core/upward.h"

#define CALL_DEPTH 4 /* calls of one thread at once: a handler within a handler within a call ... */

struct call {
	struct channel channel;
	uint32_t tid;
	volatile sig_atomic_t busy;
	uintptr_t frame; /* of the busy call */
	bool open;
	bool interrupted; /* a handler has run while it waited ... */
	bool told;        /* ... and the server knows */
};
struct thread_calls {
	struct call call[CALL_DEPTH];
};

static _Thread_local struct thread_calls *own_calls __attribute__((tls_model("initial-exec")));
static _Thread_local struct thread_calls *kept_calls __attribute__((tls_model("initial-exec"))); /* of a vfork's parent */
static pthread_key_t key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;

static void call_close(struct call *c)
{
	if (!c->open)
		return;
	channel_fini(&c->channel);
	own_close(c->channel.socket);
	(void)REAL(munmap)(c->channel.memory, sizeof(*c->channel.memory));
	c->channel.memory = NULL;
	c->open = false;
}

#define ABANDON_S 1 /* how long an abandoned call may take to end */

/*
 * The thread has left the call by a jump out of a handler, or is cancelled in it.  The driver's wait ends, so that nobody
 * takes what is meant for others; a driver that does not listen is left alone.
 */
static void call_abandon(struct call *c)
{
	struct wire_message m;
	int error;

	if (!c->open)
		return;
	c->channel.sleep_mask = NULL;
	c->channel.cancellable = false;
	c->channel.deadline = (uint64_t)clock_now() + ABANDON_S * UINT64_C(1000000000);
	(void)connection_interrupt_call(c->tid, c->channel.out_turn, NULL, &(struct timespec){.tv_sec = ABANDON_S});
	do
		error = channel_receive(&c->channel, &m);
	while (error == EINTR);
	call_close(c);
}

static void thread_ends(void *arg)
{
	struct thread_calls *t = arg;

	own_calls = NULL;
	for (int i = 0; i < CALL_DEPTH; i++) {
		if (t->call[i].busy)
			call_abandon(&t->call[i]);
		call_close(&t->call[i]);
	}
	(void)REAL(munmap)(t, sizeof(*t));
}

static void make_key(void)
{
	if (pthread_key_create(&key, thread_ends) != 0)
		abort();
}

static struct thread_calls *thread_get(void)
{
	if (unlikely(in_vfork_fault))
		return kept_calls;
	if (likely(own_calls != NULL))
		return own_calls;
	uint64_t mask;
	struct thread_calls *t =
		REAL(mmap)(NULL, sizeof(*t), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (t == MAP_FAILED)
		return NULL;
	if (!in_vfork_child)
		pthread_once(&key_once, make_key);
	signals_block(&mask); /* a handler may have come first */
	if (own_calls == NULL) {
		if (!in_vfork_child)
			pthread_setspecific(key, t);
		own_calls = t;
	} else {
		(void)REAL(munmap)(t, sizeof(*t));
	}
	signals_restore(&mask);
	return own_calls;
}

/*
 * A handler may leave a call by siglongjmp(): it is busy for ever.  Calls nest on the stack, which grows down, so one
 * that is in progress has a higher frame; on a signal stack nothing can be said.
 */
static bool is_abandoned(const struct call *c, uintptr_t frame)
{
	stack_t stack;

	return c->frame <= frame && sigaltstack(NULL, &stack) == 0 && !(stack.ss_flags & SS_ONSTACK);
}

struct call *call_begin(void)
{
	if (unlikely(connection_is_parents()))
		fork_child_found();
	struct thread_calls *t = thread_get();
	uintptr_t frame = (uintptr_t)__builtin_frame_address(0);

	if (t == NULL)
		return NULL;
	for (int i = 0; i < CALL_DEPTH; i++) {
		struct call *c = &t->call[i];
		if (unlikely(c->busy)) {
			if (!is_abandoned(c, frame))
				continue;
			call_abandon(c);
		}
		c->frame = frame;
		c->busy = 1;
		c->channel.cancellable = false;
		if (likely(c->open))
			return c;
		if (c->channel.memory) /* of a call that a fork cut off */
			(void)REAL(munmap)(c->channel.memory, sizeof(*c->channel.memory));
		c->channel.memory = NULL;
		if (unlikely(in_vfork_fault)) { /* its descriptor would be the child's */
			c->busy = 0;
			break;
		}
		int fd;
		struct wire_channel *memory;
		int error = connection_thread(&fd, &memory, &c->tid);
		if (error) {
			c->busy = 0;
			errno = error;
			return NULL;
		}
		channel_init(&c->channel, memory, fd, false);
		own_follow(fd, &c->channel.socket);
		c->open = true;
		if (!in_vfork_child)
			handlers_wrap();
		return c;
	}
	errno = EAGAIN;
	return NULL;
}

void call_cancellable(struct call *c)
{
	c->channel.cancellable = true;
	pthread_testcancel();
}

void call_end(struct call *c)
{
	c->busy = 0;
}

uint8_t *call_data(struct call *c)
{
	return c->channel.memory->data;
}

int call_take_fd(struct call *c, unsigned i)
{
	return channel_take_fd(&c->channel, i);
}

int call_fd_error(const struct call *c)
{
	return c->channel.lost ? EMFILE : EBADF;
}

/* ---- calling ---- */

static int receive(struct call *c, struct wire_message *m)
{
	for (;;) {
		int error = channel_receive(&c->channel, m);
		if (likely(error != EINTR))
			return error;
		c->interrupted = true;
		while (!c->told) /* a handler has run: the driver's wait ends, and the reply is EINTR if it was interrupted */
			c->told = connection_interrupt_call(c->tid, c->channel.out_turn, c->channel.sleep_mask, NULL);
	}
}

#define HANDLER_NS 100000000 /* how long a driver may delay a handler */

/* As in a kernel, the wait is over before the handler runs; a driver that does not listen delays it for a moment only. */
void call_left(void)
{
	struct thread_calls *t = in_vfork_child ? NULL : own_calls;

	for (int i = 0; t && i < CALL_DEPTH; i++) {
		struct call *c = &t->call[i];
		if (!c->busy || !c->channel.sleep_mask || c->told)
			continue; /* it does not wait */
		c->interrupted = true;
		c->told = connection_interrupt_call(c->tid, c->channel.out_turn, NULL, &(struct timespec){.tv_nsec = HANDLER_NS});
		if (c->told)
			channel_await(&c->channel, HANDLER_NS);
	}
}

static int converse(struct call *c, struct wire_message *m, const int *fds)
{
	int error = channel_send(&c->channel, m, fds);

	while (!error) {
		error = receive(c, m);
		if (error || m->op == WIRE_STEP_NONE)
			break;
		struct wire_message result = {.op = m->op, .a = m->a};
		int saved = errno;
		result.error = step_perform(c, m);
		errno = saved;
		result.a = m->a;
		if (m->op == WIRE_STEP_COPYIN && !result.error)
			result.data_len = (uint32_t)m->b;
		error = channel_send(&c->channel, &result, NULL);
	}
	if (!error)
		return m->error;
	call_close(c); /* the server has gone, or cut us off */
	return EIO;
}

/*
 * Handlers run only while the thread sleeps.  Otherwise one that runs just before it sleeps would be missed, and the
 * driver would not wake from a wait that a signal ends.
 */
static int run(struct call *c, struct wire_message *m, const int *fds)
{
	uint64_t mask;

	c->interrupted = c->told = false;
	if (likely(!signals_handled()))
		return converse(c, m, fds);
	signals_block_most(&mask);
	c->channel.sleep_mask = &mask;
	int error = converse(c, m, fds);
	c->channel.sleep_mask = NULL;
	signals_restore(&mask);
	return error;
}

bool call_restarts(const struct call *c, int error)
{
	return error == EINTR && c->interrupted && c->open && signals_restart();
}

int call_run(struct call *c, struct wire_message *m, const int *fds)
{
	if (unlikely(cred_take_changed())) {
		struct wire_message cred = {.op = WIRE_CRED};
		int error = run(c, &cred, NULL);
		if (error)
			return error;
	}
	return run(c, m, fds);
}

int call_simple(struct wire_message *m)
{
	struct call *c = call_begin();

	if (c == NULL)
		return errno == ENXIO ? EIO : errno;
	const struct wire_message call = *m;
	int error = call_run(c, m, NULL);
	while (unlikely(call_restarts(c, error))) {
		*m = call;
		error = call_run(c, m, NULL);
	}
	call_end(c);
	return error;
}

int call_patient(struct wire_message *m)
{
	const struct wire_message call = *m;
	int error;

	do {
		*m = call;
		error = call_simple(m);
	} while (error == EINTR);
	return error;
}

/* ---- fork and vfork ---- */

/*
 * A signal handler has forked, and returns in the child into a call that is the parent's: there it is over, with EINTR.
 * The server's words are put into memory of the child's own.
 */
static void call_cut(struct call *c)
{
	struct wire_channel *memory = c->channel.memory;

	for (unsigned i = 0; i < c->channel.nfds; i++)
		if (c->channel.fds[i] >= 0)
			quiet_close(c->channel.fds[i]);
	c->channel.nfds = 0;
	c->channel.socket = -1;
	c->open = false;
	if (REAL(mmap)(memory, sizeof(*memory), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
	    MAP_FAILED)
		abort(); /* the handler would return into the parent's conversation */
	memory->to_client.message = (struct wire_message){.op = WIRE_STEP_NONE, .error = EINTR};
	atomic_store(&memory->to_client.turn, c->channel.in_turn + 1);
}

/* The child has one thread; its descriptors are closed already, and the channels are the parent's. */
void call_fork_child(struct fork_child *child)
{
	if (own_calls == NULL)
		return;
	for (int i = 0; i < CALL_DEPTH; i++) {
		struct call *c = &own_calls->call[i];
		if (c->open && c->busy) {
			call_cut(c);
			continue;
		}
		if (c->channel.memory)
			(void)REAL(munmap)(c->channel.memory, sizeof(*c->channel.memory));
		memset(c, 0, sizeof(*c));
	}
}

void call_vfork_enter(void)
{
	kept_calls = own_calls;
	own_calls = NULL;
}

void call_vfork_leave(void)
{
	struct thread_calls *childs = own_calls;

	own_calls = kept_calls;
	if (childs == NULL)
		return;
	for (int i = 0; i < CALL_DEPTH; i++)
		if (childs->call[i].open) {
			(void)REAL(munmap)(childs->call[i].channel.memory, sizeof(struct wire_channel));
			/* its descriptor was the child's: only forget the number */
			own_drop(childs->call[i].channel.socket);
		}
	(void)REAL(munmap)(childs, sizeof(*childs));
}
