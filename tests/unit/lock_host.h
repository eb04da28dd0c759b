/* SPDX-License-Identifier: BSD-2-Clause */
/* lock_host.h: the test's half of locked user memory: locks by an ioctl of the recording driver, and threads. */
#ifndef TESTS_UNIT_LOCK_HOST_H
#define TESTS_UNIT_LOCK_HOST_H

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rec_host.h"

struct lock_ask {
	uint64_t addr;
	size_t len;
	int flags;
	bool lockmemory;
	int version; /* < 0: no ops */
	bool callback;
	void *proc;
	void *cookie;
};

static inline int
lock_run(void *arg)
{
	struct lock_ask *ask = arg;

	if (ask->lockmemory)
		return rec_umem_lockmemory(ask->addr, ask->len, ask->flags, &ask->cookie, ask->version, ask->callback,
					   ask->proc);
	return rec_umem_lock(ask->addr, ask->len, ask->flags, &ask->cookie);
}

/* What ddi_umem_lock() returned; *cookie as it left it. */
static inline int
lock_try(struct sundog_process *p, int fd, uint64_t addr, size_t len, int flags, void **cookie)
{
	struct lock_ask ask = {.addr = addr, .len = len, .flags = flags, .cookie = (void *)1};
	int error = rec_run(p, fd, lock_run, &ask);

	*cookie = ask.cookie;
	return error;
}

static inline void *
lock(struct sundog_process *p, int fd, uint64_t addr, size_t len, int flags)
{
	void *cookie;

	assert_int_equal(lock_try(p, fd, addr, len, flags, &cookie), 0);
	assert_non_null(cookie);
	return cookie;
}

/* umem_lockmemory() with a cleanup callback. */
static inline void *
lock_with_callback(struct sundog_process *p, int fd, uint64_t addr, size_t len, int flags)
{
	struct lock_ask ask = {.addr = addr, .len = len, .flags = flags, .lockmemory = true, .version = 1, .callback = true};

	assert_int_equal(rec_run(p, fd, lock_run, &ask), 0);
	return ask.cookie;
}

/* ---- ordinary memory ---- */

static inline uint64_t
anon(struct sundog_process *p, size_t pages)
{
	uint64_t addr = 0;

	assert_int_equal(sundog_anon(p, pages * PAGE, &addr), 0);
	return addr;
}

/* ---- threads ---- */

struct worker {
	pthread_t thread;
	int (*fn)(struct worker *);
	struct sundog_process *process;
	uint64_t addr;
	size_t len;
	int fd;
	void *cookie;
	int result;
	_Atomic int tid;
	_Atomic bool done;
};

static inline void *
worker_main(void *arg)
{
	struct worker *w = arg;

	w->tid = (int)syscall(SYS_gettid);
	w->result = w->fn(w);
	w->done = true;
	return NULL;
}

static inline void
worker_start(struct worker *w, int (*fn)(struct worker *))
{
	w->fn = fn;
	w->done = false;
	w->tid = 0;
	assert_int_equal(pthread_create(&w->thread, NULL, worker_main, w), 0);
}

static inline int
worker_join(struct worker *w)
{
	assert_int_equal(pthread_join(w->thread, NULL), 0);
	return w->result;
}

static inline int
work_munmap(struct worker *w)
{
	return sundog_munmap(w->process, w->addr, w->len);
}

static inline int
work_unlock(struct worker *w)
{
	rec_umem_unlock(w->cookie);
	return 0;
}

static inline int
work_mprotect(struct worker *w)
{
	return sundog_mprotect(w->process, w->addr, w->len, PROT_READ);
}

/* Waits until w sleeps: its thread is in the kernel and waits there.  Call before what shall wake it. */
static inline void
wait_asleep(struct worker *w)
{
	char path[64], state = 'R';

	while (w->tid == 0)
		sched_yield();
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", w->tid);
	while (state != 'S' && !w->done) {
		FILE *file = fopen(path, "r");

		if (file != NULL && fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
			state = 'R';
		if (file != NULL)
			fclose(file);
		sched_yield();
	}
	assert_false(w->done);
}

/* It sleeps in its call now. */
static inline void
worker_start_asleep(struct worker *w, int (*fn)(struct worker *))
{
	worker_start(w, fn);
	wait_asleep(w);
}

/* ---- in the driver ---- */

/* A callback that waits for the driver's mutex, which the test holds. */
static inline void
lock_and_unlock(void *dhp)
{
	rec_lock();
	rec_unlock();
}

#endif
