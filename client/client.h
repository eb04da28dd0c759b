/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * client.h: what the files of the preloaded library share.
 *
 * The library lives in other people's programs: no malloc on its own account, no threads, no signal handler
 * of its own before the first intercepted mapping, nothing but libc.  Every interposed function answers for device descriptors, device paths and device
 * mappings, and hands everything else to the real function after one predictable check.
 *
 * Lock order: agent lock, signal lock, handlers lock, connection lock, descriptor lock, range lock; none is held across a call to the server,
 * except the agent and connection locks while connecting.  All are taken around fork().
 */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include "wire/channel.h"

#define EXPORT __attribute__((visibility("default")))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

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

/*
 * A lock that a fork child may simply reinitialise.  Signals are blocked while it is held: a handler may call
 * us again.
 */
struct lock {
	int state;
	uint64_t mask; /* of the holder before */
};
/* The calling thread forks, and holds all of them: it may take each once more. */
extern _Thread_local bool fork_holds __attribute__((tls_model("initial-exec")));
/* ... and in its child nobody does: releasing one makes it free, whatever it was. */
extern _Thread_local bool fork_resets __attribute__((tls_model("initial-exec")));
void lock_take(struct lock *l);
void lock_release(struct lock *l);

/* ---- connection.c: this image's place at the server ---- */

/* SUNDOG_SOCKET is set: there may be devices. */
bool client_active(void);
/* Connects if need be; the node table, or NULL when there is no server. */
const struct wire_nodes *connection_nodes(void);
/*
 * Tell the server that a thread has handled a signal: its access is interrupted, or its call.  The server may be slow to read,
 * and handlers many.  Of an access it hears when the handler returns, too: the page is asked for again; so it is told only if
 * there is room.  Of a call: waits for room, with that mask (NULL: as it is) and for so long (NULL: for ever); false: a handler
 * or the end came first.
 */
void connection_interrupt_access(uint32_t tid);
bool connection_interrupt_call(uint32_t tid, uint32_t turn, const uint64_t *mask, const struct timespec *limit);
/* A new WIRE_THREAD connection: its socket and channel memory; 0 or errno (ENXIO: no server). */
int connection_thread(int *socket, struct wire_channel **memory, uint32_t *tid);
struct agent_means;
/* A WIRE_AGENT connection that the server has welcomed, and all that the agent needs.  0 or errno. */
int connection_agent(struct agent_means *means);
void connection_agent_close(struct agent_means *means);
/* True for the library's own descriptors: the application must not reach them. */
bool connection_owns(int fd);
/* The lowest of them from first on, or -1. */
int connection_owned_from(unsigned first);
/* The application wants the number fd for itself: move ours away. */
void connection_yield(int fd);
/* The number of an own descriptor is at *where, which follows it when it is moved. */
void connection_follow(int fd, int *where);
/* Not ours any more, and not closed. */
void connection_disown(int fd);
bool connection_exists(void);
/* We are the child of a fork that was not libc's, and our connection is its parent's. */
bool connection_is_parents(void);
void connection_fork_lock(void);
void connection_fork_unlock(void);
/* In a fork child: forget the parent's connection, then connect with its token (0: none).  lent: lock_fork_child() failed. */
void connection_fork_child(uint64_t token, int leash, bool lent);
/* In a vfork child everything that must not reach the parent is kept aside, until leave. */
void connection_vfork_enter(void);
void connection_vfork_leave(void);
/* Moves fd to a high number, close-on-exec, and owns it. */
int connection_adopt(int fd);
void connection_disown_close(int fd);

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
/* From call_begin() to call_end(): pthread_cancel(3) ends the waits of this one, of read(2) and its like. */
void call_cancellable(struct call *c);
/* The call said EINTR, after handlers that ask for a restart: begin it anew. */
bool call_restarts(const struct call *c, int error);
void call_end(struct call *c);
/* A signal's handler runs: the calls in which the thread waits are interrupted.  From the handler. */
void call_left(void);
/* All of it for a call without data. */
int call_simple(struct wire_message *m);
void call_fork_child(void);
void call_vfork_enter(void);
void call_vfork_leave(void);
/* Performs a map list: the entries are in data, the descriptors with the message.  0 or errno. */
int memory_apply_maps(struct call *c, uint64_t count);
int memory_reserve(uint64_t *addr, uint64_t len, bool fixed);
int memory_release(uint64_t addr, uint64_t len);

/* ---- descriptor.c: which descriptors are device opens ---- */

struct device {
	uint64_t id; /* the server's */
	uint64_t dev;
	int flags; /* O_* as the application opened it */
};
/* Is fd a device?  The first question about a number asks Linux, and for a socket of our kind the server. */
bool descriptor_get(int fd, struct device *d);
/* fd is a new device descriptor; false: there is no memory to remember it. */
bool descriptor_add(int fd, const struct device *d);
/* newfd is a copy of oldfd, or nothing of ours. */
void descriptor_dup(int oldfd, int newfd);
/*
 * fd is about to be closed: forgets it, before another thread gets the number.  Returns what descriptor_closed()
 * wants to know when that is done: it tells the server if this was the last of its open here.
 */
uint64_t descriptor_closing(int fd);
void descriptor_closed(uint64_t id);
/* fd may be anything from now on. */
void descriptor_forget(int fd);
/* fd is new and no device's. */
void descriptor_is_other(int fd);
void descriptor_setflags(int fd, int flags);
/* Highest device descriptor + 1. */
int descriptor_end(void);
bool descriptor_any(void);
void descriptor_fork_lock(void);
void descriptor_fork_unlock(void);
/* inherits: the server knows of the child. */
void descriptor_fork_child(bool inherits);
void descriptor_vfork_enter(void);
void descriptor_vfork_leave(void);

/* ---- node.c: paths ---- */

struct node {
	uint64_t dev;
	uint32_t mode, uid, gid;
	bool slash; /* the path that found it asks for a directory: ENOTDIR */
};
/* Is the path (relative to dirfd) a device node? */
bool node_find(int dirfd, const char *path, struct node *n);
bool node_by_dev(uint64_t dev, struct node *n);
/* access(2): 0, or -1 and errno. */
int node_access(const struct node *n, int mode, bool effective);
void node_cwd_changed(void);

/* ---- open.c ---- */

/* Opens a node; a descriptor or -1 with errno. */
int device_open(const struct node *n, int flags);
unsigned sys_flags(int flags);

/* ---- stream.c: stdio ---- */

/* Descriptor 0, 1 or 2 has become something else: stdin, stdout or stderr follow. */
void stream_before_change(int fd);
void stream_after_change(int fd);
void stream_fork_lock(void);
void stream_fork_unlock(void);
/* Before exit: libc would flush them after us. */
void stream_flush_all(void);

/* ---- poll.c ---- */

/* Poll bits now. */
short device_ready(const struct device *d, short events);
/* Nobody who waits for a device sleeps for longer: poll.c says why. */
#define DEVICE_MOMENT_MS 50
/* The mask from before signals_block_most(), for ppoll(2) and its like. */
void device_sleep_mask(const uint64_t *old, sigset_t *mask);
/* Before asking: what woke us so far is over, a later wake is not lost. */
void device_swallow_wakes(int fd);
/* Nanoseconds of CLOCK_MONOTONIC. */
int64_t clock_now(void);
/* seconds and rest nanoseconds; at most what can still be added to clock_now(). */
int64_t nanoseconds(int64_t seconds, int64_t rest);

/* The numbers are about to be closed, or to become something else: a set among them ends. */
void epoll_closing(unsigned first, unsigned last);
void epoll_fork_lock(void);
void epoll_fork_unlock(void);

/* ---- rw.c ---- */

ssize_t device_transfer(const struct device *d, uint32_t op, const struct iovec *iov, int count, int64_t offset);

/* ---- spawn.c ---- */

void spawn_fork_lock(void);
void spawn_fork_unlock(void);

/* ---- memory.c ---- */

bool memory_any(void);
void memory_fork_lock(void);
void memory_fork_unlock(void);
/*
 * Is addr in an intercepted mapping?  From a signal handler, without a lock; true as well if that cannot be said in the
 * middle of a change: the server knows.
 */
bool memory_intercepted(uintptr_t addr);
/* The part of [start, end) in the first intercepted mapping that it meets.  Without a lock, too; false: none. */
bool memory_intercepted_part(uintptr_t start, uintptr_t end, uintptr_t *from, uintptr_t *to);
/* Takes all access to intercepted mappings away. */
void memory_hide(void);
/* The same from the agent, without libc; then threads that wait for the server try again, and find that it has gone. */
void memory_abandon(int uffd);

/* A range of /proc/self/maps is a device mapping's; from a fork child's helper. */
bool memory_is_device(uintptr_t start, uintptr_t end);

/* ---- lock.c: memory of this process that a driver has locked ---- */

/* Steps; 0 or errno. */
int lock_step_begin(struct call *c);
int lock_step_populate(uintptr_t addr, size_t len, bool write);
/* Some of the range may be locked, or shared with the server since it was; lock_holds: it may be locked;
   lock_leaves: the server must hear before it is unmapped. */
bool lock_meets(uintptr_t start, uintptr_t end);
bool lock_holds(uintptr_t start, uintptr_t end);
bool lock_leaves(uintptr_t start, uintptr_t end);
/* Shared pages in the range have been unmapped, or were to be: see WIRE_UNMAPPED.  Keeps errno. */
void lock_left(uintptr_t start, uintptr_t end);
bool lock_any(void);
/* Something was locked once: private memory may look unlike ordinary private memory to Linux. */
bool lock_ever(void);
/* Pages may be shared with the server now. */
bool lock_shared(void);
/* shared: they may have been when the fork began.  False: the child still has such pages, or memory of that file behind its own. */
bool lock_fork_child(bool shared);
/* Before mremap: waits for locks; pages that are shared become private.  0 or errno. */
int lock_before_remap(uintptr_t start, uintptr_t end);
/* mremap of private memory that Linux has as several mappings, since some of it was shared: by copying. */
void *lock_remap(void *old, size_t old_len, size_t new_len, int flags, void *wish);
/* MADV_DONTNEED or MADV_FREE: what was shared reads as zero afterwards too. */
int lock_discard(void *addr, size_t len, int advice);
/* madvise(2) of what is no device mapping; on device mappings without effect (memory.c). */
int memory_advise(void *addr, size_t len, int advice);

/* ---- fault.c: intercepted mappings ---- */

/* Before the first one is laid: from now on its faults can be served.  0 or errno. */
int fault_prepare(void);
void fault_fork_lock(void);
void fault_fork_unlock(void);
void fault_fork_child(void);
/* Before vfork: what its child will need when it touches an intercepted mapping. */
void fault_vfork_enter(void);

/* A signal's handler runs: the thread has left the access that it may have been in.  From the handler. */
void fault_left(void);

/* Some access may have to be served: there is or was an intercepted mapping. */
extern bool fault_possible __attribute__((visibility("hidden")));

/* ---- buffer.c: buffers of system calls in intercepted mappings ---- */

/* Loads what of them is intercepted, as a call will write or read it; false: an access failed. */
bool buffer_load(const void *buffer, size_t len, bool write);
bool buffer_load_vector(const struct iovec *iov, int count, bool write);
#define BUFFER_TRIES 100 /* while others take the pages away */
/* The system call whose buffers load loads; one check where there are no intercepted mappings. */
#define WITH_BUFFERS(load, call) \
	(__extension__({ \
		ssize_t done_ = -1; \
		if (likely(!__atomic_load_n(&fault_possible, __ATOMIC_RELAXED))) \
			done_ = (call); \
		else \
			for (int try_ = 0; try_ < BUFFER_TRIES && (try_ == 0 || (done_ < 0 && errno == EFAULT)); \
			     try_++) \
				done_ = (load) ? (call) : (try_ = BUFFER_TRIES, fail(EFAULT)); \
		done_; \
	}))

/* ---- handler.c: the application's handlers of other signals ---- */

/* From now on the server is told of each that runs. */
void handlers_wrap(void);
bool handlers_wrapped(void);
/* sigaction(2) then. */
int handler_exchange(int signo, const struct sigaction *act, struct sigaction *old);
void handlers_fork_lock(void);
void handlers_fork_unlock(void);

/* ---- uffd.c ---- */

/* Makes a userfaultfd, by device unless that is -1, and offers it; *fd: it or -1.  0 or errno. */
int uffd_offer(int socket, int device, int *fd);

/* ---- sigaction.c: SIGSEGV is ours, and the application does not see it ---- */

/* The application has handlers; all of them with SA_RESTART. */
bool signals_handled(void);
bool signals_restart(void);
/* A mask to sleep with: itself, or a copy in *to without SIGSEGV. */
const sigset_t *signals_without_segv(const sigset_t *mask, sigset_t *to);
/* siginterrupt(3): signal(3) sets handlers of this one that let calls fail. */
bool signals_interrupting(int signo);
void signals_block(uint64_t *old);
/* All but SIGSEGV: device mappings are touched meanwhile, or the first one comes. */
void signals_block_most(uint64_t *old);
void signals_restore(const uint64_t *old);
/* SIGSEGV goes to handler from now on. */
int signals_take(void (*handler)(int, siginfo_t *, void *));
/*
 * From the handler: the application gets the signal as if it had been the one to get it.  forced: an access failed,
 * so it cannot be ignored or blocked.
 */
void signals_deliver(int signo, siginfo_t *info, void *context, bool forced);
void signals_fork_lock(void);
void signals_fork_unlock(void);

/* ---- cred.c ---- */

/* Credentials may have changed since the server heard of them. */
bool cred_take_changed(void);

/* ---- process.c ---- */

/* A child that connection_is_parents() tells of begins as one of a fork inside libc does. */
void process_child_found(void);
/* Does not return while another thread is on its way out of the process. */
void process_wait_leaving(void);

extern _Thread_local bool in_vfork_child __attribute__((tls_model("initial-exec")));
/* A vfork child's access is served: it is one of its parent's address space, by its parent's connections. */
extern _Thread_local bool in_vfork_fault __attribute__((tls_model("initial-exec")));

static inline int fail(int error)
{
	errno = error;
	return -1;
}

#endif
