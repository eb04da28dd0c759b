/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sleepers.c: threads that sleep on a futex in pages which have just become shared, or private.  Linux knows a futex that is
 * not FUTEX_PRIVATE by its page, so that a wake that comes now does not find who fell asleep before:
 *
 *	private: (address space, address)  -->  shared: (file, offset)      and the other way round
 *
 * Such a thread gets a signal whose handler does nothing (client/agent/fault.c): its call begins anew, sees what has changed
 * meanwhile, and else sleeps where it is found.  One that was just about to sleep is found by another look, a moment later.
 * Where Linux does not let us look, it sleeps on.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "host/server/pin/pins.h"

/* Until the looks after a change. */
static const uint64_t look_ns[] = {2000000, 20000000, 200000000};
#define LOOKS (sizeof(look_ns) / sizeof(look_ns[0]))

#define FUTEX_64 202
#define FUTEX_32 240
#define FUTEX_TIME64_32 422 /* with 64-bit time */
#define PRIVATE_FLAG 128    /* FUTEX_PRIVATE_FLAG */

static struct {
	pthread_mutex_t lock; /* protects the fields below, and what pin.h says; taken with pins.lock held */
	pthread_cond_t changed;
	TAILQ_HEAD(, pins)
	queue;
	pthread_t thread;
	atomic_bool started;
	bool stop;
} sleepers = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .queue = TAILQ_HEAD_INITIALIZER(sleepers.queue)};

/* ---- one thread of the process ---- */

static void file_read(int tasks, const char *tid, const char *what, char *text, size_t size)
{
	char name[64];
	ssize_t n;
	int fd;

	(void)snprintf(name, sizeof(name), "%.20s/%s", tid, what);
	fd = openat(tasks, name, O_RDONLY | O_CLOEXEC);
	n = fd >= 0 ? read(fd, text, size - 1) : -1;
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
}

/* "number 0xargument 0xargument ..." if it sleeps in a system call. */
static bool sleeps_in_futex(const struct process *p, int tasks, const char *tid, long *number, uint64_t *address)
{
	unsigned long long at, op;
	char text[256];

	file_read(tasks, tid, "syscall", text, sizeof(text));
	if (sscanf(text, "%ld %llx %llx", number, &at, &op) != 3 || (op & PRIVATE_FLAG))
		return false;
	*address = at;
	return p->model == SYS_ILP32 ? *number == FUTEX_32 || *number == FUTEX_TIME64_32 : *number == FUTEX_64;
}

/* It has the tid as long as the process lives. */
static void interrupt(const struct process *p, pid_t tid, long number, uint64_t address)
{
	siginfo_t info = {.si_signo = SIGSEGV, .si_code = SI_QUEUE, .si_errno = WIRE_SLEEPER};

	info.si_pid = (pid_t)number;
	info.si_value.sival_ptr = (void *)(uintptr_t)address;
	if (!pidfd_is_dead(p->pidfd, 0) && !atomic_load(&p->dying))
		(void)syscall(SYS_rt_tgsigqueueinfo, p->pid, tid, SIGSEGV, &info);
}

/* In one of the sets of /proc/PID/status. */
static bool has_segv(const char *status, const char *set)
{
	const char *at = strstr(status, set);

	return at != NULL && (strtoull(at + strlen(set), NULL, 16) & UINT64_C(1) << (SIGSEGV - 1)) != 0;
}

/* The signal is still to come, or its handler runs.  Who has it blocked is not waited for. */
static bool is_interrupted(int tasks, const char *tid)
{
	char text[4096];
	const char *state;
	bool pending;

	file_read(tasks, tid, "status", text, sizeof(text));
	state = strstr(text, "\nState:\t");
	pending = has_segv(text, "\nSigPnd:\t");
	if (state == NULL || strchr("TtZX", state[8]) != NULL || (pending && has_segv(text, "\nSigBlk:\t")))
		return false;
	return strchr("SD", state[8]) == NULL || pending;
}

#define SLEEP_LOOKS_MAX 200
#define SLEEP_LOOK_NS 50000
#define LOCK_TIMEOUT_NS 20000000

/* It sleeps in the pages that have moved. */
static bool sleeps_there(const struct pins *pins, int tasks, const char *tid, const struct ranges *moved, long *number,
			 uint64_t *address)
{
	return sleeps_in_futex(pins->process, tasks, tid, number, address) && ranges_overlap(moved, *address, *address + 4);
}

/*
 * A thread that runs a handler while its stack is being shared dies, where Linux's own writes are not stopped but fail: so
 * nothing becomes shared before it sleeps again.  False: another look, later.  An agent may keep the lock for long, and
 * others than its process are not to wait for that.
 */
static bool interrupt_alone(struct pins *pins, int tasks, const char *tid, const struct ranges *moved)
{
	static const struct timespec moment = {.tv_nsec = SLEEP_LOOK_NS};
	uint64_t address;
	long number;

	if (posix_lock_until(&pins->lock, host_time_monotonic() + LOCK_TIMEOUT_NS) != 0)
		return false;
	/* It may be elsewhere by now, even in another program. */
	if (sleeps_there(pins, tasks, tid, moved, &number, &address)) {
		interrupt(pins->process, (pid_t)atoi(tid), number, address);
		for (int i = 0; i < SLEEP_LOOKS_MAX && is_interrupted(tasks, tid); i++)
			nanosleep(&moment, NULL);
	}
	pthread_mutex_unlock(&pins->lock);
	return true;
}

/* False: not at all of its threads. */
static bool look(struct pins *pins, const struct ranges *moved)
{
	int fd = maps_open(pins->process, "task");
	DIR *tasks = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *task;
	uint64_t address;
	bool all = true;
	long number;

	while (tasks != NULL && all && (task = readdir(tasks)) != NULL)
		if (task->d_name[0] != '.' && sleeps_there(pins, fd, task->d_name, moved, &number, &address))
			all = interrupt_alone(pins, fd, task->d_name, moved);
	if (tasks != NULL)
		closedir(tasks);
	else if (fd >= 0)
		close(fd);
	return all;
}

/* ---- the thread; with the lock ---- */

static void dequeue(struct pins *pins)
{
	if (pins->looks > 0)
		TAILQ_REMOVE(&sleepers.queue, pins, sleepers_link);
	pins->looks = 0;
}

static void copy(const struct ranges *from, struct ranges *to)
{
	for (size_t i = 0; i < from->count; i++)
		(void)ranges_add(to, from->at[i].start, from->at[i].end);
}

/* All have been looked at so many times as were to come; more follow, unless it was the last. */
static void looked(struct pins *pins, unsigned looks, bool all)
{
	if (pins->looks == 0)
		return; /* forgotten */
	if (all && pins->looks == looks)
		pins->looks--;
	if (pins->looks > 0) {
		pins->look_due = host_time_monotonic() + look_ns[pins->looks < LOOKS ? LOOKS - pins->looks : 0];
		return;
	}
	TAILQ_REMOVE(&sleepers.queue, pins, sleepers_link);
	ranges_fini(&pins->moved);
}

/* One look at the process. */
static void serve(struct pins *pins)
{
	struct process *p = process_get(pins->process);
	struct ranges moved = {0};
	unsigned looks = pins->looks;
	bool all;

	copy(&pins->moved, &moved);
	pthread_mutex_unlock(&sleepers.lock);
	all = look(pins, &moved); /* which is there as long as its process */
	ranges_fini(&moved);
	pthread_mutex_lock(&sleepers.lock);
	looked(pins, looks, all);
	pthread_mutex_unlock(&sleepers.lock);
	process_put(p);
	pthread_mutex_lock(&sleepers.lock);
}

static struct pins *first_due(void)
{
	struct pins *pins, *first = NULL;

	TAILQ_FOREACH (pins, &sleepers.queue, sleepers_link)
		if (first == NULL || pins->look_due < first->look_due)
			first = pins;
	return first;
}

static void *sleepers_main(void *arg)
{
	pthread_mutex_lock(&sleepers.lock);
	while (!sleepers.stop) {
		struct pins *pins = first_due();
		uint64_t now = host_time_monotonic();
		if (pins == NULL)
			pthread_cond_wait(&sleepers.changed, &sleepers.lock);
		else if (pins->look_due > now)
			(void)posix_wait_until(&sleepers.changed, &sleepers.lock, pins->look_due);
		else
			serve(pins);
	}
	pthread_mutex_unlock(&sleepers.lock);
	return NULL;
}

/* ---- what others report ---- */

/*
 * The only thread of a program does not sleep while it calls, but it may while another program has its pages shared.  The
 * directory has three links and one for each further thread.
 */
static bool others_sleep(const struct pins *pins)
{
	struct stat status;

	return thread_waiting(pins->process) == NULL ||
	       (pins->tasks >= 0 && fstat(pins->tasks, &status) == 0 && status.st_nlink > 3);
}

/* With the first promotion of all, so that the server has what it needs from then on. */
static void thread_start(void)
{
	pthread_mutex_lock(&sleepers.lock);
	if (!sleepers.started && !sleepers.stop)
		sleepers.started = pthread_create(&sleepers.thread, NULL, sleepers_main, NULL) == 0;
	pthread_mutex_unlock(&sleepers.lock);
}

void sleepers_moved(struct pins *pins, uint64_t start, uint64_t end)
{
	if (!atomic_load(&sleepers.started))
		thread_start();
	if (!others_sleep(pins))
		return;
	pthread_mutex_lock(&sleepers.lock);
	(void)ranges_unite(&pins->moved, start, end);
	if (pins->looks == 0) {
		TAILQ_INSERT_TAIL(&sleepers.queue, pins, sleepers_link);
		pins->look_due = host_time_monotonic() + look_ns[0];
		pthread_cond_signal(&sleepers.changed);
	}
	pins->looks = LOOKS;
	pthread_mutex_unlock(&sleepers.lock);
}

void sleepers_forget(struct pins *pins)
{
	pthread_mutex_lock(&sleepers.lock);
	dequeue(pins);
	ranges_fini(&pins->moved);
	pthread_mutex_unlock(&sleepers.lock);
}

void sleepers_stop(void)
{
	bool started;

	pthread_mutex_lock(&sleepers.lock);
	sleepers.stop = true;
	started = sleepers.started;
	pthread_cond_signal(&sleepers.changed);
	pthread_mutex_unlock(&sleepers.lock);
	if (started)
		(void)pthread_join(sleepers.thread, NULL);
}
