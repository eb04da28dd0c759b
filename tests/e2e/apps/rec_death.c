/* SPDX-License-Identifier: BSD-2-Clause */
/* rec_death PART: a process dies, exits or execs while one of its callbacks runs. */
#include "rec.h"

static char *p; /* the part's mapping, made by the victim unless the parent said otherwise */

/* ---- what the victim does ---- */

static void maps(void *arg)
{
	(void)map_pages(4, RW);
}

static void touches(void *arg)
{
	(void)touch(map_pages(4, RW) + PAGE, WRITE_IT);
}

static void forks(void *arg)
{
	p = map_pages(4, RW);
	(void)touch(p, WRITE_IT);
	if (fork() == 0)
		_exit(0);
}

static void unmaps(void *arg)
{
	p = map_pages(4, RW);
	(void)touch(p, WRITE_IT);
	(void)munmap(p + PAGE, PAGE);
}

static void closes(void *arg)
{
	(void)close(open_device(DEV ".a", O_RDWR));
}

static void copies(void *arg)
{
	struct rec_copy c = {.way = REC_COPYOUT, .len = 2 * PAGE};

	c.address = (uintptr_t)map_pages(4, RW);
	(void)ioctl(dev, REC_COPY, &c);
}

/* ---- kill -9 ---- */

/* Afterwards nothing of it is there, and the driver works for others. */
static void is_over(void)
{
	CHECK(ioctl(dev, REC_HANDLES) == 0);
	no_rules();
	p = map_pages(4, RW);
	CHECK(touch(p, WRITE_IT) == 0 && munmap(p, 4 * PAGE) == 0 && ioctl(dev, REC_HANDLES) == 0);
}

/* The callback's wait is interrupted by the death. */
static void killed_in(int kind, void (*victim)(void *))
{
	int status;

	rule_times(kind, REC_ANY, REC_WAIT, EINTR, 0, 1);
	pid_t child = child_runs(victim, NULL);
	wait_for_waiters(1);
	CHECK(kill(child, SIGKILL) == 0 && waitpid(child, &status, 0) == child);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	is_over();
}

/*
 * The callback goes on for a while in a process that is dead.  What it keeps waiting for long is not waited for by others,
 * so its end may be seen a little later.
 */
static void outlived_by(int kind, void (*victim)(void *))
{
	int status;

	rule_times(kind, REC_ANY, REC_WAIT_DEAF, 0, 0, 1);
	pid_t child = child_runs(victim, NULL);
	wait_for_waiters(1);
	CHECK(kill(child, SIGKILL) == 0);
	release();
	CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
	no_rules();
	p = map_pages(4, RW);
	CHECK(touch(p, WRITE_IT) == 0 && munmap(p, 4 * PAGE) == 0);
	while (ioctl(dev, REC_HANDLES) != 0) /* a mapping in the making may come to be, and go, only now */
		sched_yield();
}

#define KILLED(name, kind, victim) \
	PART(killed_in_##name) \
	{ \
		killed_in(kind, victim); \
	} \
	PART(killed_in_##name##_that_goes_on) \
	{ \
		outlived_by(kind, victim); \
	}

KILLED(devmap, REC_DEVMAP, maps)
KILLED(map, REC_MAP, maps)
KILLED(access, REC_ACCESS, touches)
KILLED(access_by_the_kernel, REC_ACCESS, copies)
KILLED(dup, REC_DUP, forks)
KILLED(unmap, REC_UNMAP, unmaps)
KILLED(close, REC_CLOSE, closes)

/* ---- deaths of others ---- */

static void *toucher(void *at)
{
	return (void *)(intptr_t)touch(at, WRITE_IT);
}

/* One thread sleeps in an access, another one ends the process. */
static void thread_ends(void (*end)(void))
{
	int status;

	rule_times(REC_ACCESS, 1, REC_WAIT, EINTR, 0, 1);
	pid_t child = fork_child();
	if (child == 0) {
		pthread_t thread;
		p = map_pages(4, RW);
		CHECK(pthread_create(&thread, NULL, toucher, p + PAGE) == 0);
		wait_for_waiters(1);
		end();
		_exit(1);
	}
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	is_over();
}

static void exits(void)
{
	exit(0);
}

static void execs(void)
{
	execl("/bin/true", "true", NULL);
}

PART(exit_with_a_thread_in_an_access)
{
	thread_ends(exits);
}

PART(exec_with_a_thread_in_an_access)
{
	thread_ends(execs);
}

static void *execs_late(void *arg)
{
	wait_for_waiters(1);
	execs();
	return NULL;
}

/* The thread that execs takes the process over, and its first thread's number. */
PART(exec_by_another_thread_while_the_first_is_in_an_access)
{
	int status;

	rule_times(REC_ACCESS, 1, REC_WAIT, EINTR, 0, 1);
	pid_t child = fork_child();
	if (child == 0) {
		pthread_t thread;
		p = map_pages(4, RW);
		CHECK(pthread_create(&thread, NULL, execs_late, NULL) == 0);
		(void)touch(p + PAGE, WRITE_IT);
		for (;;)
			pause();
	}
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	is_over();
}

/* The waiter's wake-up comes from a process that dies just then; nobody else is kept. */
PART(holder_is_killed_while_another_process_waits_for_its_page)
{
	int status;

	rule_times(REC_ACCESS, 0, REC_WAIT_DEAF, 0, 1, 1);
	p = map_pages(1, RW);
	pid_t holder = fork_child();
	if (holder == 0) {
		*word(p, 0) = 7;
		for (;;)
			pause();
	}
	while (peek(0) != 7)
		sched_yield();
	pid_t waiter = fork_child();
	if (waiter == 0)
		_exit(*word(p, 0) == 7 ? 0 : 1);
	wait_for_waiters(1);
	CHECK(kill(holder, SIGKILL) == 0 && waitpid(holder, &status, 0) == holder);
	CHECK(unload(2, 0, 0) == -1 && errno == ESRCH); /* its handle is gone */
	release();
	reap(waiter);
	CHECK(*word(p, 0) == 7 && ioctl(dev, REC_HANDLES) == 1);
}

PART(unload_of_a_process_that_is_being_killed_succeeds)
{
	int status, result;

	record(0);
	for (int i = 0; i < 30; i++) {
		poke(0, 0);
		pid_t child = fork_child();
		if (child == 0) {
			p = map_pages(2, RW);
			for (;;)
				*word(p, 0) += 1;
		}
		while (peek(0) == 0)
			sched_yield();
		CHECK(kill(child, SIGKILL) == 0);
		result = ioctl(dev, REC_UNLOAD_ALL);
		CHECK(result == 0 || result == 1);
		CHECK(waitpid(child, &status, 0) == child && ioctl(dev, REC_HANDLES) == 0);
	}
}

int main(int argc, char **argv)
{
	return rec_main(argc, argv);
}
