/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * masks HOW: a handler that runs while its thread sleeps with every other signal blocked touches a page that is not loaded.
 * masks memory MB: little address space.
 */
#include "app.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>

#include "gate.h"

static volatile int *page;
static volatile int seen = -1;

static void on_touch(int signo)
{
	seen = *page;
}

/* With so much of address space: it works, or it says ENOMEM (or that there is no such device). */
static void little_memory(rlim_t bytes)
{
	struct rlimit limit = {bytes, bytes};

	CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
	int fd = open("/dev/gate", O_RDWR), error = errno;
	CHECK(fd >= 0 || error == ENOMEM || error == ENOENT);
	if (fd < 0)
		return;
	int before = ioctl(fd, GATE_COUNT);
	CHECK(before >= 0);
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED) {
		CHECK_ERRNO(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0, ENOMEM);
		CHECK(ioctl(fd, GATE_MAPPINGS) == 0);
		return;
	}
	*page = 5;
	CHECK(ioctl(fd, GATE_COUNT) == before + 1);
}

int main(int argc, char **argv)
{
	struct sigaction sa = {.sa_handler = on_touch};
	struct epoll_event e;
	sigset_t only, mask;
	int result = 0;

	CHECK(argc >= 2);
	if (strcmp(argv[1], "memory") == 0) {
		little_memory((rlim_t)atoi(argv[2]) << 20);
		return 0;
	}
	int fd = open_device("/dev/gate", O_RDWR);
	page = map_at(fd, 0, GATE_PAGES * PAGE, PROT_READ | PROT_WRITE);
	*page = 5;
	sigfillset(&sa.sa_mask);
	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0);
	sigemptyset(&only);
	sigaddset(&only, SIGUSR1);
	CHECK(sigprocmask(SIG_BLOCK, &only, NULL) == 0 && raise(SIGUSR1) == 0);
	sigfillset(&mask);
	sigdelset(&mask, SIGUSR1);
	/* A child's first accesses are signals with each engine. */
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0)
		CHECK(raise(SIGUSR1) == 0);
	else
		CHECK(ioctl(fd, GATE_UNLOAD) >= 1);
	if (strcmp(argv[1], "sigsuspend") == 0)
		result = sigsuspend(&mask);
	else if (strcmp(argv[1], "ppoll") == 0)
		result = ppoll(NULL, 0, NULL, &mask);
	else if (strcmp(argv[1], "pselect") == 0)
		result = pselect(0, NULL, NULL, NULL, NULL, &mask);
	else
		result = epoll_pwait(epoll_create1(0), &e, 1, -1, &mask);
	int error = errno;
	CHECK(result == -1 && error == EINTR && seen == 5);
	if (pid == 0)
		_exit(0);
	reap(pid);
	return 0;
}
