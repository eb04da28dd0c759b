/* SPDX-License-Identifier: BSD-2-Clause */
/* children.c: children of unusual forks; signals of the old kinds. */
#include "neighbours.h"

#include <sys/syscall.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations" /* siginterrupt(3) */

APP_PART("raw-fork", part_raw_fork)
{
	fd = open_device(DEV, O_RDWR);
	(void)map_at(fd, TDRV_AT_TRACKED, PAGE, PROT_READ | PROT_WRITE);
	struct tdrv_stats s;

	call_once(NULL);
	pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0) {
		if (argc > 0)
			CHECK(ioctl(fd, TDRV_ECHO, 9) == 9);
		exit(0);
	}
	reap(pid);
	CHECK(ioctl(fd, TDRV_STATS, &s) == 0 && s.mappings == 1 && s.open == 1);
	call_once(NULL);
}

static volatile pid_t forked = -1;
static void on_fork(int signo)
{
	forked = fork();
}

static pthread_t sleeper;
static void *sends(void *arg)
{
	CHECK(ioctl(fd, TDRV_SLEEPERS, 1) == 0);
	CHECK(pthread_kill(sleeper, SIGUSR1) == 0);
	return NULL;
}

static void *sends_and_wakes(void *arg)
{
	sends(arg);
	while (forked < 0)
		sched_yield();
	reap(forked);
	CHECK(ioctl(fd, TDRV_SLEEPERS, 1) == 0 && ioctl(fd, TDRV_WAKE) == 1);
	return NULL;
}

/* In the child the handler returns into its parent's call. */
APP_PART("fork-in-handler", part_fork_in_handler)
{
	bool restart = argc > 0;
	struct sigaction sa = {.sa_handler = on_fork, .sa_flags = restart ? SA_RESTART : 0};
	pid_t self = getpid();
	pthread_t thread;

	fd = open_device(DEV, O_RDWR);
	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0);
	sleeper = pthread_self();
	CHECK(pthread_create(&thread, NULL, restart ? sends_and_wakes : sends, NULL) == 0);
	int result = ioctl(fd, TDRV_SLEEP), error = errno;
	CHECK(restart && getpid() == self ? result == 0 : result == -1 && error == EINTR);
	for (int i = 0; i < 8; i++)
		call_once(NULL);
	in_thread(call_once);
	if (getpid() != self)
		exit(0);
	CHECK(pthread_join(thread, NULL) == 0 && forked > 0);
	if (!restart)
		reap(forked);
}

APP_PART("siginterrupt", part_siginterrupt)
{
	bool after = argc > 0 && strcmp(argv[0], "after") == 0, set = argc > 0 && strcmp(argv[0], "sigset") == 0;
	struct sigaction was;
	pthread_t thread;

	fd = open_device(DEV, O_RDWR);
	if (set) {
		CHECK(sigset(SIGUSR1, SIG_HOLD) == SIG_DFL && sigset(SIGUSR1, on_nothing) == SIG_HOLD);
		CHECK(sigset(SIGUSR1, on_nothing) == on_nothing);
	} else {
		CHECK(!after || siginterrupt(SIGUSR1, 1) == 0);
		CHECK(signal(SIGUSR1, on_nothing) == SIG_DFL && (after || siginterrupt(SIGUSR1, 1) == 0));
	}
	CHECK(sigaction(SIGUSR1, NULL, &was) == 0 && was.sa_handler == on_nothing && !(was.sa_flags & SA_RESTART));
	sleeper = pthread_self();
	CHECK(pthread_create(&thread, NULL, sends, NULL) == 0);
	CHECK_ERRNO(ioctl(fd, TDRV_SLEEP), EINTR);
	CHECK(pthread_join(thread, NULL) == 0);
}
