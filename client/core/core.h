/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * core.h: what every file of the preloaded library may use; it calls nothing of the other rooms but what doc/map.md names.
 *
 * The library lives in other people's programs: no malloc on its own account, no threads, no signal handler
 * of its own before the first intercepted mapping, nothing but libc.  Every interposed function answers for device descriptors,
 * device paths and device mappings, and hands everything else to the real function after one predictable check.
 *
 * Lock order: that of the table in calls/hooks.c.  None is held across a call to the server, except the agent and connection
 * locks while connecting.  All are taken around fork().
 */
#ifndef CLIENT_CORE_CORE_H
#define CLIENT_CORE_CORE_H

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <time.h>

#include "wire/channel.h"

/* An interposed function, listed in client/interposed. */
#define EXPORT __attribute__((visibility("default")))
/* Another name of a function that is interposed above; client/interposed lists both. */
#if __has_attribute(copy)
#define ALIAS(name, of) extern __typeof__(of) name __attribute__((alias(#of), copy(of), visibility("default")))
#else
#define ALIAS(name, of) extern __typeof__(of) name __attribute__((alias(#of), visibility("default")))
#endif
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define FAST_TLS __attribute__((tls_model("initial-exec")))

static inline int fail(int error)
{
	errno = error;
	return -1;
}

/* ---- real.c: the functions behind ours ---- */

void *real_find(const char *name);
/* The next definition of fn in the program, looked up once. */
#define REAL(fn) \
	(__extension__({ \
		static __typeof__(&fn) real_; \
		__typeof__(&fn) found_ = __atomic_load_n(&real_, __ATOMIC_RELAXED); \
		if (unlikely(!found_)) { \
			found_ = (__typeof__(&fn))real_find(#fn); \
			__atomic_store_n(&real_, found_, __ATOMIC_RELAXED); \
		} \
		found_; \
	}))

/* ---- lock.c ---- */

/*
 * A mutex that a fork child may simply reinitialise.  Signals are blocked while it is held: a handler may call
 * us again.
 */
struct lock {
	int state;
	uint64_t mask; /* of the holder before */
};
/* The calling thread forks, and holds all of them: it may take each once more. */
extern _Thread_local bool fork_holds FAST_TLS;
/* ... and in its child no thread does: releasing one makes it free, whatever it was. */
extern _Thread_local bool fork_resets FAST_TLS;
void lock_take(struct lock *l);
void lock_release(struct lock *l);

/* ---- mask.c: signal masks, and what handlers the application has ---- */

void signals_block(uint64_t *old);
/* All but SIGSEGV: device mappings are touched meanwhile, or the first one comes. */
void signals_block_most(uint64_t *old);
/* Without SIGSEGV, if that has become ours meanwhile. */
void signals_restore(const uint64_t *old);
extern bool segv_taken __attribute__((visibility("hidden"))); /* SIGSEGV is ours; set by signal/sigaction.c */
/* The application has handlers; all of them with SA_RESTART. */
bool signals_handled(void);
bool signals_restart(void);
/* Before a handler can run, and when there is none any more. */
void signals_handler_comes(int signo, sighandler_t handler, bool restart);
void signals_handler_gone(int signo, sighandler_t handler);

/* ---- clock.c ---- */

#define SECOND_NS 1000000000
/* Nanoseconds of CLOCK_MONOTONIC. */
int64_t clock_now(void);
/* seconds and rest nanoseconds; at most what can still be added to clock_now(). */
int64_t nanoseconds(int64_t seconds, int64_t rest);

/* ---- own.c: descriptors of the library's own, which the application must not reach ---- */

bool own_has(int fd);
/* The lowest of them from first on, or -1. */
int own_from(unsigned first);
/* Moves fd to a high number, close-on-exec, and owns it.  That number, or -1 with errno. */
int own_adopt(int fd);
/* Not ours any more; closed or not. */
void own_drop(int fd);
void own_close(int fd);
/* The number is at *where, which follows it when it is moved. */
void own_follow(int fd, int *where);
/* The application wants the number fd for itself: moves ours away. */
void own_yield(int fd);
/* In a fork child: all but keep are closed and forgotten. */
void own_close_all(int keep);
void own_fork_lock(void);
void own_fork_unlock(void);

/* ---- connection.c: this image's place at the server ---- */

/* SUNDOG_SOCKET is set: there may be devices. */
bool client_active(void);
/* Connects if need be; the node table, or NULL when there is no server. */
const struct wire_nodes *connection_nodes(void);
bool connection_exists(void);
/* We are the child of a fork that was not libc's, and our connection is its parent's. */
bool connection_is_parents(void);
/* A new connection, its hello sent; *tid: the calling thread's, or NULL.  0 or errno (ENXIO: no server). */
int connection_new(enum wire_kind kind, int *socket, uint32_t *tid);
/* A new WIRE_THREAD connection: its socket and channel memory; 0 or errno (ENXIO: no server). */
int connection_thread(int *socket, struct wire_channel **memory, uint32_t *tid);
/* A message of n bytes, and the descriptor that comes with it, or -1.  *lost: there was no room for one.  False: no such message. */
bool connection_receive(int socket, void *bytes, size_t n, int *with, bool *lost);
/* The server's welcome and the memory that comes with it, or NULL with errno. */
void *connection_welcome(int socket, int prot);
/*
 * Informs the server that a thread has handled a signal: its access is interrupted, or its call.  The server may be slow to read,
 * and handlers many.  It notices an access when the handler returns, too: the page is asked for again; so a message is sent only if
 * there is room.  Of a call: waits for room, with that mask (NULL: as it is) and for so long (NULL: for ever); false: a handler
 * or the end came first.
 */
void connection_interrupt_access(uint32_t tid);
bool connection_interrupt_call(uint32_t tid, uint32_t turn, const uint64_t *mask, const struct timespec *limit);
/* own_yield(), in a vfork child too. */
void connection_yield(int fd);

/* ---- call.c: calls to the server ---- */

/*
 * call_begin() takes the thread's channel (NULL with errno: no server), the caller puts data into
 * call_data() and runs one message; the reply is in m, its data in call_data() until call_end().
 */
struct iovec;
struct call;
struct call *call_begin(void);
uint8_t *call_data(struct call *c);
/* 0 or the call's errno; EIO when the server is gone. */
int call_run(struct call *c, struct wire_message *m, const int *fds);
int call_take_fd(struct call *c, unsigned i);
/* Why there is none. */
int call_fd_error(const struct call *c);
/* From call_begin() to call_end(): pthread_cancel(3) ends the waits of this one, of read(2) and its like. */
void call_cancellable(struct call *c);
/* The call failed with EINTR, after handlers that ask for a restart: begin it anew. */
bool call_restarts(const struct call *c, int error);
void call_end(struct call *c);
/* A signal's handler runs: the calls in which the thread waits are interrupted.  From the handler. */
void call_left(void);
/* All of it for a call without data; call_patient(): a handler that runs does not end it. */
int call_simple(struct wire_message *m);
int call_patient(struct wire_message *m);

/* ---- cred.c ---- */

/* Credentials may have changed since the server read them. */
bool cred_take_changed(void);

#include "client/core/descriptor.h"
#include "client/core/process.h"

#endif
