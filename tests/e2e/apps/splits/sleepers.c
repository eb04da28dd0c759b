/* SPDX-License-Identifier: BSD-2-Clause */
/* sleepers.c: threads that sleep on a futex in memory that moves; Linux knows them by the page. */
#include "locks.h"

#include <semaphore.h>
#include <sys/syscall.h>

struct sleeper {
	const char *what;
	_Atomic int tid, done;
	struct shared {
		sem_t sem;
		pthread_mutex_t mutex;
		pthread_cond_t cond;
		int go;
	} * shared;
	pthread_t joined;
	int pipe[2]; /* on which the joined one waits */
};

static void *joined_main(void *arg)
{
	struct sleeper *s = arg;
	char byte;

	CHECK(read(s->pipe[0], &byte, 1) == 1);
	return NULL;
}

static void *sleeper_main(void *arg)
{
	struct sleeper *s = arg;
	struct timespec later;

	s->tid = (int)syscall(SYS_gettid);
	clock_gettime(CLOCK_REALTIME, &later);
	later.tv_sec += 1000;
	if (strcmp(s->what, "join") == 0) {
		CHECK(pthread_join(s->joined, NULL) == 0);
	} else if (strcmp(s->what, "semaphore") == 0) {
		CHECK(sem_wait(&s->shared->sem) == 0);
	} else if (strcmp(s->what, "semaphore-timed") == 0) {
		CHECK(sem_timedwait(&s->shared->sem, &later) == 0);
	} else if (strcmp(s->what, "mutex") == 0) {
		CHECK(pthread_mutex_lock(&s->shared->mutex) == 0);
		CHECK(pthread_mutex_unlock(&s->shared->mutex) == 0);
	} else {
		CHECK(pthread_mutex_lock(&s->shared->mutex) == 0);
		while (!s->shared->go)
			CHECK(pthread_cond_wait(&s->shared->cond, &s->shared->mutex) == 0);
		CHECK(pthread_mutex_unlock(&s->shared->mutex) == 0);
	}
	s->done = 1;
	return NULL;
}

/* In a system call on an address in the page. */
static bool is_asleep_at(int pid, int tid, uintptr_t page)
{
	unsigned long long at = 0;
	char path[64], text[256];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", pid, tid);
	int fd = open(path, O_RDONLY);
	CHECK(fd >= 0);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return sscanf(text, "%*d %llx", &at) == 1 && (at & ~(unsigned long long)(PAGE - 1)) == page;
}

static struct shared *shared_make(void *memory)
{
	struct shared *shared = memory;
	pthread_mutexattr_t mutex;
	pthread_condattr_t cond;

	CHECK(sem_init(&shared->sem, 1, 0) == 0);
	CHECK(pthread_mutexattr_init(&mutex) == 0 && pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED) == 0);
	CHECK(pthread_condattr_init(&cond) == 0 && pthread_condattr_setpshared(&cond, PTHREAD_PROCESS_SHARED) == 0);
	CHECK(pthread_mutex_init(&shared->mutex, &mutex) == 0 && pthread_cond_init(&shared->cond, &cond) == 0);
	return shared;
}

static void sleeper_wake(struct sleeper *s)
{
	if (strcmp(s->what, "join") == 0)
		CHECK(write(s->pipe[1], "x", 1) == 1);
	else if (strncmp(s->what, "semaphore", 9) == 0)
		CHECK(sem_post(&s->shared->sem) == 0);
	else if (strcmp(s->what, "mutex") == 0)
		CHECK(pthread_mutex_unlock(&s->shared->mutex) == 0);
	else {
		CHECK(pthread_mutex_lock(&s->shared->mutex) == 0);
		s->shared->go = 1;
		CHECK(pthread_cond_signal(&s->shared->cond) == 0);
		CHECK(pthread_mutex_unlock(&s->shared->mutex) == 0);
	}
}

/*
 * sleepers WHAT WHEN: one sleeps in WHAT; then its page becomes shared (WHEN shared), or private again (private), or both by a
 * fork (fork); then it is woken.
 */
APP_PART("sleepers", sleepers)
{
	CHECK(argc == 2);
	struct sleeper s = {.what = argv[0]};
	const char *when = argv[1];
	char *page = anonymous(PAGE, 0);
	int slot = -1;
	pthread_t thread;

	s.shared = shared_make(page + 128);
	if (strcmp(s.what, "join") == 0) {
		CHECK(pipe(s.pipe) == 0 && pthread_create(&s.joined, NULL, joined_main, &s) == 0);
		page = (char *)((uintptr_t)s.joined & ~(uintptr_t)(PAGE - 1)); /* where glibc has what it knows of a thread */
	}
	if (strcmp(s.what, "mutex") == 0)
		CHECK(pthread_mutex_lock(&s.shared->mutex) == 0);
	if (strcmp(when, "shared") != 0) {
		slot = lock(page, PAGE);
		driver_xor(slot, PAGE, 0);
	}
	CHECK(pthread_create(&thread, NULL, sleeper_main, &s) == 0);
	while (!s.tid || !is_asleep_at(getpid(), s.tid, (uintptr_t)page))
		usleep(1000);
	if (strcmp(when, "shared") == 0) {
		slot = lock(page, PAGE);
		driver_xor(slot, PAGE, 0);
	} else if (strcmp(when, "private") == 0) {
		unlock(slot);
		slot = -1;
		CHECK(mremap(page, PAGE, PAGE, 0) == page);
	} else {
		pid_t pid = fork();
		if (pid == 0)
			_exit(0);
		reap(pid);
	}
	CHECK(!s.done);
	sleeper_wake(&s);
	CHECK(pthread_join(thread, NULL) == 0 && s.done);
	if (slot >= 0)
		unlock(slot);
}

/*
 * alone: a program of one thread sleeps in memory that is locked; another program maps it, by which its page becomes shared, and
 * wakes it.
 */
APP_PART("alone", alone)
{
	char *page = anonymous(PAGE, 0);
	struct shared *shared = shared_make(page);
	int slots[2], slot;

	CHECK(pipe(slots) == 0);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		CHECK(read(slots[0], &slot, sizeof(slot)) == sizeof(slot));
		while (!is_asleep_at(getppid(), getppid(), (uintptr_t)page))
			usleep(1000);
		struct shared *theirs = (void *)alias(slot, PAGE);
		CHECK(sem_post(&theirs->sem) == 0);
		_exit(0);
	}
	slot = lock(page, PAGE);
	CHECK(write(slots[1], &slot, sizeof(slot)) == sizeof(slot));
	CHECK(sem_wait(&shared->sem) == 0);
	reap(pid);
	unlock(slot);
}

/* The futex is on the sleeper's own stack. */
static void *dreamer_main(void *arg)
{
	struct sleeper *s = arg;
	struct shared mine;

	s->shared = shared_make(&mine);
	s->tid = (int)syscall(SYS_gettid);
	CHECK(sem_wait(&mine.sem) == 0);
	return NULL;
}

/* dreams ROUNDS: the sleeper's stack becomes shared and private, over and over, while it is told to look again. */
APP_PART("dreams", dreams)
{
	int rounds = argc > 0 ? atoi(argv[0]) : 100;
	struct sleeper s = {.what = "semaphore"};
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, dreamer_main, &s) == 0);
	while (!s.tid)
		usleep(1000);
	char *page = (char *)((uintptr_t)s.shared & ~(uintptr_t)(PAGE - 1));
	while (!is_asleep_at(getpid(), s.tid, (uintptr_t)page))
		usleep(1000);
	for (int i = 0; i < rounds; i++) {
		int slot = lock(page - 2 * PAGE, 4 * PAGE);
		struct lockdrv l = {.slot = slot, .len = PAGE};
		l.step = 64;
		CHECK(ioctl(device, LOCKDRV_XOR, &l) == 0);
		unlock(slot);
		CHECK(mremap(page - 2 * PAGE, 4 * PAGE, 4 * PAGE, 0) == page - 2 * PAGE);
	}
	sleeper_wake(&s);
	CHECK(pthread_join(thread, NULL) == 0);
}
