/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix.h: what host/posix offers to the hosts (embed, server, conf) beyond host.h.  The kernel part never
 * sees it.
 */
#ifndef HOST_POSIX_POSIX_H
#define HOST_POSIX_POSIX_H

#include <pthread.h>

#include "kernel/host.h"

/* ---- start ---- */

struct posix_config {
	bool verbose;     /* HOST_LOG_DEBUG messages are shown */
	bool strict_lock; /* locked pages that cannot be locked are ENOMEM; else it is reported once and goes
			     on */
};
/*
 * Raises the soft limit of open files to the hard one and takes the settings; may be called again with
 * other settings while no other thread is in host/posix.
 */
void posix_init(const struct posix_config *config);
/* The soft limit RLIMIT_...; UINT64_MAX: none. */
uint64_t posix_limit(int resource);

/* ---- page objects ---- */

/* A file behind page objects: its descriptor is closed with the last reference. */
struct posix_file;
/* A sealed memfd of size bytes, none of them there yet; one reference.  name: in Linux's lists.  ENOMEM, EAGAIN. */
int posix_file_create(const char *name, uint64_t size, struct posix_file **out);
/* fd, read-write, becomes the file's; wait as for host_alloc().  On failure it stays the caller's. */
int posix_file_adopt(int fd, bool wait, struct posix_file **out);
struct posix_file *posix_file_get(struct posix_file *file);
void posix_file_put(struct posix_file *file);
int posix_file_fd(const struct posix_file *file);

struct posix_view {
	struct posix_file *file;
	uint64_t offset, size;       /* of pages */
	void (*released)(void *arg); /* when the page object has been destroyed; may be NULL */
	void *arg;
};
/* A page object whose pages are that part of the file.  ENOMEM. */
int posix_pages_view(const struct posix_view *view, struct host_pages **out);

/* The file behind pages, read-write, close-on-exec.  Stays the page object's. */
int posix_pages_fd(const struct host_pages *pages);
/* A read-only descriptor of the same file, made at the first call; -1 and errno if it cannot be had. */
int posix_pages_fd_readonly(struct host_pages *pages);
uint64_t posix_pages_offset(const struct host_pages *pages); /* of the first page in the file */
/* What Linux lets us lock: RLIMIT_MEMLOCK, UINT64_MAX when it does not bind us; how often it has refused. */
struct posix_memlock {
	uint64_t used, limit, refusals;
	bool strict; /* a refusal fails; else the memory is used unlocked */
};
void posix_memlock(struct posix_memlock *out);

/* ---- memory to share with another process ---- */

/*
 * size bytes, all zero, mapped here, and their descriptor, which the caller closes: of that size for good, so that who gets
 * it cannot make us die of an access; readonly: others cannot write it.  0 or errno.
 */
int posix_memory_share(const char *name, size_t size, bool readonly, int *fd, void **memory);

/* ---- waits with an end ---- */

/* As pthread_cond_timedwait(3), until host_time_monotonic() is end.  0 or ETIMEDOUT. */
int posix_wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex, uint64_t end);
/* As pthread_mutex_timedlock(3). */
int posix_lock_until(pthread_mutex_t *mutex, uint64_t end);

/* ---- threads ---- */

/* One per thread of the program that ever came here.  Its memory is never given back to the system, so a
 * late posix_thread_interrupt() is harmless; but see to it that it still is the same thread. */
struct posix_thread;

struct posix_thread *posix_thread_self(void);
/*
 * A signal is pending for t: its interruptible waits (the present one and those that begin before
 * posix_thread_clear_interrupt()) return HOST_INTERRUPTED.  From any thread, with any locks held.
 */
void posix_thread_interrupt(struct posix_thread *t);
void posix_thread_clear_interrupt(struct posix_thread *t);
/* The same for good: the process that t works for is dying.  posix_thread_revive() when t works for another.
 */
void posix_thread_dying(struct posix_thread *t);
void posix_thread_revive(struct posix_thread *t);
bool posix_thread_is_dying(const struct posix_thread *t);

/*
 * fn(arg, false) runs in the calling thread each time just before it sleeps in host_cond_wait() or for a contended
 * host_mutex_lock(), fn(arg, true) when it calls posix_thread_blocks(); NULL: no more.  At a condition the waiter is queued
 * and its mutex released; elsewhere any locks may be held.  fn may itself lock and wait; it is not called for that.
 */
void posix_thread_before_block(void (*fn)(void *arg, bool announced), void *arg);
/* The calling thread is about to wait for something by other means than host.h's. */
void posix_thread_blocks(void);

/* ---- messages ---- */

/* Where host_log() goes: NULL is stderr.  fn may be called from any thread, with any locks held. */
void posix_log_sink(void (*fn)(void *arg, enum host_log_level level, const char *text), void *arg);
/* host_log() with printf's formats. */
void posix_log(enum host_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Called by host_panic() after its message, before abort(); may not return (a test's longjmp). */
void posix_panic_hook(void (*fn)(void *arg, const char *text), void *arg);

#endif
