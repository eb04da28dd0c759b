/* SPDX-License-Identifier: BSD-2-Clause */
/* waits.c: two who wait for one open. */
#include "neighbours.h"

#include <sys/epoll.h>

/* Two wait for one open, each for something else, and nobody takes the other one's wake. */
static int rounds, done_rounds;
static _Atomic bool bystander_ends;

static void *bystander(void *arg)
{
	struct pollfd p = {fd, POLLPRI, 0};
	struct epoll_event e;

	while (!bystander_ends)
		CHECK(arg ? epoll_wait(*(int *)arg, &e, 1, 50) == 0 : poll(&p, 1, 50) == 0);
	return NULL;
}

static void *waiter(void *arg)
{
	struct pollfd p = {fd, POLLIN, 0};
	char byte;

	for (int i = 0; i < rounds; i++) {
		CHECK(poll(&p, 1, -1) == 1 && read(fd, &byte, 1) == 1);
		__atomic_store_n(&done_rounds, i + 1, __ATOMIC_SEQ_CST);
	}
	return NULL;
}

APP_PART("two-wait", part_two_wait)
{
	struct epoll_event e = {.events = EPOLLPRI};
	pthread_t thread[2];
	int set = -1;
	pid_t pid = 0;

	rounds = 60;
	fd = open_device("/dev/tdrv.ring", O_RDWR);
	if (argc > 0) {
		set = epoll_create1(0);
		CHECK(epoll_ctl(set, EPOLL_CTL_ADD, fd, &e) == 0);
	}
	if (argc > 0 && strcmp(argv[0], "processes") == 0) {
		pid = fork();
		CHECK(pid >= 0);
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			bystander(NULL);
		}
	} else {
		CHECK(pthread_create(&thread[0], NULL, bystander, argc > 0 ? &set : NULL) == 0);
	}
	CHECK(pthread_create(&thread[1], NULL, waiter, NULL) == 0);
	for (int i = 0; i < rounds; i++) {
		usleep(2000);
		CHECK(write(fd, "x", 1) == 1);
		while (__atomic_load_n(&done_rounds, __ATOMIC_SEQ_CST) <= i)
			usleep(1000);
	}
	bystander_ends = true;
	CHECK(pthread_join(thread[1], NULL) == 0);
	if (pid)
		CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
	else
		CHECK(pthread_join(thread[0], NULL) == 0);
}
